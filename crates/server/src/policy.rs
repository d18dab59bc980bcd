//! The rules of this installation, as the core wants them.

use std::time::Duration;

use identity::Policy;
use identity::keyring::{KeyAlgorithm, KeyPlan};

use crate::config::{BixArena, Config, Probe, TokenAlgorithm};
use crate::{mount, pages, service_clients};

/// How long BixArena's services' own tokens live (contracts 5.5).
pub const SERVICE_TOKEN_LIFE: Duration = Duration::from_mins(5);
/// How long the longest ticket lives that Probe's keys sign.
const TICKET_LIFE: Duration = Duration::from_hours(24);

/// The rules that the configuration comes to, with the services' secrets from their files.
///
/// # Errors
/// One sentence with the remedy.
pub fn policy(config: &Config) -> anyhow::Result<Policy> {
    Ok(Policy {
        min_password_length: config.password.min_length,
        min_password_strength: config.password.min_strength,
        service_words: service_words(config),
        must_change_blocks: config.password.must_change_blocks,
        password_sign_in: config.password.sign_in,
        account_failures_free: config.limits.account_failures_free,
        address_failures_per_hour: config.limits.address_failures_per_hour,
        address_mails_per_hour: config.limits.address_mails_per_hour,
        account_tokens_per_minute: config.limits.account_tokens_per_minute,
        audit_retention: config.audit.retention,
        internal_keys: internal_keys(&config.dialects.bixarena),
        probe_keys: probe_keys(&config.dialects.probe),
        service_clients: service_clients::service_clients(config)?,
        sign_in_page: sign_in_page(config),
    })
}

/// What everybody knows of this installation: no password is made of these.
fn service_words(config: &Config) -> Vec<String> {
    let host = config.public_url.host();
    // The last label says nothing; an address or a name of one label is nothing else.
    let host = host.rsplit_once('.').map_or(host, |(labels, _)| labels);
    let ours = ["vestibule", config.pages.name.as_str(), host];
    mount::names().map(str::to_owned).chain(ours.map(str::to_owned)).collect()
}

/// Where doors send people that know no passwords themselves; nowhere without the door that the page stands at.
fn sign_in_page(config: &Config) -> Option<String> {
    let origin = config.public_url.origin();
    config.dialects.native.enabled.then(|| format!("{origin}{}", pages::SIGN_IN))
}

fn internal_keys(section: &BixArena) -> KeyPlan {
    KeyPlan {
        algorithm: match section.algorithm {
            TokenAlgorithm::Rs256 => KeyAlgorithm::Rs256 { bits: section.rsa_bits },
            TokenAlgorithm::Es256 => KeyAlgorithm::Es256,
            TokenAlgorithm::EdDsa => KeyAlgorithm::EdDsa,
        },
        rotate_every: section.rotate_every,
        token_life: section.token_ttl.max(SERVICE_TOKEN_LIFE),
    }
}

/// Nobody but us reads Probe's tokens, so that its keys change when an operator says so.
fn probe_keys(section: &Probe) -> KeyPlan {
    KeyPlan {
        algorithm: KeyAlgorithm::Hs256,
        rotate_every: None,
        token_life: section.long_term.max(section.short_term).max(TICKET_LIFE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Policy {
        policy(&crate::config::parse("x", text, []).unwrap().config).unwrap()
    }

    #[test]
    fn an_empty_configuration_comes_to_the_cores_own_defaults() {
        let (made, cores) = (with(""), Policy::default());
        assert_eq!((made.internal_keys, made.probe_keys), (cores.internal_keys, cores.probe_keys));
        assert_eq!(
            (
                made.min_password_length,
                made.min_password_strength,
                made.must_change_blocks,
                made.password_sign_in,
                made.account_failures_free
            ),
            (
                cores.min_password_length,
                cores.min_password_strength,
                cores.must_change_blocks,
                cores.password_sign_in,
                cores.account_failures_free
            )
        );
        let limits = |policy: &Policy| {
            (
                policy.address_failures_per_hour,
                policy.address_mails_per_hour,
                policy.account_tokens_per_minute,
            )
        };
        assert_eq!(limits(&made), limits(&cores));
        assert_eq!(made.audit_retention, cores.audit_retention);
        assert!(made.service_clients.is_empty() && cores.service_clients.is_empty());
    }

    #[test]
    fn nobody_has_a_password_made_of_this_service() {
        let words =
            with("public_url = \"https://id.acme.example\"\npages.name = \"Acme Login\"").service_words;
        for word in ["vestibule", "Acme Login", "id.acme", "knox", "syntho", "probe", "trieve", "bixarena"] {
            assert!(words.iter().any(|known| known == word), "{word} in {words:?}");
        }
    }

    #[test]
    fn internal_keys_are_those_that_the_section_asks_for() {
        let plan = |lines: &str| with(&format!("[dialects.bixarena]\n{lines}")).internal_keys;
        assert_eq!(plan("rsa_bits = 3072").algorithm, KeyAlgorithm::Rs256 { bits: 3072 });
        assert_eq!(plan("algorithm = \"ES256\"").algorithm, KeyAlgorithm::Es256);
        assert_eq!(plan("algorithm = \"EdDSA\"\nrsa_bits = 3072").algorithm, KeyAlgorithm::EdDsa);
        assert_eq!(plan("rotate_every = \"\"").rotate_every, None);
        assert_eq!(plan("rotate_every = \"1h\"").rotate_every, Some(Duration::from_hours(1)));
        assert_eq!(plan("token_ttl = \"1h\"").token_life, Duration::from_hours(1));
        assert_eq!(
            plan("token_ttl = \"1m\"").token_life,
            SERVICE_TOKEN_LIFE,
            "a service's token lives longer"
        );
    }

    #[test]
    fn probes_keys_are_accepted_for_as_long_as_its_longest_session_or_ticket() {
        let life = |lines: &str| with(&format!("[dialects.probe]\n{lines}")).probe_keys.token_life;
        assert_eq!(life("long_term = \"30d\""), Duration::from_hours(30 * 24));
        assert_eq!(life("long_term = \"1h\"\nshort_term = \"1h\""), TICKET_LIFE);
    }
}
