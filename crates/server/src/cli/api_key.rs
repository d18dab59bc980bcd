//! `vestibule api-key ...`

use std::time::Duration;

use identity::api_key::keys::{KeySurface, MakeApiKey};
use identity::api_key::{ApiKey, ApiKeyId};
use identity::{Secret, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::args::{ApiKeyCommand, ApiKeyCreate, OutputFormat};
use super::failure::Failure;
use super::user::{found, time};
use super::{operator, output};
use crate::config::{Config, duration};
use crate::house::House;
use crate::mount::{DIALECTS, Entry};

pub(super) async fn run(
    house: &House,
    config: &Config,
    command: &ApiKeyCommand,
    format: OutputFormat,
) -> Result<(), Failure> {
    let api_keys = &house.identity.api_keys;
    let op = operator(house);
    match command {
        ApiKeyCommand::Create(create) => {
            let surface = surface(DIALECTS, config, create.dialect.as_deref())?;
            let make = MakeApiKey { name: create.name.clone(), life: life(create)?, ..MakeApiKey::default() };
            let user = found(house, &create.user).await?;
            let made = api_keys.create_by_operator(&op, &surface, &user, make).await?;
            let key = made.secret.as_ref().map(Secret::expose);
            output::object(format, &json!({"id": made.key.id.0, "key": key}))
        }
        ApiKeyCommand::List(list) => {
            let user = found(house, &list.user).await?;
            let mut rows = Vec::new();
            for surface in DIALECTS.iter().filter_map(|entry| (entry.keys)()) {
                let keys = api_keys.list_by_operator(&surface.door, &user).await?;
                rows.extend(keys.iter().map(|key| described(key, user.id, op.now)));
            }
            let columns = ["id", "dialect", "name", "state", "created", "last_used", "expires"];
            output::list(format, &columns, rows)
        }
        ApiKeyCommand::Revoke(revoke) => {
            let id = Uuid::try_parse(&revoke.id)
                .map_err(|_| Failure::Refused(anyhow::anyhow!("no such API key: ids are UUIDs")))?;
            let key = api_keys.revoke(&op, ApiKeyId(id)).await?;
            let answer = json!({"id": key.id.0, "state": "ended"});
            output::tell(format, &format!("API key {} is ended", key.id), &answer)
        }
    }
}

/// The keys of the dialect that was named, or of the first one that is served and has some, so that what was written
/// before there were others goes on.
fn surface(dialects: &[Entry], config: &Config, named: Option<&str>) -> Result<KeySurface, Failure> {
    let with_keys = |entry: &Entry| (entry.keys)().map(|keys| (entry.dialect.name, keys));
    if let Some(named) = named {
        let found = dialects.iter().filter_map(with_keys).find(|(name, _)| *name == named);
        return found.map(|(_, keys)| keys).ok_or_else(|| {
            let names: Vec<&str> = dialects.iter().filter_map(with_keys).map(|(name, _)| name).collect();
            Failure::Usage(format!("no dialect {named} has API keys: these do: {}", names.join(", ")))
        });
    }
    let mut served = dialects.iter().filter(|entry| (entry.is_enabled)(config)).filter_map(with_keys);
    served.next().map(|(_, keys)| keys).ok_or_else(|| {
        let told = "no dialect that is served has API keys: enable one, or name one with --dialect";
        Failure::Usage(told.to_owned())
    })
}

fn life(create: &ApiKeyCreate) -> Result<Option<Duration>, Failure> {
    let Some(text) = &create.expires else { return Ok(None) };
    let wrong = |wanted: String| Failure::Usage(format!("--expires {text}: {wanted}"));
    match duration::parse(text).map_err(wrong)? {
        Duration::ZERO => Err(wrong("more than nothing is wanted".to_owned())),
        life => Ok(Some(life)),
    }
}

fn described(key: &ApiKey, user: Uuid, now: Timestamp) -> Value {
    json!({
        "id": key.id.0,
        "dialect": key.door.as_str(),
        "user": user,
        "name": key.name,
        "standing": key.standing,
        "state": if key.is_expired(now) { "expired" } else { "live" },
        "created": time(key.created),
        "last_used": key.last_used.map(time),
        "expires": key.expires.map(time),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    fn chosen(settings: &str, named: Option<&str>) -> Result<String, String> {
        let config = config::parse("test", settings, []).expect("good settings").config;
        surface(DIALECTS, &config, named)
            .map(|keys| keys.door.to_string())
            .map_err(|failure| format!("{}: {failure}", failure.code()))
    }

    #[test]
    fn the_first_dialect_with_keys_need_not_be_named() {
        let own_only = "[dialects]\nprobe.enabled = false\ntrieve.enabled = false";
        assert_eq!(chosen(own_only, None), Ok("native".to_owned()));
        assert_eq!(chosen("", Some("probe")), Ok("probe".to_owned()));
        assert_eq!(chosen("", None), Ok("probe".to_owned()), "the first of several");
        let off = "[dialects]\nprobe.enabled = false\ntrieve.enabled = false\nnative.enabled = false";
        assert!(chosen(off, None).expect_err("refused").starts_with("2: no dialect that is served"));
        for without in ["knox", "Probe", "nothing"] {
            let told = format!("2: no dialect {without} has API keys: these do: probe, trieve, native");
            assert_eq!(chosen("", Some(without)), Err(told));
        }
    }

    #[test]
    fn a_key_lives_for_longer_than_no_time() {
        let create = |expires: Option<&str>| ApiKeyCreate {
            user: "ann".to_owned(),
            name: "ci".to_owned(),
            dialect: None,
            expires: expires.map(str::to_owned),
        };
        let outcome = |expires| life(&create(expires)).map_err(|failure| failure.code());
        assert_eq!(outcome(None), Ok(None));
        assert_eq!(outcome(Some("90d")), Ok(Some(Duration::from_hours(90 * 24))));
        for wrong in ["0s", "90", "d", "never", "-1d"] {
            assert_eq!(outcome(Some(wrong)), Err(2), "{wrong}");
        }
    }
}
