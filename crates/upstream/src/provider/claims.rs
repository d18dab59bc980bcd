//! The claims that are read, of ID tokens, access tokens and userinfo alike. What says who somebody is must be well
//! formed; what only describes somebody is left out where it is not.

use identity::federation::upstream::Claims;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The longest subject, in bytes (OpenID Connect Core section 2).
const MAX_SUBJECT_BYTES: usize = 255;

/// What somebody who may be believed said.
#[derive(Deserialize, Default)]
pub(super) struct Told {
    #[serde(default)]
    sub: Value,
    pub(super) iss: Option<String>,
    pub(super) aud: Option<Audience>,
    pub(super) azp: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) at_hash: Option<String>,
    pub(super) iat: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "text")]
    pub(super) typ: Option<String>,
    pub(super) c_hash: Option<IgnoredAny>,
    pub(super) scope: Option<IgnoredAny>,
    pub(super) scp: Option<IgnoredAny>,
    pub(super) client_id: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "text")]
    email: Option<String>,
    #[serde(default)]
    email_verified: Value,
    #[serde(default, deserialize_with = "text")]
    preferred_username: Option<String>,
    #[serde(default, deserialize_with = "text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    given_name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    family_name: Option<String>,
}

/// One name or a list of them (RFC 7519 section 4.1.3).
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    pub(super) fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

/// A text with something in it.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_str().filter(|text| !text.is_empty()).map(str::to_owned))
}

impl Told {
    /// Who this is: printable ASCII, not empty, at most 255 bytes.
    pub(super) fn subject(&self) -> Option<&str> {
        let subject = self.sub.as_str()?;
        let printable = subject.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        (!subject.is_empty() && subject.len() <= MAX_SUBJECT_BYTES && printable).then_some(subject)
    }

    /// Whether it says nothing of what the scope `email` asks for.
    pub(super) fn lacks_email(&self) -> bool {
        self.email.is_none()
    }

    /// Whether it says nothing of what the scope `profile` asks for.
    pub(super) fn lacks_profile(&self) -> bool {
        [&self.preferred_username, &self.name, &self.given_name, &self.family_name]
            .iter()
            .all(|claim| claim.is_none())
    }

    /// Some products write the boolean as a string.
    fn says_verified(&self) -> bool {
        self.email_verified == true || self.email_verified == "true"
    }

    /// The same, with what it lacks taken from another answer about the same somebody.
    pub(super) fn completed_by(self, other: Self) -> Self {
        // Whether an address is verified is said of that address and of no other.
        let same_address = other.email.is_some() && (self.email.is_none() || self.email == other.email);
        let email_verified = match self.email_verified.is_null() || self.email.is_none() {
            true if same_address => other.email_verified,
            true | false => self.email_verified,
        };
        Self {
            email: self.email.or(other.email),
            email_verified,
            preferred_username: self.preferred_username.or(other.preferred_username),
            name: self.name.or(other.name),
            given_name: self.given_name.or(other.given_name),
            family_name: self.family_name.or(other.family_name),
            ..self
        }
    }

    /// As the core takes it; `None` when it names nobody.
    pub(super) fn into_claims(self, issuer: &str) -> Option<Claims> {
        Some(Claims {
            issuer: issuer.to_owned(),
            subject: self.subject()?.to_owned(),
            email_verified: self.email.is_some() && self.says_verified(),
            email: self.email,
            preferred_username: self.preferred_username,
            name: self.name,
            given_name: self.given_name,
            family_name: self.family_name,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(claims: Value) -> Told {
        serde_json::from_value(claims).expect("readable claims")
    }

    #[test]
    fn core_2_a_subject_is_at_most_255_ascii_characters() {
        for good in ["1", "a b", &"x".repeat(255)] {
            assert_eq!(told(json!({"sub": good})).subject(), Some(good));
        }
        for bad in
            [json!(""), json!("x".repeat(256)), json!("ä"), json!("a\nb"), json!("\0"), json!(7), json!(null)]
        {
            assert_eq!(told(json!({"sub": bad})).subject(), None, "{bad}");
        }
        assert_eq!(told(json!({})).subject(), None);
    }

    fn verified(claims: Value) -> bool {
        told(claims).into_claims("iss").expect("somebody").email_verified
    }

    #[test]
    fn an_address_is_verified_when_that_is_said_in_so_many_words() {
        assert!(verified(json!({"sub": "1", "email": "a@b", "email_verified": true})));
        assert!(verified(json!({"sub": "1", "email": "a@b", "email_verified": "true"})));
        for other in
            [json!(false), json!("false"), json!("True"), json!(1), json!("1"), json!(null), json!([true])]
        {
            assert!(!verified(json!({"sub": "1", "email": "a@b", "email_verified": other})), "{other}");
        }
        assert!(!verified(json!({"sub": "1", "email_verified": true})), "there is no address");
    }

    #[test]
    fn what_is_said_of_one_address_is_not_believed_of_another() {
        let merged = |first: Value, second: Value| {
            let claims = told(first).completed_by(told(second)).into_claims("iss").expect("somebody");
            (claims.email, claims.email_verified)
        };
        let (a, b) = (Some("a@x".to_owned()), Some("b@x".to_owned()));
        let yes = |email: &str| json!({"sub": "1", "email": email, "email_verified": true});
        let unsaid = |email: &str| json!({"sub": "1", "email": email});
        assert_eq!(merged(unsaid("a@x"), yes("b@x")), (a.clone(), false));
        assert_eq!(merged(unsaid("a@x"), yes("a@x")), (a.clone(), true));
        assert_eq!(merged(json!({"sub": "1"}), yes("b@x")), (b.clone(), true));
        assert_eq!(merged(json!({"sub": "1", "email_verified": true}), unsaid("b@x")), (b, false));
        let no = json!({"sub": "1", "email": "a@x", "email_verified": false});
        assert_eq!(merged(no, yes("a@x")), (a, false));
    }

    #[test]
    fn a_description_in_a_wrong_form_is_left_out() {
        let claims =
            told(json!({"sub": "1", "email": 7, "name": null, "given_name": "", "family_name": ["x"]}));
        assert!(claims.lacks_email() && claims.lacks_profile());
    }
}
