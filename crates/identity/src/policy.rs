//! Rules as plain data: what the configuration decides for every door alike.

use std::time::Duration;

use crate::keyring::{KeyAlgorithm, KeyPlan, KeyUse};
use crate::token::ServiceClient;

/// The rules of this installation.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Shortest new password, in code points (`[password] min_length`).
    pub min_password_length: usize,
    /// What a new password has to withstand, from 0, which judges no guesses, to 4 (`[password] min_strength`); see
    /// [`crate::user::password_policy`].
    pub min_password_strength: u8,
    /// What everybody knows of this installation, such as its name and its host: no password is made of that.
    pub service_words: Vec<String>,
    /// Doors that cannot ask for a new password ([`crate::Surface::asks_for_new_password`]) refuse a user who must change it
    /// (`[password] must_change_blocks`).
    pub must_change_blocks: bool,
    /// Whether there is password login at all (`[password] sign_in`).
    pub password_sign_in: bool,
    /// Failures of one account in a row before waits begin (`[limits] account_failures_free`).
    pub account_failures_free: u32,
    /// Failures from one IPv4 address, or IPv6 /64, at all accounts in an hour before it waits
    /// (`[limits] address_failures_per_hour`).
    pub address_failures_per_hour: u32,
    /// Messages that strangers may ask for from one such network in an hour (`[limits] address_mails_per_hour`).
    pub address_mails_per_hour: u32,
    /// Tokens and API keys that one account may have made in a minute (`[limits] account_tokens_per_minute`).
    pub account_tokens_per_minute: u32,
    /// How long the audit trail is kept; `None`: for ever (`[audit] retention`).
    pub audit_retention: Option<Duration>,
    /// How the keys are kept that sign tokens for others (`[dialects.bixarena]`).
    pub internal_keys: KeyPlan,
    /// How long the keys of Probe's tokens are accepted after they signed (`[dialects.probe]`).
    pub probe_keys: KeyPlan,
    /// The services that get tokens for themselves (`[dialects.bixarena] service_clients`).
    pub service_clients: Vec<ServiceClient>,
    /// The address of our own sign-in page; `None`: there is none, and who would be sent there is refused.
    pub sign_in_page: Option<String>,
}

impl Policy {
    /// How the keys of a use are kept.
    pub fn key_plan(&self, key_use: KeyUse) -> &KeyPlan {
        match key_use {
            KeyUse::Probe => &self.probe_keys,
            KeyUse::BixArena => &self.internal_keys,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            min_password_length: 8,
            min_password_strength: 3,
            service_words: vec!["vestibule".to_owned()],
            must_change_blocks: false,
            password_sign_in: true,
            account_failures_free: 5,
            address_failures_per_hour: 300,
            address_mails_per_hour: 60,
            account_tokens_per_minute: 300,
            audit_retention: Some(Duration::from_hours(365 * 24)),
            internal_keys: KeyPlan {
                algorithm: KeyAlgorithm::Rs256 { bits: 2048 },
                rotate_every: Some(Duration::from_hours(90 * 24)),
                token_life: Duration::from_mins(10),
            },
            probe_keys: KeyPlan {
                algorithm: KeyAlgorithm::Hs256,
                rotate_every: None,
                token_life: Duration::from_hours(14 * 24),
            },
            service_clients: Vec::new(),
            sign_in_page: None,
        }
    }
}
