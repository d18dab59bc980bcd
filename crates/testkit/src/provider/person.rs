//! Who signs in at the provider, and with what the browser comes back.

use serde_json::{Map, Value, json};
use url::form_urlencoded::Serializer;

/// Somebody whom the provider knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// `sub`.
    pub subject: String,
    /// `email`.
    pub email: Option<String>,
    /// `email_verified`, as it stands in JSON; `null` leaves it out.
    pub email_verified: Value,
    /// `preferred_username`.
    pub preferred_username: Option<String>,
    /// `name`.
    pub name: Option<String>,
    /// `given_name`.
    pub given_name: Option<String>,
    /// `family_name`.
    pub family_name: Option<String>,
}

impl Person {
    /// Ann Lee with this subject, the verified address `{subject}@example.org` and `{subject}` as username.
    pub fn new(subject: &str) -> Self {
        Self {
            subject: subject.to_owned(),
            email: Some(format!("{subject}@example.org")),
            email_verified: json!(true),
            preferred_username: Some(subject.to_owned()),
            name: Some("Ann Lee".to_owned()),
            given_name: Some("Ann".to_owned()),
            family_name: Some("Lee".to_owned()),
        }
    }

    /// Somebody of whom only the subject is known.
    pub fn bare(subject: &str) -> Self {
        Self {
            subject: subject.to_owned(),
            email: None,
            email_verified: Value::Null,
            preferred_username: None,
            name: None,
            given_name: None,
            family_name: None,
        }
    }

    /// The claims that these scopes ask for (OpenID Connect Core section 5.4), without `sub`.
    pub(super) fn claims(&self, scope: &str) -> Map<String, Value> {
        let asked = |wanted: &str| scope.split(' ').any(|word| word == wanted);
        let mut claims = Map::new();
        if asked("email") {
            claims.insert("email".to_owned(), json!(self.email));
            claims.insert("email_verified".to_owned(), self.email_verified.clone());
        }
        if asked("profile") {
            claims.insert("preferred_username".to_owned(), json!(self.preferred_username));
            claims.insert("name".to_owned(), json!(self.name));
            claims.insert("given_name".to_owned(), json!(self.given_name));
            claims.insert("family_name".to_owned(), json!(self.family_name));
        }
        claims.retain(|_, value| !value.is_null());
        claims
    }
}

/// With what the browser comes back to the relying party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    /// Where to.
    pub redirect_uri: String,
    /// The code, unless there is an error.
    pub code: Option<String>,
    /// What went wrong (RFC 6749 section 4.1.2.1).
    pub error: Option<String>,
    /// As in the request.
    pub state: Option<String>,
    /// The issuer (RFC 9207).
    pub iss: Option<String>,
}

impl Callback {
    /// The query, without `?`.
    pub fn query(&self) -> String {
        let parameters =
            [("code", &self.code), ("error", &self.error), ("state", &self.state), ("iss", &self.iss)];
        let given = parameters.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        Serializer::new(String::new()).extend_pairs(given).finish()
    }

    /// The whole URL.
    pub fn url(&self) -> String {
        let joint = if self.redirect_uri.contains('?') { '&' } else { '?' };
        format!("{}{joint}{}", self.redirect_uri, self.query())
    }
}
