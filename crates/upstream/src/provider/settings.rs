//! A provider as the operator wrote it.

use std::fmt;

use identity::federation::ProviderId;
use url::Url;
use zeroize::Zeroizing;

use crate::http::is_private_literal;

/// How a provider is found, and as whom we come.
#[derive(Clone)]
pub struct ProviderSettings {
    /// The operator's name for it.
    pub id: ProviderId,
    /// Its issuer identifier, compared as it stands: an `https` URL without query and fragment.
    pub issuer: String,
    /// Our name at this provider.
    pub client_id: String,
    /// Our secret there. `None`: we are a public client, known by PKCE alone.
    pub client_secret: Option<Zeroizing<String>>,
    /// What is asked for; `openid` is asked for in any case.
    pub scopes: Vec<String>,
    /// Whether its endpoints may be on private networks or this machine, and may speak plain HTTP.
    pub allow_private_addresses: bool,
}

/// Not the secret.
impl fmt::Debug for ProviderSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderSettings")
            .field("id", &self.id.as_str())
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("scopes", &self.scopes)
            .field("allow_private_addresses", &self.allow_private_addresses)
            .finish_non_exhaustive()
    }
}

impl ProviderSettings {
    /// What is wrong with them, as a clause.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.issuer.contains(['{', '}']) {
            return Err("its issuer is a template; write the issuer of one tenant".to_owned());
        }
        endpoint(&self.issuer, self.allow_private_addresses)
            .and_then(|url| if url.query().is_none() { Ok(()) } else { Err("has a query".to_owned()) })
            .map_err(|wrong| format!("its issuer {:?} {wrong}", self.issuer))?;
        if self.client_id.is_empty() {
            return Err("its client_id is empty".to_owned());
        }
        if self.client_secret.as_ref().is_some_and(|secret| secret.is_empty()) {
            return Err("its client_secret is empty; a public client has none".to_owned());
        }
        // RFC 6749 section 3.3.
        let plain = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        match self.scopes.iter().find(|scope| scope.is_empty() || !scope.bytes().all(plain)) {
            Some(scope) => Err(format!("{scope:?} is no scope")),
            None => Ok(()),
        }
    }

    /// What is asked for, `openid` first.
    pub(super) fn scope(&self) -> String {
        let others = self.scopes.iter().map(String::as_str).filter(|scope| *scope != "openid");
        std::iter::once("openid").chain(others).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn asks_for(&self, scope: &str) -> bool {
        self.scopes.iter().any(|asked| asked == scope)
    }
}

/// A URL where a provider may be asked. The error is a clause that fits behind its name.
pub(super) fn endpoint(text: &str, allow_private_addresses: bool) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|_| "is no URL".to_owned())?;
    match url.scheme() {
        "https" => {}
        "http" if allow_private_addresses => {}
        "http" => return Err("is not https".to_owned()),
        _ => return Err("is neither https nor http".to_owned()),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("names a user".to_owned());
    }
    if url.fragment().is_some() {
        return Err("has a fragment".to_owned());
    }
    if !allow_private_addresses && is_private_literal(&url) {
        return Err("is at a private or reserved address (allow_private_addresses lets that pass)".to_owned());
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> ProviderSettings {
        ProviderSettings {
            id: ProviderId::new("acme").unwrap(),
            issuer: "https://login.example".to_owned(),
            client_id: "us".to_owned(),
            client_secret: Some(Zeroizing::new("s3cr3t".to_owned())),
            scopes: vec!["profile".to_owned(), "openid".to_owned(), "email".to_owned()],
            allow_private_addresses: false,
        }
    }

    fn issuer(issuer: &str, allow_private_addresses: bool) -> Result<(), String> {
        ProviderSettings { issuer: issuer.to_owned(), allow_private_addresses, ..settings() }.check()
    }

    #[test]
    fn discovery_3_an_issuer_is_an_https_url_without_query_and_fragment() {
        for good in ["https://a.example", "https://a.example:8443/realms/x/", "https://A.example/"] {
            assert_eq!(issuer(good, false), Ok(()), "{good}");
        }
        for bad in [
            "",
            "a.example",
            "http://a.example",
            "ftp://a.example",
            "https://",
            "https://u@a.example",
            "https://u:p@a.example",
            "https://a.example?x=1",
            "https://a.example?",
            "https://a.example#x",
            "https://login.example/{tenantid}/v2.0",
        ] {
            assert!(issuer(bad, false).is_err(), "{bad}");
        }
    }

    #[test]
    fn private_addresses_and_plain_http_are_allowed_together() {
        for private in
            ["https://127.0.0.1", "https://10.1.2.3/x", "https://[::ffff:10.0.0.1]", "https://0x7f.1"]
        {
            assert!(issuer(private, false).unwrap_err().contains("allow_private_addresses"), "{private}");
            assert_eq!(issuer(private, true), Ok(()), "{private}");
        }
        assert_eq!(issuer("http://login.internal", true), Ok(()));
    }

    #[test]
    fn what_could_not_be_sent_is_refused() {
        let wrong = |change: fn(&mut ProviderSettings)| {
            let mut settings = settings();
            change(&mut settings);
            settings.check().is_err()
        };
        assert!(wrong(|it| it.client_id.clear()));
        assert!(wrong(|it| it.client_secret = Some(Zeroizing::default())));
        assert!(wrong(|it| it.scopes.push(String::new())));
        assert!(wrong(|it| it.scopes.push("two words".to_owned())));
        assert!(!wrong(|it| it.client_secret = None));
    }

    #[test]
    fn core_3_1_2_1_openid_is_always_asked_for_and_once() {
        assert_eq!(settings().scope(), "openid profile email");
        assert_eq!(ProviderSettings { scopes: Vec::new(), ..settings() }.scope(), "openid");
    }

    #[test]
    fn the_secret_is_not_printed() {
        let printed = format!("{:?}", settings());
        assert!(printed.contains("login.example") && !printed.contains("s3cr3t"), "{printed}");
    }
}
