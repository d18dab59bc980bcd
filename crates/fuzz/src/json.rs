//! JSON as the doors that stand on Django REST Framework read it, against `serde_json`: the same documents, the same
//! values, but for what Python is known to read otherwise.

use serde_json::Value as Plain;
use web::drf::json::{Error, Value, parse};

pub(crate) fn run(data: &[u8]) {
    let ours = parse(data);
    // A sequence that the end cuts off is dropped without a word.
    let whole = match std::str::from_utf8(data) {
        Err(error) if error.valid_up_to() > 0 && ours.is_ok() => &data[..error.valid_up_to()],
        _ => data,
    };
    match (serde_json::from_slice::<Plain>(whole), ours) {
        (Ok(plain), Ok(ours)) => assert!(is_same(&plain, &ours), "the two read another value"),
        (Ok(_), Err(error)) => {
            assert!(matches!(error, Error::TooDeep { .. } | Error::LongInteger { .. }), "refused: {error}");
        }
        (Err(error), Ok(_)) => {
            let lone_surrogate = whole.windows(3).any(|at| matches!(at, [b'\\', b'u', b'd' | b'D']));
            // Infinity in Python.
            let out_of_range = error.to_string().starts_with("number out of range");
            assert!(lone_surrogate || out_of_range, "accepted: {error}");
        }
        (Err(_), Err(error)) => {
            let text = error.to_string();
            assert!(!text.chars().any(char::is_control), "an error that breaks lines");
        }
    }
}

fn is_same(plain: &Plain, ours: &Value) -> bool {
    match (plain, ours) {
        (Plain::Null, Value::Null) => true,
        (Plain::Bool(plain), Value::Bool(ours)) => plain == ours,
        (Plain::Number(plain), Value::Int(digits)) => {
            let ours = digits.as_str().parse().unwrap_or(f64::NAN);
            plain.as_f64().is_some_and(|plain| close(plain, ours))
        }
        (Plain::Number(plain), Value::Float(ours)) => plain.as_f64().is_some_and(|plain| close(plain, *ours)),
        (Plain::String(plain), Value::String(ours)) => plain == ours.as_str(),
        (Plain::Array(plain), Value::List(ours)) => {
            plain.len() == ours.len() && plain.iter().zip(ours).all(|(plain, ours)| is_same(plain, ours))
        }
        // Of a name that stands twice the last one counts, for both.
        (Plain::Object(plain), Value::Object(ours)) => {
            plain.iter().all(|(name, value)| ours.member(name).is_some_and(|ours| is_same(value, ours)))
        }
        _ => false,
    }
}

/// `serde_json` is off by the last digit now and then, for the sake of speed.
fn close(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= a.abs() * 1e-15
}
