//! `vestibule explain`: from the id that a refused client was told to the rule, and to the key that decides.

use identity::RequestId;
use identity::refusal::{LeftOut, RefusalId, Refused};
use identity::rule::{DecidingKey, Rule};
use serde_json::{Value, json};
use uuid::Uuid;

use super::args::{Explain, OutputFormat};
use super::failure::Failure;
use super::output;
use super::user::time;
use crate::config::{self, Config};
use crate::house::House;

/// What the keys are called that say how long a login lasts; each door has some of them.
const LIFETIMES: [&str; 6] =
    ["token_ttl", "auto_refresh_max_ttl", "session_idle", "session_lifetime", "long_term", "short_term"];

pub(super) async fn run(
    house: &House,
    config: &Config,
    asked: &Explain,
    format: OutputFormat,
) -> Result<(), Failure> {
    let refusals = &house.identity.refusals;
    let id = asked_for(asked.id.trim()).ok_or_else(|| {
        Failure::Usage("this is no id of a refusal: it has ten letters and digits".to_owned())
    })?;
    match refusals.find(id).await? {
        Some(refused) => output::object(format, &told(&refused, config)),
        None => Err(Failure::Refused(anyhow::anyhow!("{}", unknown(&refusals.left_out().await?)))),
    }
}

fn asked_for(text: &str) -> Option<RefusalId> {
    let request = || Uuid::try_parse(text).ok().map(|uuid| RefusalId::of(RequestId(uuid)));
    RefusalId::parse(text).or_else(request)
}

/// Why nothing is found.
fn unknown(left_out: &[LeftOut]) -> String {
    let mut text = "no refusal of this id is kept; if it was right, the log may have it still".to_owned();
    let all: u64 = left_out.iter().map(|rule| rule.count).sum();
    if all > 0 {
        let rules = left_out.iter().map(|rule| format!("{} of {}", rule.count, rule.rule));
        let latest = left_out.iter().map(|rule| rule.latest).max().map(time).unwrap_or_default();
        let rules = rules.collect::<Vec<_>>().join(", ");
        text.push_str(&format!(
            ". There were too many refusals to keep each: {all} were left out ({rules}), the last at {latest}"
        ));
    }
    text
}

fn told(refused: &Refused, config: &Config) -> Value {
    // One of another version's is told with what was written down of it.
    let rule = Rule::from_name(&refused.rule);
    let keys = rule.map_or_else(Vec::new, |rule| deciding(rule, refused.door.as_deref()));
    let shown = config::show_json(config);
    let values = keys.iter().filter_map(|path| Some((path.clone(), value(&shown, path)?.clone())));
    json!({
        "id": refused.id.to_string(),
        "time": time(refused.at),
        "request_id": refused.request.to_string(),
        "door": refused.door,
        "request": format!("{} {}", refused.method, refused.route),
        "status": refused.status,
        "outcome": refused.outcome,
        "rule": refused.rule,
        "means": rule.map(Rule::means),
        "seen": refused.seen,
        "wanted": refused.wanted,
        "observed": some(&refused.observed),
        "client_address": some(&refused.address),
        "decided_by": values.collect::<serde_json::Map<_, _>>(),
        "remedy": rule.map(Rule::remedy),
    })
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// The paths of the keys that decide about a rule at a door. A door need not have a key of that name.
fn deciding(rule: Rule, door: Option<&str>) -> Vec<String> {
    let of_door = |name: &str| Some(format!("dialects.{}.{name}", door?)).filter(|path| is_key(path));
    match rule.key() {
        DecidingKey::None => Vec::new(),
        DecidingKey::Path(path) => vec![path.to_owned()],
        DecidingKey::OfDoor(name, otherwise) => {
            of_door(name).or_else(|| otherwise.map(str::to_owned)).into_iter().collect()
        }
        DecidingKey::LifetimeOfDoor => LIFETIMES.iter().filter_map(|name| of_door(name)).collect(),
    }
}

fn is_key(path: &str) -> bool {
    config::keys().any(|key| key.path == path) || config::ARRAYS.iter().any(|array| array.path == path)
}

/// What `config show` shows of a key.
fn value<'a>(shown: &'a Value, path: &str) -> Option<&'a Value> {
    shown.pointer(&format!("/{}", path.replace('.', "/")))
}

#[cfg(test)]
mod tests {
    //! That a key which is told exists, and that no secret stands behind one.

    use super::*;
    use crate::mount::DIALECTS;

    #[test]
    fn every_key_that_decides_is_one() {
        for rule in Rule::ALL {
            let doors = DIALECTS.iter().map(|entry| Some(entry.dialect.name)).chain([None]);
            let of_doors: Vec<Vec<String>> = doors.map(|door| deciding(*rule, door)).collect();
            for path in of_doors.iter().flatten() {
                assert!(is_key(path), "{}: {path} is no key", rule.name());
            }
            let is_decided = of_doors.iter().any(|keys| !keys.is_empty());
            assert_eq!(is_decided, rule.key() != DecidingKey::None, "{}", rule.name());
            if rule.key() == DecidingKey::LifetimeOfDoor {
                let (of_none, of_each) = of_doors.split_last().expect("doors");
                assert!(of_none.is_empty() && of_each.iter().all(|keys| !keys.is_empty()));
            }
        }
    }

    #[test]
    fn no_secret_stands_behind_a_key() {
        let text = "database.url = \"postgres://u:s3cret@db.example/v\"\n\
                    [captcha]\nverify_url = \"https://captcha.example\"\nsecret = \"s3cret\"\n\
                    [[providers]]\nid = \"a\"\nissuer = \"https://a.example\"\nclient_id = \"x\"\nclient_secret = \"s3cret\"";
        let config = config::parse("x", text, []).expect("good settings").config;
        let shown = config::show_json(&config);
        for rule in Rule::ALL {
            for path in deciding(*rule, Some("knox")) {
                let told = value(&shown, &path).expect("a value").to_string();
                assert!(!told.contains("s3cret"), "{path}: {told}");
            }
        }
        assert!(value(&shown, "database.url").expect("a value").to_string().contains("db.example"));
    }

    #[test]
    fn an_id_is_that_of_the_refusal_or_of_the_request() {
        let request = RequestId(Uuid::from_u128(0x0190_0000_0000_7000_8001_dead_beef_0123));
        let id = RefusalId::of(request);
        for text in [id.to_string(), request.to_string(), request.0.hyphenated().to_string()] {
            assert_eq!(asked_for(&text), Some(id), "{text}");
        }
        assert_eq!(asked_for("x"), None);
    }

    #[test]
    fn what_was_left_out_is_told() {
        assert_eq!(unknown(&[]), "no refusal of this id is kept; if it was right, the log may have it still");
        let at = identity::Timestamp::from_millis(0);
        let left = LeftOut { rule: "cross_site".to_owned(), count: 7, since: at, latest: at };
        assert!(
            unknown(&[left]).contains("7 were left out (7 of cross_site), the last at 1970-01-01T00:00:00")
        );
    }
}
