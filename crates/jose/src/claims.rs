//! The claims that are the same in every token (RFC 7519 section 4.1): who made it, for whom, and when it holds. All
//! other claims are the caller's, in a type of its own.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, IgnoredAny, Visitor};

use crate::error::Error;

/// What a token's registered claims must be. What is expected must be there, what is not expected must not: a token
/// that names an audience is not for somebody who goes by no name (RFC 7519 section 4.1.3). `exp` must always be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected<'a> {
    /// `iss`, compared as it stands; `None`: the token names none.
    pub issuer: Option<&'a str>,
    /// What `aud` is or holds; `None`: the token names none.
    pub audience: Option<&'a str>,
    /// The time, in seconds since the epoch. At `exp` itself a token has expired.
    pub now: i64,
    /// By how many seconds the clock of whoever made the token may differ from ours; 0 for tokens of our own.
    pub leeway: u32,
}

impl Expected<'_> {
    fn check(&self, claims: &Registered<'_>) -> Result<(), Error> {
        let leeway = i64::from(self.leeway);
        match claims.exp {
            Some(NumericDate(end)) if self.now < end.saturating_add(leeway) => {}
            _ => return Err(Error::Expired),
        }
        let ahead = |time: Option<NumericDate>| {
            time.is_some_and(|NumericDate(start)| self.now.saturating_add(leeway) < start)
        };
        if ahead(claims.nbf) || ahead(claims.iat) {
            return Err(Error::NotYetValid);
        }
        if claims.iss.as_ref().map(|issuer| &*issuer.0) != self.issuer {
            return Err(Error::Issuer);
        }
        let meant = match (&claims.aud, self.audience) {
            (None, None) => true,
            (Some(audience), Some(wanted)) => audience.holds(wanted),
            (Some(_), None) | (None, Some(_)) => false,
        };
        if meant { Ok(()) } else { Err(Error::Audience) }
    }
}

/// Checks the registered claims of a payload whose signature is good, then reads all of it. Two passes, because a
/// single one would have to hold every claim in memory to hand it on.
pub(crate) fn read<C: DeserializeOwned>(payload: &[u8], expected: &Expected<'_>) -> Result<C, Error> {
    // A derived reader would take an array for an object.
    if payload.trim_ascii_start().first() != Some(&b'{') {
        return Err(Error::Claims);
    }
    expected.check(&serde_json::from_slice(payload).map_err(|_| Error::Claims)?)?;
    serde_json::from_slice(payload).map_err(|_| Error::Claims)
}

/// All seven. Refuses one that comes twice, as every derived reader does (RFC 7519 section 4), and one that is null
/// where its form is known here.
#[derive(serde::Deserialize)]
struct Registered<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    iss: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "present")]
    aud: Option<Audience<'a>>,
    #[serde(default, deserialize_with = "present")]
    exp: Option<NumericDate>,
    #[serde(default, deserialize_with = "present")]
    nbf: Option<NumericDate>,
    #[serde(default, deserialize_with = "present")]
    iat: Option<NumericDate>,
    /// Its form is the business of whoever reads it.
    #[serde(default, rename = "sub")]
    _sub: IgnoredAny,
    #[serde(default, rename = "jti")]
    _jti: IgnoredAny,
}

fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A text, borrowed where it is written without escapes.
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// One name or a list of them (RFC 7519 section 4.1.3).
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Audience<'a> {
    #[serde(borrow)]
    One(Text<'a>),
    #[serde(borrow)]
    Several(Vec<Text<'a>>),
}

impl Audience<'_> {
    fn holds(&self, wanted: &str) -> bool {
        match self {
            Self::One(name) => name.0 == wanted,
            Self::Several(names) => names.iter().any(|name| name.0 == wanted),
        }
    }
}

/// Seconds since the epoch, whole or not (RFC 7519 section 2); a fraction is cut off. What lies beyond all time that
/// counts is its end.
#[derive(Clone, Copy)]
struct NumericDate(i64);

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Seconds)
    }
}

struct Seconds;

