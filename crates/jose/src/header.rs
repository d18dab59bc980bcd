//! The first segment: whose header is accepted, and what is read of a foreign one. Ours are compared, not read.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use crate::base64url;
use crate::error::Error;

/// Which headers a verifier accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderRules<'a> {
    /// Only what we write ourselves, byte for byte: the header that a key of the set bears as its own
    /// ([`crate::SigningKey::verifying_key`], [`crate::VerifyingKey::with_own_header`]). For tokens of our own making.
    Own,
    /// Whatever RFC 7515 allows but extensions: `alg` must be the key's, `kid` picks the key, `typ` must be as given
    /// here. Members that point to keys are not looked at.
    Foreign(Typ<'a>),
}

/// Which `typ` a foreign token must have, so that one kind of token is not taken for another (RFC 8725 section 3.11).
/// The case of letters does not count, nor does `application/` before a name without another slash (RFC 7515 section
/// 4.1.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typ<'a> {
    /// Any or none.
    Any,
    /// This one, such as `at+jwt` for access tokens (RFC 9068 section 2.1).
    Is(&'a str),
    /// This one or none, such as `JWT` for ID tokens.
    AbsentOr(&'a str),
}

impl Typ<'_> {
    fn accepts(self, typ: Option<&str>) -> bool {
        match (self, typ) {
            (Self::Any, _) | (Self::AbsentOr(_), None) => true,
            (Self::Is(_), None) => false,
            (Self::Is(wanted) | Self::AbsentOr(wanted), Some(typ)) => {
                short(typ).eq_ignore_ascii_case(short(wanted))
            }
        }
    }
}

/// A media type without the `application/` that may be left out.
fn short(typ: &str) -> &str {
    const PREFIX: &str = "application/";
    match typ.split_at_checked(PREFIX.len()) {
        Some((prefix, name)) if prefix.eq_ignore_ascii_case(PREFIX) && !name.contains('/') => name,
        _ => typ,
    }
}

/// The header segment of a token signed with a shared secret: `{"alg":..,"typ":..}` in this order, without `kid`.
pub(crate) fn of_mac(typ: &str) -> String {
    #[derive(Serialize)]
    struct Header<'a> {
        alg: &'static str,
        typ: &'a str,
    }
    segment(&Header { alg: "HS256", typ })
}

/// The header segment of a token signed with a private key: `{"kid":..,"typ":..,"alg":..}` in this order.
pub(crate) fn of_signature(kid: Option<&str>, typ: &str, alg: &'static str) -> String {
    #[derive(Serialize)]
    struct Header<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        kid: Option<&'a str>,
        typ: &'a str,
        alg: &'static str,
    }
    segment(&Header { kid, typ, alg })
}

fn segment(header: &impl Serialize) -> String {
    // Texts and nothing else can always be written.
    base64url::encode(&serde_json::to_vec(header).unwrap_or_default())
}

/// What is read of a foreign token's header.
pub(crate) struct Foreign {
    pub(crate) alg: String,
    pub(crate) kid: Option<String>,
    typ: Option<String>,
    extended: bool,
}

impl Foreign {
    /// Reads a header segment by these rules. Nothing of it is trusted: the signature is still to be verified.
    pub(crate) fn read(segment: &str, wanted: Typ<'_>) -> Result<Self, Error> {
        let json = base64url::decode(segment).ok_or(Error::NotCompact)?;
        let header: Self = serde_json::from_slice(&json).map_err(|_| Error::Header)?;
        if header.extended {
            return Err(Error::Critical);
        }
        if !wanted.accepts(header.typ.as_deref()) {
            return Err(Error::Type);
        }
        Ok(header)
    }
}

impl<'de> Deserialize<'de> for Foreign {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

/// Written out because a derived reader takes arrays for objects and lets unknown members come twice.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Foreign;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JOSE header")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Foreign, A::Error> {
        let (mut alg, mut kid, mut typ, mut extended) = (None, None, None, false);
        let mut seen = BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "alg" => alg = Some(map.next_value()?),
                "kid" => kid = Some(map.next_value()?),
                "typ" => typ = Some(map.next_value()?),
                other => {
                    extended |= matches!(other, "crit" | "b64");
                    map.next_value::<IgnoredAny>()?;
                }
            }
            if !seen.insert(name) {
                return Err(A::Error::custom("a member comes twice"));
            }
        }
        let alg = alg.ok_or_else(|| A::Error::missing_field("alg"))?;
        Ok(Foreign { alg, kid, typ, extended })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str, typ: Typ<'_>) -> Option<Error> {
        Foreign::read(&base64url::encode(json.as_bytes()), typ).err()
    }

    #[test]
    fn our_headers_are_the_ones_that_the_contracts_give() {
        // Contracts 3.3: 36 characters; 5.2: kid, typ and alg in this order.
        assert_eq!(of_mac("JWT"), "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9");
        let header = of_signature(Some("a \"kid\""), "JWT", "RS256");
        let json = base64url::decode(&header).expect("base64url");
        assert_eq!(json, br#"{"kid":"a \"kid\"","typ":"JWT","alg":"RS256"}"#);
    }

    #[test]
    fn a_type_is_compared_as_a_media_type() {
        for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/at+JWT"] {
            assert!(Typ::Is("at+jwt").accepts(Some(typ)), "{typ}");
            assert!(Typ::Is("application/at+jwt").accepts(Some(typ)), "{typ}");
        }
        for typ in ["JWT", "text/at+jwt", "at+jwt ", "application/x/at+jwt", "", "application/"] {
            assert!(!Typ::Is("at+jwt").accepts(Some(typ)), "{typ}");
        }
        assert!(!Typ::Is("JWT").accepts(None));
        assert!(Typ::AbsentOr("JWT").accepts(None));
        assert!(!Typ::AbsentOr("JWT").accepts(Some("at+jwt")));
        assert!(Typ::Any.accepts(Some("anything")));
    }

    #[test]
    fn a_foreign_header_is_an_object_with_an_alg_and_nothing_twice() {
        assert_eq!(read(r#" {"alg":"RS256","jku":"https://a.example","x":[{"x":1}]} "#, Typ::Any), None);
        for json in [
            "",
            "null",
            "[\"RS256\"]",
            "\"RS256\"",
            "{}",
            r#"{"typ":"JWT"}"#,
            r#"{"alg":null}"#,
            r#"{"alg":["RS256"]}"#,
            r#"{"alg":"RS256","kid":null}"#,
            r#"{"alg":"RS256","typ":7}"#,
            r#"{"alg":"RS256","alg":"RS256"}"#,
            r#"{"alg":"RS256","\u0061lg":"none"}"#,
            r#"{"alg":"RS256","x":1,"x":2}"#,
            r#"{"alg":"RS256"}{}"#,
            r#"{"alg":"RS256",}"#,
            "\u{feff}{\"alg\":\"RS256\"}",
        ] {
            assert_eq!(read(json, Typ::Any), Some(Error::Header), "{json}");
        }
        assert_eq!(read(r#"{"alg":"RS256","crit":[]}"#, Typ::Any), Some(Error::Critical));
        assert_eq!(read(r#"{"alg":"RS256","b64":true}"#, Typ::Any), Some(Error::Critical));
        assert_eq!(read(r#"{"alg":"RS256"}"#, Typ::Is("JWT")), Some(Error::Type));
    }
}
