//! The effective configuration, printed so that it can be read back.
//!
//! What a key can hold of secrets is masked: the passwords in `database.url` and `mail.smtp_url`, `captcha.secret` and
//! the providers' `client_secret`. A configuration with one of them is shown and not to be read back.

use std::path::Path;
use std::time::Duration;

use identity::federation::ProviderId;
use serde_json::Value;

use super::keys::{self, ARRAYS, Array, Key};
use super::{Config, SecretSource, duration, raw};

/// The configuration as TOML, every key included, in the order of the documentation.
#[must_use]
pub fn show(config: &Config) -> String {
    let json = show_json(config);
    let mut text = String::new();
    let mut last = None;
    for section in keys::keys().map(Key::section) {
        if last.replace(section) != Some(section) {
            match section.strip_suffix(".*").and_then(Array::find) {
                Some(array) => entries(&mut text, array, &json),
                None => table(&mut text, section, &json),
            }
        }
    }
    text
}

/// A section that is there once. An array of tables without an entry stands in it like a key.
fn table(text: &mut String, section: &str, json: &Value) {
    if !section.is_empty() {
        text.push_str(&format!("\n{}\n", keys::heading(section)));
    }
    for key in keys::keys().filter(|key| key.section() == section) {
        line(text, key.name(), at(json, key.path));
    }
    for array in ARRAYS {
        let (above, name) = array.path.rsplit_once('.').unwrap_or(("", array.path));
        if above == section && length(json, array) == 0 {
            line(text, name, at(json, array.path));
        }
    }
}

fn entries(text: &mut String, array: &Array, json: &Value) {
    for index in 0..length(json, array) {
        text.push_str(&format!("\n[[{}]]\n", array.path));
        for key in array.keys() {
            line(text, key.name(), at(json, &key.path_at(index)));
        }
    }
}

fn line(text: &mut String, name: &str, value: Option<&Value>) {
    text.push_str(&format!("{name} = {}\n", value.map_or_else(String::new, toml)));
}

/// What stands behind a concrete path.
fn at<'a>(json: &'a Value, path: &str) -> Option<&'a Value> {
    json.pointer(&format!("/{}", path.replace('.', "/")))
}

fn length(json: &Value, array: &Array) -> usize {
    at(json, array.path).and_then(Value::as_array).map_or(0, Vec::len)
}

/// The configuration as JSON, nested like the file.
#[must_use]
pub fn show_json(config: &Config) -> Value {
    // Texts, numbers and lists under fixed names: nothing that JSON cannot hold.
    serde_json::to_value(raw(config)).unwrap_or_default()
}

