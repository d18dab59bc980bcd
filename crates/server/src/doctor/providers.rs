//! The providers: what they say of themselves, whether they know us, and which addresses must be registered there.

use upstream::provider::{Complaint, ProviderSettings, Registration, examine, verified_algorithms};

use super::finding::{Finding, Rule};
use crate::config::{self, Config};
use crate::mount::DIALECTS;
use crate::providers;

pub(super) static RULES: &[&Rule] =
    &[&SETTINGS, &UNREACHABLE, &PRIVATE, &ISSUER, &ENDPOINT, &ALGORITHMS, &KEYS, &CLIENT, &REDIRECT_URI];

static SETTINGS: Rule = Rule::fault(
    "provider_settings",
    "providers.*",
    "the provider's settings cannot be used",
    "Correct the key that is named",
);
static UNREACHABLE: Rule = Rule::fault(
    "provider_unreachable",
    "providers.*.issuer",
    "the provider does not answer, or has no description below its issuer",
    "Correct the issuer, or let this machine reach it: name service, firewall, and a certificate of a public \
     authority",
);
static PRIVATE: Rule = Rule::fault(
    "provider_private",
    "providers.*.allow_private_addresses",
    "the provider is on a private network, and servers of others must not lead there",
    "If it is your own, set allow_private_addresses = true for it",
);
static ISSUER: Rule = Rule::fault(
    "provider_issuer",
    "providers.*.issuer",
    "the provider calls itself by another name; every letter counts, a closing slash too",
    "Write the issuer as the provider does",
);
static ENDPOINT: Rule = Rule::fault(
    "provider_endpoint",
    "providers.*.issuer",
    "an endpoint that the provider names cannot be used: it is not https, is private, or does not answer",
    "Mend the provider's own public address: behind a proxy it often believes that it is reached by http",
);
static ALGORITHMS: Rule = Rule::fault(
    "provider_algorithms",
    "providers.*.issuer",
    "the provider signs ID tokens with nothing that is verified here",
    "Let it sign with RS256 or ES256",
);
static KEYS: Rule = Rule::fault(
    "provider_keys",
    "providers.*.issuer",
    "the provider's keys cannot be fetched, or none of them is usable",
    "Mend the provider: its jwks_uri must answer with a JWK Set",
);
static CLIENT: Rule = Rule::fault(
    "provider_client",
    "providers.*.client_secret",
    "the provider does not know us by client_id and secret",
    "Copy client_id and secret from the provider once more; without client_secret it must take public clients",
);
static REDIRECT_URI: Rule = Rule::fault(
    "provider_redirect_uri",
    "public_url",
    "the provider refuses an address that it is to send people back to",
    "Register the address at the provider, letter by letter, or correct public_url",
);

/// A clock that was seen, by whose it is.
pub(super) type Clocks = Vec<(String, String)>;

pub(super) async fn look(config: &Config) -> (Clocks, Vec<Finding>) {
    if config.providers.is_empty() {
        return (Vec::new(), vec![Finding::skipped("none is configured")]);
    }
    let (mut clocks, mut findings) = (Vec::new(), Vec::new());
    for (index, provider) in config.providers.iter().enumerate() {
        // A secret that cannot be read was told with the files.
        let Ok(settings) = providers::settings(index, provider) else { continue };
        let (date, found) = one(config, index, provider, settings).await;
        clocks.extend(date.map(|date| (format!("provider {}", provider.id), date)));
        findings.extend(found);
    }
    (clocks, findings)
}

async fn one(
    config: &Config,
    index: usize,
    provider: &config::Provider,
    settings: ProviderSettings,
) -> (Option<String>, Vec<Finding>) {
    let uris = redirect_uris(config, provider);
    let found = examine(settings, &uris).await;
    if let Some(complaint) = &found.complaint {
        return (found.date, vec![judge(index, provider, complaint)]);
    }
    let refused: Vec<Finding> = found
        .redirect_uris
        .iter()
        .filter_map(|(uri, registration)| match registration {
            Registration::Refused(how) => {
                Some(REDIRECT_URI.met(format!("{}: {uri} is not registered ({how})", provider.id)))
            }
            Registration::Accepted | Registration::Unknown(_) => None,
        })
        .collect();
    if !refused.is_empty() {
        return (found.date, refused);
    }
    let unknown = found.redirect_uris.iter().any(|(_, it)| matches!(it, Registration::Unknown(_)));
    let known = if unknown { "see that it knows" } else { "it knows" };
    let seen = format!("{} ({}) is in order; {known} {}", provider.id, provider.issuer, uris.join(" "));
    (found.date, vec![Finding::fine(seen)])
}

