//! What the provider remembers, and the decisions of its endpoints.

use std::collections::{HashMap, HashSet};

use identity::Timestamp;
use jose::Algorithm;
use serde_json::{Value, json};
use url::Url;

use super::CLIENT_ID;
use super::keys::{Key, s256};
use super::lie::{Endpoint, Lie, Mode};
use super::person::{Callback, Person};

/// Noon of 2026-01-02, UTC.
const BEGINNING: i64 = 1_767_355_200_000;

/// Changes a JSON value.
type Change = Box<dyn Fn(&mut Value) + Send + Sync>;

/// The form of access tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessTokens {
    /// Nothing can be read from them.
    Opaque,
    /// A JWT of RFC 9068 for the client: `typ` is `at+jwt`, `aud` the client, with `sub`, `scope` and who it is.
    Jwt,
}

/// Where the provider tells who somebody is, beyond the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// In the ID token and by userinfo.
    Everywhere,
    /// By userinfo only.
    InUserinfo,
    /// In the ID token only; there is no userinfo endpoint.
    InIdToken,
}

/// One request as an endpoint saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which endpoint.
    pub endpoint: Endpoint,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// The query or the form.
    pub parameters: Vec<(String, String)>,
}

impl Asked {
    /// The parameter of this name, where there is exactly one.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut values = self.parameters.iter().filter(|(known, _)| known == name);
        let (_, value) = values.next()?;
        values.next().is_none().then_some(value)
    }
}

/// What a code stands for.
#[derive(Clone)]
pub(super) struct Grant {
    pub(super) person: Person,
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
    pub(super) scope: String,
}

pub(super) struct State {
    pub(super) issuer: String,
    pub(super) now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    /// All are published, the last one signs.
    pub(super) keys: Vec<Key>,
    pub(super) public_client: bool,
    pub(super) access_tokens: AccessTokens,
    pub(super) told: Told,
    pub(super) browser: Person,
    pub(super) describe: Change,
    pub(super) claim: Change,
    pub(super) lies: HashSet<Lie>,
    pub(super) modes: HashMap<Endpoint, Mode>,
    pub(super) asked: Vec<Asked>,
    pub(super) codes: HashMap<String, Grant>,
    /// Who each access token belongs to, with its scope and its end in seconds.
    pub(super) tokens: HashMap<String, (Person, String, i64)>,
    made: u32,
}

impl State {
    pub(super) fn new(issuer: String) -> Self {
        Self {
            issuer,
            now: Box::new(|| Timestamp::from_millis(BEGINNING)),
            keys: vec![Key::new(Algorithm::Rs256, "key-0", 0)],
            public_client: false,
            access_tokens: AccessTokens::Opaque,
            told: Told::Everywhere,
            browser: Person::new("browser"),
            describe: Box::new(|_| {}),
            claim: Box::new(|_| {}),
            lies: HashSet::new(),
            modes: HashMap::new(),
            asked: Vec::new(),
            codes: HashMap::new(),
            tokens: HashMap::new(),
            made: 0,
        }
    }

    /// A text that was not given out before and is found again in a log.
    pub(super) fn unique(&mut self, kind: &str) -> String {
        self.made += 1;
        format!("{kind}-{}-{}", self.made, s256(&format!("{kind} {} {}", self.made, self.issuer)))
    }

    pub(super) fn seconds(&self) -> i64 {
        (self.now)().millis().div_euclid(1000)
    }

    pub(super) fn lies(&self, lie: Lie) -> bool {
        self.lies.contains(&lie)
    }

    pub(super) fn key(&self) -> &Key {
        self.keys.last().expect("a provider has a key")
    }

    pub(super) fn url(&self, endpoint: Endpoint) -> String {
        format!("{}{}", self.issuer.strip_suffix('/').unwrap_or(&self.issuer), endpoint.path())
    }

    /// The description (OpenID Connect Discovery 1.0 section 3).
    pub(super) fn description(&self) -> Value {
        let issuer = match self.lies(Lie::DescriptionIssuer) {
            true => "https://another.example",
            false => &self.issuer,
        };
        let methods = match self.public_client {
            true => json!(["none"]),
            false => json!(["client_secret_basic", "client_secret_post"]),
        };
        let mut description = json!({
            "issuer": issuer,
            "authorization_endpoint": self.url(Endpoint::Authorize),
            "token_endpoint": self.url(Endpoint::Token),
            "jwks_uri": self.url(Endpoint::Jwks),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [self.key().algorithm.name()],
            "token_endpoint_auth_methods_supported": methods,
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
        });
        if self.told != Told::InIdToken {
            description["userinfo_endpoint"] = json!(self.url(Endpoint::Userinfo));
        }
        (self.describe)(&mut description);
        description
    }

    pub(super) fn key_set(&self) -> Value {
        json!({"keys": self.keys.iter().map(Key::jwk).collect::<Vec<_>>()})
    }

    /// A request of a browser, and with what it comes back. What is refused here a provider shows to the person.
    pub(super) fn authorize(&mut self, url: &str, person: &Person) -> Result<Callback, String> {
        let url = Url::parse(url).map_err(|error| error.to_string())?;
        let here = self.url(Endpoint::Authorize);
        if format!("{}{}", url.origin().ascii_serialization(), url.path()) != here {
            return Err(format!("{url} is not the authorization endpoint, {here}"));
        }
        let one = |name: &str| {
            let mut values = url.query_pairs().filter(|(known, _)| known == name);
            match (values.next(), values.next()) {
                (Some((_, value)), None) => Ok(value.into_owned()),
                _ => Err(format!("the request has not exactly one {name}")),
            }
        };
        for (name, wanted) in
            [("response_type", "code"), ("client_id", CLIENT_ID), ("code_challenge_method", "S256")]
        {
            if one(name)? != wanted {
                return Err(format!("{name} is not {wanted}"));
            }
        }
        let (scope, challenge) = (one("scope")?, one("code_challenge")?);
        if !scope.split(' ').any(|word| word == "openid") || challenge.len() != 43 {
            return Err("no openid in scope, or a code_challenge that is no SHA-256".to_owned());
        }
        let (redirect_uri, state) = (one("redirect_uri")?, one("state")?);
        let code = self.unique("code");
        let grant = Grant {
            person: person.clone(),
            redirect_uri: redirect_uri.clone(),
            challenge,
            nonce: one("nonce").ok(),
            scope,
        };
        self.codes.insert(code.clone(), grant);
        let iss = match (self.lies(Lie::CallbackIssuerMissing), self.lies(Lie::CallbackIssuerWrong)) {
            (true, _) => None,
            (_, true) => Some("https://another.example".to_owned()),
            (false, false) => Some(self.issuer.clone()),
        };
        Ok(Callback { redirect_uri, code: Some(code), error: None, state: Some(state), iss })
    }
}
