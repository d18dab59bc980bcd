//! `[[providers]]`

use std::cell::Cell;

use identity::federation::ProviderId;
use url::{Host, Url};

use super::check::Judge;
use super::mail::is_loopback;
use super::{Config, SecretSource, raw};

/// The scope without which a provider gives no ID token (OpenID Connect Core 1.0 section 3.1.2.1).
const OPENID: &str = "openid";

/// An entry of `[[providers]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// The operator's name for it; no two are the same.
    pub id: ProviderId,
    /// What people call it; not empty.
    pub name: String,
    /// Its issuer identifier as typed: a URL without query and fragment, https unless private addresses are allowed; no
    /// two are the same.
    pub issuer: String,
    /// Who we are to it; not empty.
    pub client_id: String,
    /// Our secret there; none: a public client.
    pub client_secret: Option<SecretSource>,
    /// What it is asked for; `openid` is among it.
    pub scopes: Vec<String>,
    /// Whether it may be on a private or loopback address.
    pub allow_private_addresses: bool,
    /// Whether the first login of an unknown identity makes a user.
    pub sign_up: bool,
    /// Whether an unknown identity joins the user with the same verified address.
    pub link_verified_email: bool,
}

impl Provider {
    /// The concrete path of one of the keys of the entry with this number.
    #[must_use]
    pub fn key(index: usize, name: &str) -> String {
        format!("providers.{index}.{name}")
    }
}

impl Judge<'_> {
    pub(super) fn providers(&mut self, raw: &[raw::Provider]) -> Option<Vec<Provider>> {
        let judged: Vec<_> =
            raw.iter().enumerate().map(|(index, provider)| self.provider(index, provider)).collect();
        let all = |value: fn(&raw::Provider) -> &str| raw.iter().map(value).collect::<Vec<_>>();
        self.distinct("providers", "id", &all(|provider| &provider.id));
        self.distinct("providers", "issuer", &all(|provider| &provider.issuer));
        judged.into_iter().collect()
    }

    fn provider(&mut self, index: usize, raw: &raw::Provider) -> Option<Provider> {
        let at = |name: &str| Provider::key(index, name);
        let id = self.take(&at("id"), id(&raw.id));
        let issuer = self.take(&at("issuer"), issuer(&raw.issuer, raw.allow_private_addresses));
        if raw.client_id.is_empty() {
            let message = "the id is wanted that the provider gave this server when it was registered";
            self.wrong(&at("client_id"), message.to_owned());
        }
        let client_secret = self.secret(&at("client_secret"), &raw.client_secret, &raw.client_secret_file);
        let scopes = self.take(&at("scopes"), scopes(&raw.scopes));
        let (id, issuer) = (id?, issuer?);
        if is_readable_by_others(&issuer) {
            self.warnings.push(format!(
                "{} begins with http://: secrets and tokens travel where others may read them",
                at("issuer")
            ));
        }
        Some(Provider {
            name: if raw.name.is_empty() { id.to_string() } else { raw.name.clone() },
            id,
            issuer,
            client_id: raw.client_id.clone(),
            client_secret: client_secret?,
            scopes: scopes?,
            allow_private_addresses: raw.allow_private_addresses,
            sign_up: raw.sign_up,
            link_verified_email: raw.link_verified_email,
        })
    }

    /// A provider sends the browser back to the public address, with a code.
    pub(super) fn way_back(&mut self, config: &Config) {
        let public_url = config.public_url.to_string();
        if !config.providers.is_empty() && is_readable_by_others(&public_url) {
            self.warnings.push(
                "public_url begins with http://: what [[providers]] send people back with travels where others may \
                 read it, and many providers refuse to"
                    .to_owned(),
            );
        }
    }
}

fn id(text: &str) -> Result<ProviderId, String> {
    if ProviderId::new(text) == Some(ProviderId::own()) {
        return Err("this name is our own sign-in page's: another one is wanted".to_owned());
    }
    ProviderId::new(text).ok_or_else(|| {
        format!(
            "a name of 1 to {} lowercase letters a to z, digits, \"-\", \"_\" and \".\" is wanted",
            ProviderId::MAX_BYTES
        )
    })
}

/// An issuer identifier (OpenID Connect Discovery 1.0 section 3). It is kept as typed, because it is compared as it stands.
fn issuer(text: &str, may_be_private: bool) -> Result<String, String> {
    // What the parser mends as browsers do is a typing error here.
    let mended = Cell::new(false);
    let note = |_| mended.set(true);
    let parsed = Url::options().syntax_violation_callback(Some(&note)).parse(text);
    let url = parsed.map_err(|error| format!("this is no URL: {error}"))?;
    match (url.scheme(), may_be_private) {
        ("https", _) | ("http", true) => {}
        ("http", false) => {
            return Err(
                "the URL must begin with https://; with allow_private_addresses = true it may begin with \
                        http:// too"
                    .to_owned(),
            );
        }
        _ => return Err("the URL must begin with https://".to_owned()),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the URL holds a user name or password, and must not".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("the URL must have neither query nor fragment".to_owned());
    }
    if mended.get() {
        return Err("the URL must have the form https://host or https://host/path".to_owned());
    }
    Ok(text.to_owned())
}

/// A scope's name is of visible ASCII without quotes and backslashes (RFC 6749 section 3.3).
fn scopes(typed: &[String]) -> Result<Vec<String>, String> {
    let is_scope = |scope: &String| {
        !scope.is_empty()
            && scope.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
    };
    if !typed.iter().all(is_scope) {
        return Err("names without blanks are wanted, such as [\"openid\", \"profile\", \"email\"], of visible ASCII \
                    without quotes and backslashes"
            .to_owned());
    }
    let absent = !typed.iter().any(|scope| scope == OPENID);
    Ok(absent.then(|| OPENID.to_owned()).into_iter().chain(typed.iter().cloned()).collect())
}

/// The provider that a dialect's section names; `None`: it names none.
pub(super) fn named(text: &str, providers: &[raw::Provider]) -> Result<Option<ProviderId>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let known = providers.iter().any(|provider| provider.id == text);
    let id = known.then(|| ProviderId::new(text)).flatten();
    id.map(Some).ok_or_else(|| "the id of one of [[providers]] is wanted".to_owned())
}

/// Whether what is sent to this URL leaves this machine unencrypted.
fn is_readable_by_others(url: &str) -> bool {
    let url = Url::parse(url).ok().filter(|url| url.scheme() == "http");
    url.is_some_and(|url| !url.host().is_some_and(|host: Host<&str>| is_loopback(&host)))
}
