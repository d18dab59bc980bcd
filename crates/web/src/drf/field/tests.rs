//! The expected bodies were read off DRF 3.18 with serializers declared alike.

use super::*;
use crate::drf::json::parse;

const USERNAME: CharField = CharField::new("username").max(255);
const PASSWORD: CharField = CharField::new("password").trim(false);
const EMAIL: CharField = CharField::email("email").max(255);
const SHORT_PASSWORD: CharField = CharField::new("password").min(8).max(64).trim(false);

/// What the fields read, or the error body.
fn judged(fields: &[CharField], body: &str) -> Result<Vec<String>, String> {
    let value = parse(body.as_bytes()).unwrap();
    let object = mapping(&value).unwrap();
    let mut errors = FieldErrors::default();
    let texts: Vec<_> = fields.iter().filter_map(|field| field.read(object, &mut errors)).collect();
    if errors.is_empty() {
        assert_eq!(texts.len(), fields.len());
        return Ok(texts.iter().map(|text| text.as_str().to_owned()).collect());
    }
    Err(serde_json::to_string(&errors).unwrap())
}

/// Both fields of the login given the same value.
fn login(value: &str) -> Result<Vec<String>, String> {
    judged(&[USERNAME, PASSWORD], &format!("{{\"username\":{value},\"password\":{value}}}"))
}

/// The e-mail field alone.
fn email(value: &str) -> Result<Vec<String>, String> {
    judged(&[EMAIL], &format!("{{\"email\":{value}}}"))
}

