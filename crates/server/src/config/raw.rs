//! The configuration as typed: texts and numbers by section, nothing interpreted.
//!
//! `check.rs` turns it into a `Config`, and `show.rs` a `Config` back into it. Its fields are exactly the keys
//! of the table in `keys.rs`, which also holds the defaults: what is absent here has none but follows from other keys.

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub(super) listen: String,
    pub(super) public_url: String,
    pub(super) data_dir: String,
    pub(super) master_key_file: String,
    pub(super) trusted_proxies: Vec<String>,
    pub(super) return_urls: Vec<String>,
    pub(super) shutdown_timeout: String,
    pub(super) limits: Limits,
    pub(super) tls: Tls,
    pub(super) log: Log,
    pub(super) audit: Audit,
    #[serde(default)]
    pub(super) database: Database,
    pub(super) password: Password,
    pub(super) mail: Mail,
    pub(super) captcha: Captcha,
    pub(super) pages: Pages,
    pub(super) providers: Vec<Provider>,
    pub(super) dialects: Dialects,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    pub(super) body_bytes: i64,
    pub(super) json_depth: i64,
    pub(super) target_bytes: i64,
    pub(super) header_bytes: i64,
    pub(super) header_fields: i64,
    pub(super) head_timeout: String,
    pub(super) body_timeout: String,
    pub(super) request_timeout: String,
    pub(super) answer_timeout: String,
    pub(super) idle_timeout: String,
    pub(super) connections: i64,
    pub(super) network_connections: i64,
    pub(super) http2_streams: i64,
    pub(super) account_failures_free: i64,
    pub(super) address_failures_per_hour: i64,
    pub(super) address_mails_per_hour: i64,
    pub(super) account_tokens_per_minute: i64,
    pub(super) trusted_addresses: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tls {
    pub(super) certificate_file: String,
    pub(super) key_file: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Log {
    pub(super) format: String,
    pub(super) level: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Audit {
    pub(super) retention: String,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Database {
    pub(super) url: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Password {
    pub(super) memory_kib: i64,
    pub(super) iterations: i64,
    pub(super) parallelism: i64,
    pub(super) argon2_backend: String,
    pub(super) hash_threads: i64,
    pub(super) hash_queue: i64,
    pub(super) min_length: i64,
    pub(super) min_strength: i64,
    pub(super) must_change_blocks: bool,
    pub(super) sign_in: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mail {
    pub(super) smtp_url: String,
    pub(super) smtp_password_file: String,
    pub(super) from: Option<String>,
    pub(super) templates: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Captcha {
    pub(super) verify_url: String,
    pub(super) secret: String,
    pub(super) secret_file: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pages {
    pub(super) name: String,
    pub(super) security_contact: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Provider {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) issuer: String,
    pub(super) client_id: String,
    pub(super) client_secret: String,
    pub(super) client_secret_file: String,
    pub(super) scopes: Vec<String>,
    pub(super) allow_private_addresses: bool,
    pub(super) sign_up: bool,
    pub(super) link_verified_email: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dialects {
    pub(super) knox: Knox,
    pub(super) syntho: Syntho,
    pub(super) probe: Probe,
    pub(super) bixarena: BixArena,
    pub(super) trieve: Trieve,
    pub(super) native: Native,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Knox {
    pub(super) enabled: bool,
    pub(super) wire: String,
    pub(super) scope: String,
    pub(super) allowed_origins: Vec<String>,
    pub(super) token_length: i64,
    pub(super) token_prefix: String,
    pub(super) token_ttl: String,
    pub(super) token_limit_per_user: i64,
    pub(super) auto_refresh: bool,
    pub(super) auto_refresh_max_ttl: String,
    pub(super) min_refresh_interval: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Syntho {
    pub(super) enabled: bool,
    pub(super) wire: String,
    pub(super) scope: String,
    pub(super) allowed_origins: Vec<String>,
    pub(super) session_lifetime: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Probe {
    pub(super) enabled: bool,
    pub(super) wire: String,
    pub(super) scope: String,
    pub(super) allowed_origins: Vec<String>,
    pub(super) long_term: String,
    pub(super) short_term: String,
    pub(super) sign_up: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BixArena {
    pub(super) enabled: bool,
    pub(super) wire: String,
    pub(super) scope: String,
    pub(super) allowed_origins: Vec<String>,
    pub(super) session_idle: String,
    pub(super) token_ttl: String,
    pub(super) issuer: String,
    pub(super) audience: String,
    pub(super) subject: String,
    pub(super) algorithm: String,
    pub(super) rsa_bits: i64,
    pub(super) rotate_every: String,
    pub(super) provider: String,
    pub(super) ui_url: String,
    pub(super) service_clients: Vec<ServiceClient>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Trieve {
    pub(super) enabled: bool,
    pub(super) wire: String,
    pub(super) scope: String,
    pub(super) allowed_origins: Vec<String>,
    pub(super) session_lifetime: String,
    pub(super) provider: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Native {
    pub(super) enabled: bool,
    pub(super) allowed_origins: Vec<String>,
    pub(super) session_idle: String,
    pub(super) session_lifetime: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceClient {
    pub(super) id: String,
    pub(super) secret_file: String,
    pub(super) roles: Vec<String>,
}