fn judge(index: usize, provider: &config::Provider, complaint: &Complaint) -> Finding {
    let at = |rule: &'static Rule, seen: String| {
        let key = rule.key.replacen('*', &index.to_string(), 1);
        rule.met_at(key, format!("{}: {seen}", provider.id))
    };
    match complaint {
        Complaint::Settings(wrong) => at(&SETTINGS, wrong.clone()),
        Complaint::Private => at(&PRIVATE, format!("{} is private or reserved", provider.issuer)),
        Complaint::Unreachable(why) => at(&UNREACHABLE, format!("it {why}")),
        Complaint::Issuer(told) => at(&ISSUER, told_issuer(told, &provider.issuer)),
        Complaint::Endpoint(why) => at(&ENDPOINT, why.clone()),
        Complaint::Algorithms(names) => {
            at(&ALGORITHMS, format!("it names {names}; verified are {}", verified_algorithms()))
        }
        Complaint::Keys(why) => at(&KEYS, why.clone()),
        Complaint::Client(why) => at(&CLIENT, format!("its token endpoint says {why}")),
    }
}

fn told_issuer(told: &str, configured: &str) -> String {
    let short: String = told.chars().take(200).collect();
    let slash = if told.trim_end_matches('/') == configured.trim_end_matches('/') {
        ", which differs by its closing slash"
    } else {
        ""
    };
    format!("it calls itself {short:?}, the configuration {configured:?}{slash}")
}

/// Where this provider may have to send people back to: of each door that uses it.
fn redirect_uris(config: &Config, provider: &config::Provider) -> Vec<String> {
    let uses = |dialect: &str| {
        let chosen = match dialect {
            "bixarena" => config.dialects.bixarena.provider.as_ref(),
            "trieve" => config.dialects.trieve.provider.as_ref(),
            _ => return true,
        };
        chosen.map_or(config.providers.len() == 1, |id| *id == provider.id)
    };
    let served = DIALECTS.iter().filter(|entry| (entry.is_enabled)(config) && uses(entry.dialect.name));
    served.filter_map(|entry| entry.callback).map(|path| format!("{}{path}", config.public_url)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uris(settings: &str) -> Vec<String> {
        let entry = |id: &str| {
            format!("[[providers]]\nid = {id:?}\nissuer = \"https://{id}.example\"\nclient_id = \"x\"\n")
        };
        let text = format!("public_url = \"https://us.example\"\n{settings}{}", entry("acme"));
        let config = config::parse("x", &text, []).unwrap().config;
        redirect_uris(&config, &config.providers[config.providers.len() - 1])
    }

    #[test]
    fn each_door_with_a_way_back_has_its_own_address() {
        let all = [
            "https://us.example/api/v1/oidc/callback/",
            "https://us.example/v1/auth/oidc/callback",
            "https://us.example/api/auth/callback",
            "https://us.example/login/callback",
        ];
        assert_eq!(uris(""), all);
        let off = "dialects.trieve.enabled = false\ndialects.syntho.enabled = false\n";
        assert_eq!(uris(off), [all[1], all[3]]);
        let two = "[[providers]]\nid = \"other\"\nissuer = \"https://other.example\"\nclient_id = \"x\"\n";
        assert_eq!(uris(two), [all[0], all[3]], "doors for one provider lead to none of two");
    }

    #[test]
    fn a_closing_slash_is_told() {
        assert!(told_issuer("https://a.example/", "https://a.example").ends_with("by its closing slash"));
        assert!(!told_issuer("https://b.example", "https://a.example").contains("slash"));
    }
}
