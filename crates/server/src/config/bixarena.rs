//! `[dialects.bixarena]`

use std::path::PathBuf;
use std::time::Duration;

use identity::federation::ProviderId;
use url::Url;

use super::check::{Judge, lasting, optional_lasting, path};
use super::provider::named;
use super::{PublicUrl, Scope, Subject, TokenAlgorithm, WebOrigin, Wire, duration, raw};

/// The longest life of an internal token: whoever verifies it elsewhere hears of no logout before its end.
const LONGEST_TOKEN: Duration = Duration::from_hours(24);
/// The shortest life of a signing key.
const SHORTEST_KEY: Duration = Duration::from_hours(1);
/// The longest `iss` and `aud`, in bytes.
const LONGEST_CLAIM: usize = 255;

/// `[dialects.bixarena]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BixArena {
    /// Whether the dialect is served.
    pub enabled: bool,
    /// Which truth it speaks.
    pub wire: Wire,
    /// How far calls that end all sessions reach; it has none yet.
    pub scope: Scope,
    /// Foreign origins whose pages may call it.
    pub allowed_origins: Vec<WebOrigin>,
    /// How long a session lives without use; whole seconds, longer than zero.
    pub session_idle: Duration,
    /// How long an internal token lives; whole seconds, longer than zero, at most 24 hours.
    pub token_ttl: Duration,
    /// The `iss` of internal tokens: 1 to 255 characters of visible ASCII.
    pub issuer: String,
    /// The `aud` of internal tokens for which nobody asks for another one: 1 to 255 characters of visible ASCII.
    pub audience: String,
    /// What the `sub` of internal tokens is.
    pub subject: Subject,
    /// How internal tokens are signed.
    pub algorithm: TokenAlgorithm,
    /// The length of a new RSA key in bits: 2048 or 3072.
    pub rsa_bits: u32,
    /// How old a signing key becomes before the next one signs, at least an hour; none: it stays.
    pub rotate_every: Option<Duration>,
    /// Who people sign in with: one of the configured providers; none: the only one there is.
    pub provider: Option<ProviderId>,
    /// Where a browser is sent after the login; http or https, without credentials.
    pub ui_url: Url,
    /// The services that may ask for tokens of their own; their ids are unique.
    pub service_clients: Vec<ServiceClient>,
}

/// An entry of `[[dialects.bixarena.service_clients]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceClient {
    /// Its name: visible ASCII without a colon, not empty.
    pub id: String,
    /// The file with its secret, which is not read yet.
    pub secret_file: PathBuf,
    /// The roles of its tokens, each of visible ASCII.
    pub roles: Vec<String>,
}

impl ServiceClient {
    /// The concrete path of one of the keys of the entry with this number.
    #[must_use]
    pub fn key(index: usize, name: &str) -> String {
        format!("{SERVICE_CLIENTS}.{index}.{name}")
    }
}

const SERVICE_CLIENTS: &str = "dialects.bixarena.service_clients";

