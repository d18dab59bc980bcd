//! The effective configuration, printed so that it can be read back.
//!
//! What a key can hold of secrets is masked: the passwords in `database.url` and `mail.smtp_url`, `captcha.secret`. A
//! configuration with one of them is shown and not to be read back.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::keys::KEYS;
use super::{Config, SecretSource, duration, raw};

/// The configuration as TOML, every key included, in the order of the documentation.
#[must_use]
pub fn show(config: &Config) -> String {
    let json = show_json(config);
    let mut text = String::new();
    let mut section = "";
    for key in KEYS {
        if key.section() != section {
            section = key.section();
            text.push_str(&format!("\n[{section}]\n"));
        }
        let value = json.pointer(&format!("/{}", key.path.replace('.', "/")));
        text.push_str(&format!("{} = {}\n", key.name(), value.map_or_else(String::new, toml)));
    }
    text
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
            account_failures_free: config.limits.account_failures_free.into(),
        },
        tls: raw::Tls {
            certificate_file: config.tls.as_ref().map_or_else(String::new, |tls| path(&tls.certificate_file)),
            key_file: config.tls.as_ref().map_or_else(String::new, |tls| path(&tls.key_file)),
        },
        log: raw::Log {
            format: config.log.format.name().to_owned(),
            level: config.log.level.name().to_owned(),
        },
        database: raw::Database { url: Some(config.database.to_string()) },
        password: password(&config.password),
        mail: mail(&config.mail),
        captcha: captcha(config.captcha.as_ref()),
        dialects: raw::Dialects {
            knox: knox(&config.dialects.knox),
            syntho: syntho(&config.dialects.syntho),
            probe: probe(&config.dialects.probe),
        },
    }
}

fn password(password: &super::Password) -> raw::Password {
    raw::Password {
        memory_kib: password.cost.memory_kib.into(),
        iterations: password.cost.iterations.into(),
        parallelism: password.cost.parallelism.into(),
        hash_threads: number(password.hash_threads),
        hash_queue: number(password.hash_queue),
        min_length: number(password.min_length),
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
    let (mut secret, mut secret_file) = (String::new(), String::new());
    match captcha.map(|captcha| &captcha.secret) {
        Some(SecretSource::Given(hidden)) => secret = hidden.to_string(),
        Some(SecretSource::File(file)) => secret_file = path(file),
        None => {}
    }
    let verify_url = captcha.map(|captcha| captcha.verify_url.to_string()).unwrap_or_default();
    raw::Captcha { verify_url, secret, secret_file }
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
