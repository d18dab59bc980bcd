//! What a number stands for.

use std::collections::HashSet;
use std::time::Duration;

use identity::Secret;
use identity::ports::Store as _;
use store::Store;

use super::*;
use crate::check::CHECKS;

#[test]
fn hot_sessions_lie_evenly_among_all_and_their_owners_are_known() {
    let size = Size { sessions: 5_000_000 };
    assert_eq!((size.users(), size.hot()), (1_000_000, HOT));
    assert_eq!((size.hot_session(0), size.hot_session(1)), (0, 500));
    assert_eq!(size.owner(size.hot_session(HOT - 1)), 999_901);
    let small = Size { sessions: 1000 };
    assert_eq!((small.hot(), small.hot_session(999), small.owner(999)), (1000, 999, small.users()));
}

#[test]
fn every_secret_is_of_the_form_that_its_door_gives_out_and_there_is_one_only() {
    let mut seen = HashSet::new();
    for (check, form) in CHECKS.into_iter().filter(|check| *check != Check::Probe).zip([
        ("", 64, false),
        ("", 32, false),
        ("", 64, false),
        ("", 32, true),
        ("", 64, false),
        ("", 64, false),
        ("tr-", 32, false),
        ("vst_", 64, false),
    ]) {
        let (prefix, digits, upper) = form;
        for number in [0, 1, rows::first_listed(1), rows::first_listed(10_000)] {
            let secret = rows::secret(check, number);
            let rest = secret.strip_prefix(prefix).unwrap();
            assert_eq!(rest.len(), digits, "{check:?}");
            let other_case = if upper { rest.to_lowercase() } else { rest.to_uppercase() };
            assert!(rest.bytes().all(|b| b.is_ascii_hexdigit()) && rest != other_case, "{secret}");
            assert!(seen.insert(secret));
        }
    }
}

#[test]
fn the_sessions_of_those_whose_are_listed_do_not_overlap() {
    for (few, many) in LISTED.iter().zip(LISTED.iter().skip(1)) {
        assert!(rows::first_listed(*few) + few <= rows::first_listed(*many));
    }
}

#[test]
fn what_is_drawn_reaches_everywhere() {
    let mut drawn = Drawn(1);
    let seen: HashSet<u32> = std::iter::repeat_with(|| drawn.below(10)).take(200).collect();
    assert_eq!(seen.len(), 10);
}

/// What the store makes of the columns is the store's to say: a row that it would not read is no session of anybody.
#[test]
fn what_is_written_is_what_the_store_reads() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vestibule.db");
    drop(Store::open_sqlite(&file).unwrap());
    let size = Size { sessions: 20 };
    let hash = cheap_hash().unwrap();
    // The store's threads end a little behind it, and hold the file until then.
    let began = crate::now();
    while let Err(error) = sqlite::fill(&file, |sink| rows::write(sink, size, &hash)) {
        assert!(began.elapsed() < Duration::from_secs(10), "{error}");
        std::thread::sleep(Duration::from_millis(5));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(all_is_there(&file, size));
}

async fn all_is_there(file: &Path, size: Size) {
    let store = Store::open_sqlite(file).unwrap();
    for check in CHECKS.into_iter().filter(|check| *check != Check::Probe) {
        let is_key = matches!(check, Check::ProbeKey | Check::TrieveKey | Check::NativeKey);
        for hot in 0..size.hot() {
            let digest = Secret::presented(&rows::secret(check, hot)).unwrap().digest();
            let (door, owner) = match is_key {
                true => {
                    let (key, user) = store.api_key_by_digest(&digest).await.unwrap().unwrap();
                    (key.door.clone(), user.number)
                }
                false => {
                    let (session, user) = store.session_by_digest(&digest).await.unwrap().unwrap();
                    (session.door.clone(), user.number)
                }
            };
            assert_eq!(
                (door.as_str(), owner.0),
                (check.door(), i64::from(size.owner(hot))),
                "{check:?} {hot}"
            );
            assert_eq!(store.memberships(owner).await.unwrap().len(), 1);
        }
    }
    let key = identity::user::LoginKey::of(&user(4).email).unwrap();
    assert_eq!(store.credentials(&key).await.unwrap().unwrap().user.number.0, 4);
}