impl Judge<'_> {
    pub(super) fn bixarena(
        &mut self,
        raw: &raw::BixArena,
        providers: &[raw::Provider],
        public_url: Option<&PublicUrl>,
    ) -> Option<BixArena> {
        let at = |name: &str| format!("dialects.bixarena.{name}");
        let wire = self.wire("bixarena", &raw.wire);
        let scope = self.scope("bixarena", &raw.scope);
        let allowed_origins = self.origins("bixarena", &raw.allowed_origins);
        let session_idle = self.take(&at("session_idle"), lasting(&raw.session_idle));
        let token_ttl = self.take(&at("token_ttl"), token_ttl(&raw.token_ttl));
        let issuer = match raw.issuer.as_str() {
            "" => public_url.map(ToString::to_string),
            text => self.take(&at("issuer"), claim(text)),
        };
        let audience = self.take(&at("audience"), claim(&raw.audience));
        let subject = self.choice(&at("subject"), Subject::from_name(&raw.subject));
        let algorithm = self.choice(&at("algorithm"), TokenAlgorithm::from_name(&raw.algorithm));
        let rsa_bits = self.take(&at("rsa_bits"), rsa_bits(raw.rsa_bits));
        let rotate_every = self.take(&at("rotate_every"), rotate_every(&raw.rotate_every));
        let provider = self.take(&at("provider"), named(&raw.provider, providers));
        let ui_url = match raw.ui_url.as_str() {
            "" => public_url.and_then(|url| Url::parse(url.origin().as_str()).ok()),
            text => self.take(&at("ui_url"), page(text)),
        };
        let service_clients = self.service_clients(&raw.service_clients);
        Some(BixArena {
            enabled: raw.enabled,
            wire: wire?,
            scope: scope?,
            allowed_origins: allowed_origins?,
            session_idle: session_idle?,
            token_ttl: token_ttl?,
            issuer: issuer?,
            audience: audience?,
            subject: subject?,
            algorithm: algorithm?,
            rsa_bits: rsa_bits?,
            rotate_every: rotate_every?,
            provider: provider?,
            ui_url: ui_url?,
            service_clients: service_clients?,
        })
    }

    fn service_clients(&mut self, raw: &[raw::ServiceClient]) -> Option<Vec<ServiceClient>> {
        let judged: Vec<_> =
            raw.iter().enumerate().map(|(index, client)| self.service_client(index, client)).collect();
        let ids: Vec<_> = raw.iter().map(|client| client.id.as_str()).collect();
        self.distinct(SERVICE_CLIENTS, "id", &ids);
        judged.into_iter().collect()
    }

    fn service_client(&mut self, index: usize, raw: &raw::ServiceClient) -> Option<ServiceClient> {
        let id = self.take(&ServiceClient::key(index, "id"), client_id(&raw.id));
        let secret_file = self.take(&ServiceClient::key(index, "secret_file"), path(&raw.secret_file));
        let roles = self.take(&ServiceClient::key(index, "roles"), roles(&raw.roles));
        Some(ServiceClient { id: id?, secret_file: secret_file?, roles: roles? })
    }
}

fn token_ttl(text: &str) -> Result<Duration, String> {
    lasting(text).and_then(|life| {
        if life > LONGEST_TOKEN {
            Err(format!(
                "at most {} is wanted: who verifies a token by itself hears of no logout before its end",
                duration::format(LONGEST_TOKEN)
            ))
        } else {
            Ok(life)
        }
    })
}

fn rotate_every(text: &str) -> Result<Option<Duration>, String> {
    optional_lasting(text).and_then(|life| {
        if life.is_some_and(|life| life < SHORTEST_KEY) {
            Err(format!("at least {} is wanted, or \"\"", duration::format(SHORTEST_KEY)))
        } else {
            Ok(life)
        }
    })
}

/// Shorter ones are weak, longer ones sign slowly.
fn rsa_bits(number: i64) -> Result<u32, String> {
    match number {
        2048 => Ok(2048),
        3072 => Ok(3072),
        _ => Err(format!("2048 or 3072 is wanted, not {number}")),
    }
}

fn claim(text: &str) -> Result<String, String> {
    if (1..=LONGEST_CLAIM).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err(format!("1 to {LONGEST_CLAIM} characters of visible ASCII without white space are wanted"))
    }
}

fn page(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("this is no URL: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("the URL begins with neither http:// nor https://".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the URL holds a user name or password, and must not".to_owned());
    }
    Ok(url)
}

/// A colon ends the name in HTTP Basic (RFC 7617 section 2).
fn client_id(text: &str) -> Result<String, String> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':') {
        Ok(text.to_owned())
    } else {
        Err("a name of visible ASCII without white space and without a colon is wanted".to_owned())
    }
}

fn roles(typed: &[String]) -> Result<Vec<String>, String> {
    if typed.iter().all(|role| !role.is_empty() && role.bytes().all(|byte| byte.is_ascii_graphic())) {
        Ok(typed.to_vec())
    } else {
        Err("names of visible ASCII without white space are wanted".to_owned())
    }
}