impl Visitor<'_> for Seconds {
    type Value = NumericDate;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("seconds since the epoch")
    }

    fn visit_i64<E: serde::de::Error>(self, seconds: i64) -> Result<NumericDate, E> {
        Ok(NumericDate(seconds))
    }

    fn visit_u64<E: serde::de::Error>(self, seconds: u64) -> Result<NumericDate, E> {
        Ok(NumericDate(i64::try_from(seconds).unwrap_or(i64::MAX)))
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "that is the rule: a fraction is cut off, an excess too"
    )]
    fn visit_f64<E: serde::de::Error>(self, seconds: f64) -> Result<NumericDate, E> {
        Ok(NumericDate(seconds.floor() as i64))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: i64 = 1_700_000_000;
    const EXPECTED: Expected<'_> =
        Expected { issuer: Some("us"), audience: Some("them"), now: NOW, leeway: 0 };

    fn told(json: &str, expected: &Expected<'_>) -> Option<Error> {
        read::<Value>(json.as_bytes(), expected).err()
    }

    /// Good claims, with these instead of theirs; null takes one away.
    fn with(changes: &Value) -> String {
        let mut claims = json!({"iss": "us", "aud": "them", "exp": NOW + 1});
        for (name, value) in changes.as_object().expect("an object") {
            let claims = claims.as_object_mut().expect("an object");
            if value.is_null() {
                claims.remove(name);
            } else {
                claims.insert(name.clone(), value.clone());
            }
        }
        claims.to_string()
    }

    #[test]
    fn good_claims_are_read() {
        let claims: Value = read(with(&json!({"roles": ["user"]})).as_bytes(), &EXPECTED).expect("good");
        assert_eq!(claims["roles"][0], "user");
    }

    #[test]
    fn at_its_end_a_token_has_expired() {
        for (exp, leeway, expected) in [
            (json!(NOW + 1), 0, None),
            (json!(NOW), 0, Some(Error::Expired)),
            (json!(NOW - 9), 10, None),
            (json!(NOW - 10), 10, Some(Error::Expired)),
            (json!(0), 0, Some(Error::Expired)),
            (json!(-1), 0, Some(Error::Expired)),
            (json!(i64::MIN), u32::MAX, Some(Error::Expired)),
            (json!(u64::MAX), u32::MAX, None),
            (json!(1_700_000_000.9), 0, Some(Error::Expired)),
            (json!(1_700_000_001.5), 0, None),
            (json!(1e300), 0, None),
            (Value::Null, 0, Some(Error::Expired)),
        ] {
            let outcome = told(&with(&json!({"exp": exp})), &Expected { leeway, ..EXPECTED });
            assert_eq!(outcome, expected, "{exp} with {leeway}");
        }
    }

    #[test]
    fn what_lies_ahead_is_not_valid_yet() {
        for name in ["nbf", "iat"] {
            for (time, leeway, expected) in [
                (json!(NOW), 0, None),
                (json!(NOW + 1), 0, Some(Error::NotYetValid)),
                (json!(NOW + 10), 10, None),
                (json!(NOW + 11), 10, Some(Error::NotYetValid)),
                (json!(u64::MAX), u32::MAX, Some(Error::NotYetValid)),
                (json!(i64::MIN), 0, None),
            ] {
                let outcome = told(&with(&json!({name: time})), &Expected { leeway, ..EXPECTED });
                assert_eq!(outcome, expected, "{name} {time} with {leeway}");
            }
        }
    }

    #[test]
    fn issuer_and_audience_are_there_when_and_only_when_they_are_expected() {
        let nobody = Expected { issuer: None, audience: None, ..EXPECTED };
        for (changes, expected, outcome) in [
            (json!({"iss": null}), EXPECTED, Some(Error::Issuer)),
            (json!({"iss": "US"}), EXPECTED, Some(Error::Issuer)),
            (json!({"iss": "us/"}), EXPECTED, Some(Error::Issuer)),
            (json!({"aud": null}), EXPECTED, Some(Error::Audience)),
            (json!({"aud": "others"}), EXPECTED, Some(Error::Audience)),
            (json!({"aud": []}), EXPECTED, Some(Error::Audience)),
            (json!({"aud": ["others"]}), EXPECTED, Some(Error::Audience)),
            (json!({"aud": ["others", "them"]}), EXPECTED, None),
            (json!({}), nobody, Some(Error::Issuer)),
            (json!({"iss": null}), nobody, Some(Error::Audience)),
            (json!({"iss": null, "aud": []}), nobody, Some(Error::Audience)),
            (json!({"iss": null, "aud": null}), nobody, None),
        ] {
            assert_eq!(told(&with(&changes), &expected), outcome, "{changes}");
        }
        let escaped = with(&json!({})).replace("\"us\"", "\"\\u0075s\"");
        assert_eq!(told(&escaped, &EXPECTED), None, "{escaped}");
    }

    #[test]
    fn registered_claims_come_once_and_in_their_form() {
        let nobody = Expected { issuer: None, audience: None, ..EXPECTED };
        for json in [
            "",
            "null",
            "7",
            "[]",
            r#"["us","them",1700000001]"#,
            r#"{"exp":1700000001,"exp":1700000001}"#,
            r#"{"exp":1,"\u0065xp":1700000001}"#,
            r#"{"exp":1700000001,"sub":"1","sub":"1"}"#,
            r#"{"exp":1700000001,"jti":"1","sub":"1","jti":"2"}"#,
            r#"{"exp":1700000001,"iss":null}"#,
            r#"{"exp":1700000001,"aud":null}"#,
            r#"{"exp":1700000001,"nbf":null}"#,
            r#"{"exp":null}"#,
            r#"{"exp":"1700000001"}"#,
            r#"{"exp":true}"#,
            r#"{"exp":1e999}"#,
            r#"{"exp":NaN}"#,
            r#"{"exp":1700000001,"iss":["us"]}"#,
            r#"{"exp":1700000001,"aud":{"them":1}}"#,
            r#"{"exp":1700000001,"aud":["them",7]}"#,
            r#"{"exp":1700000001}}"#,
            "{\"exp\":1700000001,\"x\":\"\u{1}\"}",
        ] {
            assert_eq!(told(json, &nobody), Some(Error::Claims), "{json}");
        }
        assert_eq!(told(r#"{"exp":1700000001}"#, &nobody), None);
    }

    #[test]
    fn claims_that_do_not_fit_the_wanted_type_are_refused() {
        #[derive(Debug, serde::Deserialize)]
        struct Wanted {
            #[serde(rename = "sid")]
            _session: String,
        }
        let outcome = |changes: Value| read::<Wanted>(with(&changes).as_bytes(), &EXPECTED).err();
        assert_eq!(outcome(json!({"sid": "1"})), None);
        assert_eq!(outcome(json!({"sid": 1})), Some(Error::Claims));
        assert_eq!(outcome(json!({})), Some(Error::Claims));
    }
}
