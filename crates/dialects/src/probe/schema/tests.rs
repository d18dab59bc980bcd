//! What is read of JSON, forms and queries, and what is said of the rest.

use super::*;

const NAME: Text = Text::optional("name");
const INNER: Text = Text::required("outer/inner");
const NUMBER: Integer = Integer { path: "n", min: 1, max: 10 };

fn json(text: &str) -> Fields {
    Fields::json(text.as_bytes()).unwrap_or_else(|_| panic!("{text} is JSON"))
}

fn form(text: &str) -> Fields {
    Fields::form(text.as_bytes()).unwrap_or_else(|_| panic!("{text} is a form"))
}

fn number(fields: &Fields) -> Result<u64, Vec<String>> {
    fields.read(|reader| reader.integer(&NUMBER)).map_err(|wrong| wrong.texts)
}

#[test]
fn a_whole_number_is_one_however_it_is_written() {
    for text in ["1", "1.0", "1e0", "10", "10.00"] {
        assert!(number(&json(&format!("{{\"n\":{text}}}"))).is_ok(), "{text}");
    }
    for (text, said) in [
        ("0", "#/n: must be >= 1 but found 0"),
        ("-3", "#/n: must be >= 1 but found -3"),
        ("11", "#/n: must be <= 10 but found 11"),
        ("99999999999999999999999", "#/n: expected integer, but got number"),
        ("1.5", "#/n: expected integer, but got number"),
        ("true", "#/n: expected integer, but got boolean"),
    ] {
        assert_eq!(number(&json(&format!("{{\"n\":{text}}}"))), Err(vec![said.to_owned()]), "{text}");
    }
    assert_eq!(number(&form("n=7")), Ok(7));
    let far = "#/n: must be <= 10 but found 99999999999999999999999";
    assert_eq!(number(&form("n=99999999999999999999999")), Err(vec![far.to_owned()]));
    for text in ["", "+1", "0x1", "inf", "1e0x"] {
        let said = number(&form(&format!("n={}", text.replace('+', "%2B")))).unwrap_err();
        assert_eq!(said, ["#/n: expected integer, but got string"], "{text}");
    }
}

#[test]
fn a_name_inside_another_has_three_spellings() {
    let inner = |fields: &Fields| {
        fields.read(|reader| reader.text(&INNER).map(str::to_owned)).map_err(|wrong| wrong.texts)
    };
    for fields in [json("{\"outer\":{\"inner\":\"x\"}}"), form("outer[inner]=x"), form("outer.inner=x")] {
        assert_eq!(inner(&fields), Ok("x".to_owned()));
    }
    for fields in [json("{\"outer\":{}}"), form("outer[inner=x"), form("outer]inner=x"), form("outerinner=x")]
    {
        assert_eq!(inner(&fields), Err(vec!["#/outer: missing properties: \"inner\"".to_owned()]));
    }
}

#[test]
fn nothing_is_read_where_something_is_wrong() {
    let both = json("{\"name\":\"x\",\"n\":0}");
    let read = both.read(|reader| {
        reader.integer(&NUMBER);
        Some(reader.text(&NAME).map(str::to_owned))
    });
    assert_eq!(read.map_err(|wrong| wrong.texts), Err(vec!["#/n: must be >= 1 but found 0".to_owned()]));
    assert_eq!(form("name=x").read(|reader| reader.text(&NAME).map(str::to_owned)), Ok("x".to_owned()));
}

#[test]
fn a_list_is_an_array_or_what_comes_more_than_once() {
    const WORDS: [(&str, u8); 2] = [("a", 1), ("b", 2)];
    let words =
        |fields: &Fields| fields.read(|reader| Some(reader.words("l", &WORDS))).map_err(|wrong| wrong.texts);
    assert_eq!(words(&json("{\"l\":[\"b\",\"a\"]}")), Ok(Some(vec![2, 1])));
    assert_eq!(words(&form("l=b&x=1&l[]=a")), Ok(Some(vec![2, 1])));
    assert_eq!(words(&json("{}")), Ok(None));
    assert_eq!(words(&json("{\"l\":[]}")), Ok(Some(vec![])));
    assert_eq!(words(&form("l=c")), Err(vec!["#/l/0: value must be one of \"a\", \"b\"".to_owned()]));
}
