//! `vestibule signing-key ...`

use std::time::Duration;

use identity::keyring::{KeyUse, SigningKey};
use serde_json::{Value, json};

use super::args::{self, OutputFormat, SigningKeyCommand};
use super::failure::Failure;
use super::user::time;
use super::{operator, output};
use crate::config::Config;
use crate::house::House;

const COLUMNS: [&str; 6] = ["id", "use", "algorithm", "state", "created", "ends"];

pub(super) async fn run(
    house: &House,
    config: &Config,
    command: &SigningKeyCommand,
    format: OutputFormat,
) -> Result<(), Failure> {
    let keyring = &house.identity.keyring;
    let op = operator(house);
    let keys = match command {
        SigningKeyCommand::List => keyring.list().await?,
        SigningKeyCommand::Rotate(rotate) => {
            let uses = match rotate.key_use {
                Some(args::KeyUse::Probe) => vec![KeyUse::Probe],
                None => KeyUse::ALL.to_vec(),
            };
            let mut made = Vec::new();
            for key_use in uses {
                let keep = if rotate.now { Duration::ZERO } else { longest_life(config, key_use) };
                made.push(keyring.rotate(&op, key_use, keep).await?);
            }
            made
        }
    };
    let rows = keys.iter().map(|key| described(key, op.now)).collect();
    output::list(format, &COLUMNS, rows)
}

/// How long the longest token of this use lives. Tickets live for a day at most.
fn longest_life(config: &Config, key_use: KeyUse) -> Duration {
    let day = Duration::from_hours(24);
    match key_use {
        KeyUse::Probe => config.dialects.probe.long_term.max(config.dialects.probe.short_term).max(day),
    }
}

fn described(key: &SigningKey, now: identity::Timestamp) -> Value {
    let state = match key.ends {
        None => "active",
        Some(_) if key.is_accepted(now) => "accepted",
        Some(_) => "retired",
    };
    json!({
        "id": key.id.0,
        "use": key.key_use.as_str(),
        "algorithm": key.key_use.algorithm(),
        "state": state,
        "created": time(key.created),
        "ends": key.ends.map(time),
    })
}