fn toml(value: &Value) -> String {
    match value {
        Value::String(text) => toml::Value::from(text.as_str()).to_string(),
        Value::Array(items) => format!("[{}]", items.iter().map(toml).collect::<Vec<_>>().join(", ")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

fn raw(config: &Config) -> raw::Raw {
    raw::Raw {
        listen: config.listen.to_string(),
        public_url: config.public_url.to_string(),
        data_dir: path(&config.data_dir),
        master_key_file: path(&config.master_key_file),
        trusted_proxies: config.trusted_proxies.iter().map(ToString::to_string).collect(),
        return_urls: config.return_urls.iter().map(ToString::to_string).collect(),
        shutdown_timeout: duration::format(config.shutdown_timeout),
        limits: raw::Limits {
            body_bytes: number(config.limits.body_bytes),
            json_depth: number(config.limits.json_depth),
            target_bytes: number(config.limits.target_bytes),
            header_bytes: number(config.limits.header_bytes),
            header_fields: number(config.limits.header_fields),
            head_timeout: duration::format(config.limits.head_timeout),
            body_timeout: duration::format(config.limits.body_timeout),
            request_timeout: duration::format(config.limits.request_timeout),
            answer_timeout: duration::format(config.limits.answer_timeout),
            idle_timeout: duration::format(config.limits.idle_timeout),
            connections: number(config.limits.connections),
            network_connections: number(config.limits.network_connections),
            http2_streams: config.limits.http2_streams.into(),
            account_failures_free: config.limits.account_failures_free.into(),
            address_failures_per_hour: config.limits.address_failures_per_hour.into(),
            address_mails_per_hour: config.limits.address_mails_per_hour.into(),
            account_tokens_per_minute: config.limits.account_tokens_per_minute.into(),
            trusted_addresses: config.limits.trusted_addresses.iter().map(ToString::to_string).collect(),
        },
        tls: raw::Tls {
            certificate_file: config.tls.as_ref().map_or_else(String::new, |tls| path(&tls.certificate_file)),
            key_file: config.tls.as_ref().map_or_else(String::new, |tls| path(&tls.key_file)),
        },
        log: raw::Log {
            format: config.log.format.name().to_owned(),
            level: config.log.level.name().to_owned(),
        },
        audit: raw::Audit { retention: optional(config.audit.retention) },
        database: raw::Database { url: Some(config.database.to_string()) },
        password: password(&config.password),
        mail: mail(&config.mail),
        captcha: captcha(config.captcha.as_ref()),
        pages: raw::Pages {
            name: config.pages.name.clone(),
            security_contact: config.pages.security_contact.iter().map(ToString::to_string).collect(),
        },
        providers: config.providers.iter().map(provider).collect(),
        dialects: raw::Dialects {
            knox: knox(&config.dialects.knox),
            syntho: syntho(&config.dialects.syntho),
            probe: probe(&config.dialects.probe),
            bixarena: bixarena(&config.dialects.bixarena),
            trieve: trieve(&config.dialects.trieve),
            native: native(&config.dialects.native),
        },
    }
}

fn password(password: &super::Password) -> raw::Password {
    raw::Password {
        memory_kib: password.cost.memory_kib.into(),
        iterations: password.cost.iterations.into(),
        parallelism: password.cost.parallelism.into(),
        argon2_backend: password.argon2_backend.name().to_owned(),
        hash_threads: number(password.hash_threads),
        hash_queue: number(password.hash_queue),
        min_length: number(password.min_length),
        min_strength: password.min_strength.into(),
        must_change_blocks: password.must_change_blocks,
        sign_in: password.sign_in,
    }
}

fn mail(mail: &super::Mail) -> raw::Mail {
    raw::Mail {
        smtp_url: mail.smtp.as_ref().map(ToString::to_string).unwrap_or_default(),
        smtp_password_file: mail.smtp_password_file.as_deref().map(path).unwrap_or_default(),
        from: Some(mail.from.to_string()),
        templates: mail.templates.as_deref().map(path).unwrap_or_default(),
    }
}

fn captcha(captcha: Option<&super::Captcha>) -> raw::Captcha {
    let (secret, secret_file) = SecretSource::shown(captcha.map(|captcha| &captcha.secret));
    let verify_url = captcha.map(|captcha| captcha.verify_url.to_string()).unwrap_or_default();
    raw::Captcha { verify_url, secret, secret_file }
}

fn provider(provider: &super::Provider) -> raw::Provider {
    let (client_secret, client_secret_file) = SecretSource::shown(provider.client_secret.as_ref());
    raw::Provider {
        id: provider.id.to_string(),
        name: provider.name.clone(),
        issuer: provider.issuer.clone(),
        client_id: provider.client_id.clone(),
        client_secret,
        client_secret_file,
        scopes: provider.scopes.clone(),
        allow_private_addresses: provider.allow_private_addresses,
        sign_up: provider.sign_up,
        link_verified_email: provider.link_verified_email,
    }
}

fn knox(knox: &super::Knox) -> raw::Knox {
    raw::Knox {
        enabled: knox.enabled,
        wire: knox.wire.name().to_owned(),
        scope: knox.scope.name().to_owned(),
        allowed_origins: knox.allowed_origins.iter().map(ToString::to_string).collect(),
        token_length: number(knox.token_length),
        token_prefix: knox.token_prefix.clone(),
        token_ttl: optional(knox.token_ttl),
        token_limit_per_user: knox.token_limit_per_user.map_or(0, |limit| limit.get().into()),
        auto_refresh: knox.auto_refresh,
        auto_refresh_max_ttl: optional(knox.auto_refresh_max_ttl),
        min_refresh_interval: duration::format(knox.min_refresh_interval),
    }
}

fn syntho(syntho: &super::Syntho) -> raw::Syntho {
    raw::Syntho {
        enabled: syntho.enabled,
        wire: syntho.wire.name().to_owned(),
        scope: syntho.scope.name().to_owned(),
        allowed_origins: syntho.allowed_origins.iter().map(ToString::to_string).collect(),
        session_lifetime: duration::format(syntho.session_lifetime),
    }
}

fn probe(probe: &super::Probe) -> raw::Probe {
    raw::Probe {
        enabled: probe.enabled,
        wire: probe.wire.name().to_owned(),
        scope: probe.scope.name().to_owned(),
        allowed_origins: probe.allowed_origins.iter().map(ToString::to_string).collect(),
        long_term: duration::format(probe.long_term),
        short_term: duration::format(probe.short_term),
        sign_up: probe.sign_up,
    }
}

fn bixarena(bixarena: &super::BixArena) -> raw::BixArena {
    raw::BixArena {
        enabled: bixarena.enabled,
        wire: bixarena.wire.name().to_owned(),
        scope: bixarena.scope.name().to_owned(),
        allowed_origins: bixarena.allowed_origins.iter().map(ToString::to_string).collect(),
        session_idle: duration::format(bixarena.session_idle),
        token_ttl: duration::format(bixarena.token_ttl),
        issuer: bixarena.issuer.clone(),
        audience: bixarena.audience.clone(),
        subject: bixarena.subject.name().to_owned(),
        algorithm: bixarena.algorithm.name().to_owned(),
        rsa_bits: bixarena.rsa_bits.into(),
        rotate_every: optional(bixarena.rotate_every),
        provider: bixarena.provider.as_ref().map(ProviderId::to_string).unwrap_or_default(),
        ui_url: bixarena.ui_url.to_string(),
        service_clients: bixarena.service_clients.iter().map(service_client).collect(),
    }
}

fn trieve(trieve: &super::Trieve) -> raw::Trieve {
    raw::Trieve {
        enabled: trieve.enabled,
        wire: trieve.wire.name().to_owned(),
        scope: trieve.scope.name().to_owned(),
        allowed_origins: trieve.allowed_origins.iter().map(ToString::to_string).collect(),
        session_lifetime: duration::format(trieve.session_lifetime),
        provider: trieve.provider.as_ref().map(ProviderId::to_string).unwrap_or_default(),
    }
}

fn native(native: &super::Native) -> raw::Native {
    raw::Native {
        enabled: native.enabled,
        allowed_origins: native.allowed_origins.iter().map(ToString::to_string).collect(),
        session_idle: duration::format(native.session_idle),
        session_lifetime: duration::format(native.session_lifetime),
    }
}

fn service_client(client: &super::ServiceClient) -> raw::ServiceClient {
    raw::ServiceClient {
        id: client.id.clone(),
        secret_file: path(&client.secret_file),
        roles: client.roles.clone(),
    }
}

fn optional(duration: Option<Duration>) -> String {
    duration.map(duration::format).unwrap_or_default()
}

/// Paths come from texts, so nothing is lost.
fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Numbers come from an `i64`, so nothing is lost.
fn number(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
