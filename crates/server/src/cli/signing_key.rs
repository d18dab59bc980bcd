//! `vestibule signing-key ...`

use identity::Timestamp;
use identity::keyring::{KeyUse, SigningKey};
use serde_json::{Value, json};

use super::args::{self, OutputFormat, SigningKeyCommand};
use super::failure::Failure;
use super::user::time;
use super::{operator, output};
use crate::house::House;

const COLUMNS: [&str; 7] = ["id", "use", "algorithm", "state", "created", "begins", "ends"];

pub(super) async fn run(
    house: &House,
    command: &SigningKeyCommand,
    format: OutputFormat,
) -> Result<(), Failure> {
    let keyring = &house.identity.keyring;
    let op = operator(house);
    let mut made = Vec::new();
    if let SigningKeyCommand::Rotate(rotate) = command {
        let uses = match rotate.key_use {
            Some(args::KeyUse::Probe) => vec![KeyUse::Probe],
            Some(args::KeyUse::Bixarena) => vec![KeyUse::BixArena],
            None => KeyUse::ALL.to_vec(),
        };
        for key_use in uses {
            made.push(keyring.rotate(&op, key_use, rotate.now).await?.id);
        }
    }
    let keys = keyring.list().await?;
    let told = keys.iter().filter(|key| match command {
        SigningKeyCommand::List => true,
        SigningKeyCommand::Rotate(_) => made.contains(&key.id),
    });
    output::list(format, &COLUMNS, told.map(|key| described(key, &keys, op.now)).collect())
}

fn described(key: &SigningKey, keys: &[SigningKey], now: Timestamp) -> Value {
    json!({
        "id": key.id.0,
        "use": key.key_use.as_str(),
        "algorithm": key.algorithm.name(),
        "state": state(key, keys, now),
        "created": time(key.created),
        "begins": time(key.begins),
        "ends": key.ends.map(time),
    })
}

/// What a key is there for at this time: it signs, it will, its tokens are accepted, or nothing any more.
fn state(key: &SigningKey, keys: &[SigningKey], now: Timestamp) -> &'static str {
    let of_use = keys.iter().filter(|other| other.key_use == key.key_use && other.is_accepted(now));
    let signer = of_use.filter(|other| other.begins <= now).max_by_key(|other| other.begins);
    if !key.is_accepted(now) {
        "retired"
    } else if key.begins > now {
        "next"
    } else if signer.is_some_and(|signer| signer.id == key.id) {
        "active"
    } else {
        "accepted"
    }
}

#[cfg(test)]
mod tests {
    use identity::keyring::{KeyAlgorithm, SigningKeyId};
    use uuid::Uuid;

    use super::*;

    fn key(number: u128, begins: i64, ends: Option<i64>) -> SigningKey {
        SigningKey {
            id: SigningKeyId(Uuid::from_u128(number)),
            key_use: KeyUse::BixArena,
            algorithm: KeyAlgorithm::Rs256 { bits: 3072 },
            sealed: Vec::new(),
            created: Timestamp::from_millis(begins),
            begins: Timestamp::from_millis(begins),
            ends: ends.map(Timestamp::from_millis),
        }
    }

    #[test]
    fn a_key_is_next_then_active_then_accepted_then_retired() {
        let keys = [key(2, 100, None), key(1, 0, Some(150))];
        let states = |now| [1, 0].map(|index: usize| state(&keys[index], &keys, Timestamp::from_millis(now)));
        assert_eq!(states(99), ["active", "next"]);
        assert_eq!(states(100), ["accepted", "active"]);
        assert_eq!(states(150), ["retired", "active"]);
    }

    #[test]
    fn keys_of_another_use_change_nothing() {
        let other = SigningKey { key_use: KeyUse::Probe, ..key(1, 50, None) };
        let keys = [other, key(2, 0, None)];
        let states: Vec<_> = keys.iter().map(|key| state(key, &keys, Timestamp::from_millis(60))).collect();
        assert_eq!(states, ["active", "active"]);
    }

    #[test]
    fn a_key_is_told_by_its_algorithms_registered_name() {
        let described = described(&key(2, 100, None), &[], Timestamp::from_millis(0));
        assert_eq!(described["algorithm"], "RS256");
        assert_eq!((&described["use"], &described["ends"]), (&json!("bixarena"), &Value::Null));
        assert_eq!(COLUMNS.iter().filter(|column| described.get(**column).is_none()).count(), 0);
    }
}
