//! The table was read off DRF 3.18 on Python 3.11.

use proptest::prelude::*;

use super::*;

fn message(document: &[u8]) -> String {
    parse(document).unwrap_err().to_string()
}

#[test]
fn each_violation_has_pythons_message_and_place() {
    for (document, expected) in [
        (&b" "[..], "Expecting value: line 1 column 2 (char 1)"),
        (b"{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (b"{\"username\":", "Expecting value: line 1 column 13 (char 12)"),
        (b"{\"username\":}", "Expecting value: line 1 column 13 (char 12)"),
        (b"{\"a\" 1}", "Expecting ':' delimiter: line 1 column 6 (char 5)"),
        (b"{\"a\":1 \"b\"}", "Expecting ',' delimiter: line 1 column 8 (char 7)"),
        (b"{\"a\":1,}", "Expecting property name enclosed in double quotes: line 1 column 8 (char 7)"),
        (b"{a:1}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (b"{'a':1}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (b"[1,]", "Expecting value: line 1 column 4 (char 3)"),
        (b"[1 2]", "Expecting ',' delimiter: line 1 column 4 (char 3)"),
        (b"[", "Expecting value: line 1 column 2 (char 1)"),
        (b"[1", "Expecting ',' delimiter: line 1 column 3 (char 2)"),
        (b"\"abc", "Unterminated string starting at: line 1 column 1 (char 0)"),
        (b"\"a\nb\"", "Invalid control character at: line 1 column 3 (char 2)"),
        (b"\"a\\x\"", "Invalid \\escape: line 1 column 3 (char 2)"),
        (b"\"a\\", "Unterminated string starting at: line 1 column 1 (char 0)"),
        (b"\"\\u12\"", "Invalid \\uXXXX escape: line 1 column 3 (char 2)"),
        (b"\"\\u12g4\"", "Invalid \\uXXXX escape: line 1 column 3 (char 2)"),
        (b"\"\\u1234", "Invalid \\uXXXX escape: line 1 column 3 (char 2)"),
        (b"\"\\ud83d\\u\"", "Invalid \\uXXXX escape: line 1 column 9 (char 8)"),
        (b"\"\\ud83d\\u12\"", "Invalid \\uXXXX escape: line 1 column 9 (char 8)"),
        (b"{} x", "Extra data: line 1 column 4 (char 3)"),
        (b"01", "Extra data: line 1 column 2 (char 1)"),
        (b"1.", "Extra data: line 1 column 2 (char 1)"),
        (b"1e", "Extra data: line 1 column 2 (char 1)"),
        (b"1e+", "Extra data: line 1 column 2 (char 1)"),
        (b"-", "Expecting value: line 1 column 1 (char 0)"),
        (b"-x", "Expecting value: line 1 column 1 (char 0)"),
        (b"tru", "Expecting value: line 1 column 1 (char 0)"),
        (b"\x00", "Expecting value: line 1 column 1 (char 0)"),
        (b"NaN", "Out of range float values are not JSON compliant: 'NaN'"),
        (b"[Infinity]", "Out of range float values are not JSON compliant: 'Infinity'"),
        (b"-Infinity", "Out of range float values are not JSON compliant: '-Infinity'"),
        (b"\xef\xbb\xbf{}", "Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)"),
        (
            b"\n\n  {\"a\":\n \"\xc3\xa9\xf0\x9f\x98\x80\" x}",
            "Expecting ',' delimiter: line 4 column 7 (char 16)",
        ),
        (b"\xff", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
        (b"\xc0\x80", "'utf-8' codec can't decode byte 0xc0 in position 0: invalid start byte"),
        (b"\xf8", "'utf-8' codec can't decode byte 0xf8 in position 0: invalid start byte"),
        (b"\"a\xc3(\"", "'utf-8' codec can't decode byte 0xc3 in position 2: invalid continuation byte"),
        (
            b"\"\xed\xa0\x80\"",
            "'utf-8' codec can't decode byte 0xed in position 1: invalid continuation byte",
        ),
        (b"\"\xe2\x82(\"", "'utf-8' codec can't decode bytes in position 1-2: invalid continuation byte"),
        (b"\"\xf0\x90\x80x\"", "'utf-8' codec can't decode bytes in position 1-3: invalid continuation byte"),
        (b"\"\xe2\x82", "Unterminated string starting at: line 1 column 1 (char 0)"),
    ] {
        assert_eq!(message(document), expected, "{}", document.escape_ascii());
    }
}

#[test]
fn a_sequence_cut_off_by_the_end_of_the_body_is_dropped() {
    for document in [&b"{}\xe2\x82"[..], b"{}\xc3", b"{}\xf0\x9f\x98", b"{}\xed\xa0"] {
        assert_eq!(parse(document), Ok(Value::Object(Object::default())), "{}", document.escape_ascii());
    }
    assert_eq!(
        message(b"{}\xed\xa0\x80"),
        "'utf-8' codec can't decode byte 0xed in position 2: invalid continuation byte"
    );
}

#[test]
fn an_integer_keeps_its_digits_up_to_pythons_limit() {
    for (document, digits) in
        [("0", "0"), ("-0", "0"), ("-12", "-12"), ("123456789012345678901234", "123456789012345678901234")]
    {
        assert_eq!(parse(document.as_bytes()), Ok(Value::Int(digits.to_owned().into())));
    }
    assert!(parse("1".repeat(4300).as_bytes()).is_ok());
    let expected = "Exceeds the limit (4300 digits) for integer string conversion: value has 4301 digits; \
                    use sys.set_int_max_str_digits() to increase the limit";
    for sign in ["", "-"] {
        assert_eq!(message(format!("{sign}{}", "1".repeat(4301)).as_bytes()), expected);
    }
}

#[test]
fn a_number_with_fraction_or_exponent_is_a_float_and_may_overflow() {
    for (document, number) in [
        ("1.5", 1.5),
        ("1e5", 1e5),
        ("-2E-3", -2e-3),
        ("1E400", f64::INFINITY),
        ("-1E400", f64::NEG_INFINITY),
    ] {
        assert_eq!(parse(document.as_bytes()), Ok(Value::Float(number)));
    }
}

#[test]
fn the_last_of_two_members_of_one_name_counts() {
    let value = parse(b"{\"a\":1,\"b\":2,\"a\":3}").unwrap();
    let Value::Object(object) = value else { panic!("not an object") };
    assert_eq!(object.member("a"), Some(&Value::Int("3".to_owned().into())));
    assert_eq!(object.member("c"), None);
}

#[test]
fn a_lone_surrogate_is_kept_apart_and_a_pair_is_one_character() {
    let text = |document: &str| match parse(document.as_bytes()) {
        Ok(Value::String(text)) => (text.as_str().to_owned(), text.lone_surrogate()),
        other => panic!("{other:?}"),
    };
    assert_eq!(text(r#""\ud83d\ude00""#), ("\u{1f600}".to_owned(), None));
    assert_eq!(text(r#""\ud83d""#), ("\u{fffd}".to_owned(), Some(0xd83d)));
    assert_eq!(text(r#""x\ude00y\ud83d""#), ("x\u{fffd}y\u{fffd}".to_owned(), Some(0xde00)));
    assert_eq!(text(r#""\ud83d\ud83d\ude00""#), ("\u{fffd}\u{1f600}".to_owned(), Some(0xd83d)));
    assert_eq!(text(r#""\ud83d\u0041""#), ("\u{fffd}A".to_owned(), Some(0xd83d)));
    assert_eq!(text(r#""\ufffd""#), ("\u{fffd}".to_owned(), None));
}

#[test]
fn nesting_is_bounded_with_a_message_that_names_the_place() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
    assert_eq!(
        message(nested(MAX_DEPTH + 1).as_bytes()),
        "Nesting deeper than 64 levels: line 1 column 65 (char 64)"
    );
    assert!(parse("{\"a\":".repeat(100_000).as_bytes()).is_err());
    // Depth is what stands inside each other, not how many stand in a row.
    assert!(parse(format!("[{}[]]", "[{}],".repeat(1000)).as_bytes()).is_ok());
}

#[test]
fn a_text_is_not_printed() {
    assert_eq!(format!("{:?}", parse(b"[\"s3cret\", 12345]").unwrap()), "List([String(Text), Int(Text)])");
}

#[test]
fn a_text_is_never_moved_while_it_grows() {
    for document in [r#""plain é 😀""#, r#""\u0041\u00e9\uffff\ud83d\ude00\ud800\n\\\"""#, r#""\\""#] {
        let Ok(Value::String(text)) = parse(document.as_bytes()) else { panic!("{document}") };
        assert!(text.content.capacity() <= document.len() - 2);
    }
}

/// Whether both hold the same, integers and floats compared as texts.
fn same(ours: &Value, theirs: &serde_json::Value) -> bool {
    match (ours, theirs) {
        (Value::Null, serde_json::Value::Null) => true,
        (Value::Bool(a), serde_json::Value::Bool(b)) => a == b,
        (Value::Int(a), serde_json::Value::Number(b)) => a.as_str() == b.to_string(),
        (Value::Float(a), serde_json::Value::Number(b)) => Some(*a) == b.as_f64(),
        (Value::String(a), serde_json::Value::String(b)) => a.as_str() == b,
        (Value::List(a), serde_json::Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), serde_json::Value::Object(b)) => {
            a.0.len() == b.len() && b.iter().all(|(name, b)| a.member(name).is_some_and(|a| same(a, b)))
        }
        _ => false,
    }
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            proptest::collection::hash_map(any::<String>(), inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Texts of which a fair part is JSON.
fn near_json() -> impl Strategy<Value = String> {
    let pieces = proptest::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\"a\"",
        "\"b\":",
        "1",
        "-",
        "0",
        ".5",
        "e3",
        "E+",
        "true",
        "null",
        "false",
        " ",
        "\n",
        "\t",
        "\\n",
        "\\u0041",
        "\\ud83d\\ude00",
        "\\",
        "\u{e9}",
        "\u{1f600}",
        "\u{1}",
        "x",
    ]);
    proptest::collection::vec(pieces, 0..9).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_bytes_make_it_panic(document in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _judged = parse(&document);
    }

    #[test]
    fn what_serde_json_writes_is_read_back(value in any_json(), pretty in any::<bool>()) {
        let document = if pretty { format!("{value:#}") } else { value.to_string() };
        let ours = parse(document.as_bytes());
        prop_assert!(ours.as_ref().is_ok_and(|ours| same(ours, &value)), "{:?}", ours);
    }

    #[test]
    fn it_accepts_what_serde_json_accepts(document in prop_oneof![near_json(), any::<String>()]) {
        let theirs = serde_json::from_str::<serde_json::Value>(&document);
        prop_assert_eq!(parse(document.as_bytes()).is_ok(), theirs.is_ok(), "{:?}", theirs);
    }
}