#[test]
fn a_missing_null_blank_or_unsuitable_value_has_one_text() {
    for (value, text) in [
        ("\"\"", "This field may not be blank."),
        ("null", "This field may not be null."),
        ("[]", "Not a valid string."),
        ("{}", "Not a valid string."),
        ("true", "Not a valid string."),
        ("false", "Not a valid string."),
    ] {
        assert_eq!(login(value), Err(format!("{{\"username\":[\"{text}\"],\"password\":[\"{text}\"]}}")));
    }
    assert_eq!(
        judged(&[USERNAME, PASSWORD], "{\"user\":\"x\"}"),
        Err(r#"{"username":["This field is required."],"password":["This field is required."]}"#.to_owned())
    );
}

#[test]
fn numbers_are_taken_as_python_writes_them() {
    for (value, text) in [
        ("1", "1"),
        ("-0", "0"),
        ("-0.0", "-0.0"),
        ("1.0", "1.0"),
        ("1e5", "100000.0"),
        ("1E400", "inf"),
        ("-1E400", "-inf"),
        ("1e16", "1e+16"),
        ("1e-5", "1e-05"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("123456789.123456789", "123456789.12345679"),
    ] {
        assert_eq!(login(value), Ok(vec![text.to_owned(); 2]));
    }
}

#[test]
fn white_space_is_trimmed_where_the_field_says_so() {
    assert_eq!(login("\" a b \""), Ok(vec!["a b".to_owned(), " a b ".to_owned()]));
    assert_eq!(login("\"\\u00a0x\\u3000\""), Ok(vec!["x".to_owned(), "\u{a0}x\u{3000}".to_owned()]));
    assert_eq!(login("\"\\u001fx\""), Ok(vec!["x".to_owned(), "\u{1f}x".to_owned()]));
    assert_eq!(login("\"\\u200bx\""), Ok(vec!["\u{200b}x".to_owned(); 2]));
    assert_eq!(login("\" \""), Err(r#"{"username":["This field may not be blank."]}"#.to_owned()));
}

#[test]
fn characters_that_a_database_cannot_hold_are_refused() {
    let both = |text: &str| Err(format!("{{\"username\":[\"{text}\"],\"password\":[\"{text}\"]}}"));
    assert_eq!(login("\"a\\u0000b\""), both("Null characters are not allowed."));
    assert_eq!(login("\"\\ud800\""), both("Surrogate characters are not allowed: U+D800."));
    assert_eq!(login("\"x\\udfffy\\ud800\""), both("Surrogate characters are not allowed: U+DFFF."));
    assert_eq!(login("\"\\ud83d\\ude00\""), Ok(vec!["\u{1f600}".to_owned(); 2]));
}

#[test]
fn lengths_are_counted_in_code_points_after_trimming() {
    let bounded = CharField::new("a").min(2).max(3);
    for (value, good) in [("é", false), ("éé", true), (" 😀😀😀 ", true), ("éééé", false), ("  é ", false)]
    {
        assert_eq!(judged(&[bounded], &format!("{{\"a\":\"{value}\"}}")).is_ok(), good, "{value}");
    }
    let form = |email: &str, password: &str| {
        judged(&[EMAIL, SHORT_PASSWORD], &format!("{{\"email\":\"{email}\",\"password\":\"{password}\"}}"))
    };
    assert_eq!(
        form("x", "12345"),
        Err(concat!(
            r#"{"email":["Enter a valid email address."],"#,
            r#""password":["Ensure this field has at least 8 characters."]}"#
        )
        .to_owned())
    );
    assert_eq!(
        form(&format!("{}@b.co", "x".repeat(251)), &"p".repeat(65)),
        Err(concat!(
            r#"{"email":["Ensure this field has no more than 255 characters."],"#,
            r#""password":["Ensure this field has no more than 64 characters."]}"#
        )
        .to_owned())
    );
}

#[test]
fn every_broken_rule_is_named_in_the_order_of_the_validators() {
    assert_eq!(
        email(&format!("\"\\u0000\\ud800{}\"", "x".repeat(260))),
        Err(concat!(
            r#"{"email":["Ensure this field has no more than 255 characters.","Null characters are not allowed.","#,
            r#""Surrogate characters are not allowed: U+D800.","Enter a valid email address."]}"#
        )
        .to_owned())
    );
}

#[test]
fn an_email_field_trims_and_has_its_own_text_for_an_unsuitable_value() {
    assert_eq!(email("\" a@b.co \""), Ok(vec!["a@b.co".to_owned()]));
    for value in ["[]", "{}", "true", "1", "1E400", "\"a@b.c\"", "\"a@LOCALHOST\""] {
        assert_eq!(email(value), Err(r#"{"email":["Enter a valid email address."]}"#.to_owned()), "{value}");
    }
    assert_eq!(email("null"), Err(r#"{"email":["This field may not be null."]}"#.to_owned()));
    assert_eq!(
        email("\"a@\\ud800.co\""),
        Err(r#"{"email":["Surrogate characters are not allowed: U+D800."]}"#.to_owned())
    );
}

#[test]
fn a_body_that_is_no_object_is_named_by_its_python_type() {
    for (body, expected) in [
        ("null", "No data provided"),
        ("[]", "Invalid data. Expected a dictionary, but got list."),
        ("\"x\"", "Invalid data. Expected a dictionary, but got str."),
        ("0", "Invalid data. Expected a dictionary, but got int."),
        ("1.5", "Invalid data. Expected a dictionary, but got float."),
        ("false", "Invalid data. Expected a dictionary, but got bool."),
    ] {
        assert_eq!(mapping(&parse(body.as_bytes()).unwrap()), Err(expected.to_owned()));
    }
}

#[test]
fn texts_for_one_field_stand_together() {
    let mut errors = FieldErrors::default();
    assert!(errors.is_empty());
    errors.push("b", "one");
    errors.push("a", "two");
    errors.push("b", "three");
    assert_eq!(serde_json::to_string(&errors).unwrap(), r#"{"b":["one","three"],"a":["two"]}"#);
}

/// A field that may be left out, at most five code points long.
#[test]
fn a_field_that_may_be_left_out_may_be_blank_and_not_null() {
    let field = CharField::new("c").optional().max(5);
    let read = |body: &str| judged(&[field], body).map(|texts| texts.concat());
    for (body, expected) in [
        ("{}", ""),
        (r#"{"c":""}"#, ""),
        (r#"{"c":"   "}"#, ""),
        (r#"{"c":5}"#, "5"),
        (r#"{"c":" ab "}"#, "ab"),
    ] {
        assert_eq!(read(body), Ok(expected.to_owned()), "{body}");
    }
    for (value, text) in [
        ("null", "This field may not be null."),
        ("\"abcdef\"", "Ensure this field has no more than 5 characters."),
        ("true", "Not a valid string."),
        ("[]", "Not a valid string."),
    ] {
        assert_eq!(read(&format!("{{\"c\":{value}}}")), Err(format!("{{\"c\":[\"{text}\"]}}")), "{value}");
    }
}

#[test]
fn a_boolean_field_takes_what_drf_takes_for_true_and_false() {
    let read = |body: &str| {
        let mut errors = FieldErrors::default();
        let value = parse(body.as_bytes()).unwrap();
        let read = BooleanField::optional("b").read(mapping(&value).unwrap(), &mut errors);
        assert_eq!(read.is_some(), errors.is_empty());
        read.ok_or_else(|| serde_json::to_string(&errors).unwrap())
    };
    assert_eq!(read("{}"), Ok(false));
    for value in [
        "true", "1", "1.0", "\"true\"", "\"True\"", "\"TRUE\"", "\"t\"", "\"T\"", "\"y\"", "\"Y\"",
        "\"yes\"", "\"Yes\"", "\"YES\"", "\"on\"", "\"On\"", "\"ON\"", "\"1\"",
    ] {
        assert_eq!(read(&format!("{{\"b\":{value}}}")), Ok(true), "{value}");
    }
    for value in [
        "false",
        "0",
        "0.0",
        "\"false\"",
        "\"False\"",
        "\"FALSE\"",
        "\"f\"",
        "\"F\"",
        "\"n\"",
        "\"N\"",
        "\"no\"",
        "\"No\"",
        "\"NO\"",
        "\"off\"",
        "\"Off\"",
        "\"OFF\"",
        "\"0\"",
    ] {
        assert_eq!(read(&format!("{{\"b\":{value}}}")), Ok(false), "{value}");
    }
    let invalid = Err(r#"{"b":["Must be a valid boolean."]}"#.to_owned());
    for value in ["2", "1.5", "\"tRue\"", "\"1.0\"", "\" true \"", "\"\"", "\"null\"", "[]", "{}", "[1]"] {
        assert_eq!(read(&format!("{{\"b\":{value}}}")), invalid, "{value}");
    }
    assert_eq!(read(r#"{"b":null}"#), Err(r#"{"b":["This field may not be null."]}"#.to_owned()));
}
