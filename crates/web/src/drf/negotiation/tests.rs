//! The tables were read off DRF 3.18 with `JSONRenderer` only.

use super::*;

#[test]
fn an_accept_header_that_covers_json_is_met() {
    let long_range_first = format!("{},application/json", "a".repeat(300));
    let last_of_64 = format!("{}application/json", "a/b,".repeat(63));
    for accept in [
        "*/*",
        "application/json",
        "application/*",
        "*/json",
        "APPLICATION/JSON",
        "text/html, */*;q=0.1",
        "application/json;q=0",
        "*/*;q=0",
        "application/json;version=2",
        "application/json; indent=4",
        "application/json\t;q=1",
        "application/json=3;q=1",
        " , application/json",
        "text/html;a=\"b, application/json ;c\"",
        "\u{a0}application/json\u{a0}",
        &long_range_first,
        &last_of_64,
    ] {
        assert_eq!(negotiate(Some(accept), None, &[Form::JSON]), Ok(()), "{accept}");
    }
    assert_eq!(negotiate(None, None, &[Form::JSON]), Ok(()));
}

#[test]
fn any_other_accept_header_is_406() {
    let long_range = format!("application/json;{}", "a".repeat(300));
    let after_64 = format!("{}application/json", "a/b,".repeat(64));
    let after_8192 = format!("{},application/json", "x".repeat(8180));
    let one_word = "x".repeat(9000);
    for accept in [
        "",
        ",",
        ";",
        "*",
        "/",
        "json",
        "/json",
        "text/html",
        "text/*",
        "*/xml",
        "application/",
        "application/xml",
        "application/json/x",
        "application /json",
        "application / json",
        "application/json=3",
        "\"*/*\"",
        "\"application/json\";q=1",
        "text/html;a=\"b,application/json\"",
        &long_range,
        &after_64,
        &after_8192,
        &one_word,
    ] {
        assert_eq!(negotiate(Some(accept), None, &[Form::JSON]), Err(Refusal::NotAcceptable), "{accept}");
    }
}

#[test]
fn the_last_format_of_the_query_must_be_json_or_empty() {
    for (query, good) in [
        ("", true),
        ("format=json", true),
        ("format=", true),
        ("format", true),
        ("format=xml", false),
        ("format=JSON", false),
        ("format=json&format=xml", false),
        ("format=xml&format=json", true),
        ("format=xml&format=", true),
        ("%66ormat=xml", false),
        ("format=js%6Fn", true),
        ("format=js%6fn", true),
        ("format=json+", false),
        ("format=json%", false),
        ("format=%ff", false),
        ("a=b;format=xml", true),
        ("FORMAT=xml", true),
    ] {
        let expected = if good { Ok(()) } else { Err(Refusal::UnknownFormat) };
        assert_eq!(negotiate(None, Some(query), &[Form::JSON]), expected, "{query}");
    }
}

#[test]
fn the_format_is_judged_before_the_accept_header_and_does_not_replace_it() {
    assert_eq!(negotiate(Some("text/html"), Some("format=json"), &[Form::JSON]), Err(Refusal::NotAcceptable));
    assert_eq!(negotiate(Some("text/html"), Some("format=xml"), &[Form::JSON]), Err(Refusal::UnknownFormat));
}

#[test]
fn refusals_have_drfs_status_and_text() {
    assert_eq!(Refusal::NotAcceptable.status(), 406);
    assert_eq!(Refusal::NotAcceptable.to_string(), "Could not satisfy the request Accept header.");
    assert_eq!(Refusal::UnknownFormat.status(), 404);
    assert_eq!(Refusal::UnknownFormat.to_string(), "Not found.");
}

#[test]
fn the_values_of_a_header_are_joined_by_commas() {
    let values = [HeaderValue::from_static("text/html"), HeaderValue::from_bytes(b"*/*;a=\xe9").unwrap()];
    assert_eq!(header_text(&values).as_deref(), Some("text/html,*/*;a=\u{e9}"));
    assert_eq!(header_text(&[HeaderValue::from_static("")]).as_deref(), Some(""));
    assert_eq!(header_text([]), None);
}

#[test]
fn a_view_with_two_forms_offers_both() {
    let both = &[Form::JSON, Form::JSON_API];
    for query in ["format=json", "format=vnd.api%2Bjson"] {
        assert_eq!(negotiate(Some("*/*"), Some(query), both), Ok(()), "{query}");
    }
    assert_eq!(negotiate(Some("application/vnd.api+json"), None, both), Ok(()));
    assert_eq!(negotiate(Some("application/vnd.api+json"), None, &[Form::JSON]), Err(Refusal::NotAcceptable));
}
