//! What is written: users, what they sign in with, sessions, keys and organizations, as the server would have.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest::{SHA256, digest};
use uuid::Uuid;

use super::{Cell, LISTED, Sink, Size, user};
use crate::check::Check;

/// The doors besides `knox` whose sessions a row makes.
const SESSIONS: [Check; 4] = [Check::Syntho, Check::Trieve, Check::BixArena, Check::Native];
const KEYS: [Check; 3] = [Check::ProbeKey, Check::TrieveKey, Check::NativeKey];

const SESSION_COLUMNS: [&str; 11] = [
    "id",
    "user_number",
    "door",
    "digest_kind",
    "digest",
    "created",
    "last_seen",
    "idle_end",
    "absolute_end",
    "address",
    "user_agent",
];

/// Numbers of sessions that are listed lie beyond those of hot ones, each user's apart from the others'.
const BEYOND: u32 = 1_000_000;

/// The number of the first session of the user with so many.
pub(super) fn first_listed(sessions: u32) -> u32 {
    BEYOND + sessions * 2
}

/// The secret of this kind with this number, in the form of those that the server gives out; not that of a signed token.
pub(super) fn secret(check: Check, number: u32) -> String {
    let seed = digest(&SHA256, format!("{check:?} {number}").as_bytes());
    let mut text = String::with_capacity(68);
    text.push_str(match check {
        Check::TrieveKey => "tr-",
        Check::NativeKey => "vst_",
        Check::Knox
        | Check::Syntho
        | Check::Probe
        | Check::ProbeKey
        | Check::Trieve
        | Check::BixArena
        | Check::Native => "",
    });
    let (bytes, digits): (usize, &[u8; 16]) = match check {
        Check::Syntho | Check::TrieveKey | Check::Probe => (16, b"0123456789abcdef"),
        Check::BixArena => (16, b"0123456789ABCDEF"),
        Check::Knox | Check::ProbeKey | Check::Trieve | Check::Native | Check::NativeKey => {
            (32, b"0123456789abcdef")
        }
    };
    for byte in seed.as_ref().iter().take(bytes) {
        for half in [byte >> 4, byte & 15] {
            text.push(char::from(digits.get(usize::from(half)).copied().unwrap_or_default()));
        }
    }
    text
}

/// As `crates/identity/src/secret.rs` makes it.
fn digest_of(secret: &str) -> Cell {
    Cell::Bytes(digest(&SHA256, secret.as_bytes()).as_ref().to_vec())
}

/// Everything, in the order in which one refers to the other.
pub(super) fn write(sink: &mut dyn Sink, size: Size, hash: &str) -> anyhow::Result<()> {
    let now = now()?;
    let listed = LISTED.map(|sessions| (size.users() + sessions, sessions));
    let numbers = || (1..=size.users()).chain(listed.into_iter().map(|(number, _)| number));
    users(sink, &mut numbers(), hash, now)?;
    sessions(sink, size, &listed, now)?;
    keys(sink, size, now)?;
    organizations(sink, size, now)
}

fn users(
    sink: &mut dyn Sink,
    numbers: &mut (impl Iterator<Item = u32> + Clone),
    hash: &str,
    now: i64,
) -> anyhow::Result<()> {
    let names = numbers.clone();
    let mut row = numbers.map(|number| {
        let person = user(number);
        vec![
            Cell::Int(number.into()),
            id(Kind::User, now, number),
            text(&person.username),
            text(&person.email),
            Cell::Int(1),
            text(&format!("Person {number:07}")),
            text("user"),
            text("active"),
            text(hash),
            Cell::Int(0),
            Cell::Int(1),
            Cell::Int(now),
            Cell::Int(now),
        ]
    });
    let columns = [
        "number",
        "id",
        "username",
        "email",
        "email_verified",
        "name",
        "role",
        "status",
        "password_hash",
        "must_change_password",
        "credential_version",
        "created",
        "updated",
    ];
    sink.write("users", &columns, &mut row)?;
    let mut row = names.flat_map(|number| {
        let person = user(number);
        [person.username, person.email].map(|name| vec![Cell::Text(name), Cell::Int(number.into())])
    });
    sink.write("login_names", &["key", "user_number"], &mut row)
}

fn sessions(sink: &mut dyn Sink, size: Size, listed: &[(u32, u32)], now: i64) -> anyhow::Result<()> {
    let many = (0..size.sessions).map(|number| session(Check::Knox, size.owner(number), number, now));
    let hot = SESSIONS.into_iter().flat_map(|check| {
        (0..size.hot()).map(move |hot| session(check, size.owner(size.hot_session(hot)), hot, now))
    });
    let listed = listed.iter().flat_map(|(owner, count)| {
        let first = first_listed(*count);
        (first..first + count).map(|number| session(Check::Native, *owner, number, now))
    });
    sink.write("sessions", &SESSION_COLUMNS, &mut many.chain(hot).chain(listed))
}

fn session(check: Check, owner: u32, number: u32, now: i64) -> Vec<Cell> {
    let hour = Duration::from_hours(1);
    // Longer than a run takes, where the server's own is shorter.
    let (idle, absolute) = match check {
        Check::BixArena => (Some(2 * hour), None),
        Check::Native => (Some(7 * 24 * hour), Some(30 * 24 * hour)),
        Check::Syntho => (None, Some(14 * 24 * hour)),
        Check::Trieve => (None, Some(24 * hour)),
        Check::Knox | Check::Probe | Check::ProbeKey | Check::TrieveKey | Check::NativeKey => (None, None),
    };
    let end = |life: Option<Duration>| life.map_or(Cell::Null, |life| Cell::Int(now + millis(life)));
    vec![
        id(Kind::Session(check), now, number),
        Cell::Int(owner.into()),
        text(check.door()),
        text("sha256"),
        digest_of(&secret(check, number)),
        Cell::Int(now),
        Cell::Int(now),
        end(idle),
        end(absolute),
        text("198.51.100.7"),
        text("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    ]
}

fn keys(sink: &mut dyn Sink, size: Size, now: i64) -> anyhow::Result<()> {
    let mut row = KEYS.into_iter().flat_map(|check| {
        (0..size.hot()).map(move |hot| {
            vec![
                id(Kind::Session(check), now, hot),
                Cell::Int(size.owner(size.hot_session(hot)).into()),
                text(check.door()),
                Cell::Int(0),
                text("a machine"),
                text(""),
                text(""),
                text("sha256"),
                digest_of(&secret(check, hot)),
                Cell::Int(now),
                Cell::Int(now),
            ]
        })
    });
    let columns = [
        "id",
        "user_number",
        "door",
        "standing",
        "name",
        "permissions",
        "restrictions",
        "digest_kind",
        "digest",
        "created",
        "updated",
    ];
    sink.write("api_keys", &columns, &mut row)
}

/// Everybody who signs in by `trieve` belongs to an organization.
fn organizations(sink: &mut dyn Sink, size: Size, now: i64) -> anyhow::Result<()> {
    let owners = || {
        let mut owners: Vec<u32> = (0..size.hot()).map(|hot| size.owner(size.hot_session(hot))).collect();
        owners.dedup();
        owners.into_iter()
    };
    let organization = |owner| id(Kind::Organization, now, owner);
    let mut row = owners().map(|owner| {
        let name = text(&format!("Workshop {owner:07}"));
        vec![organization(owner), name, Cell::Int(0), Cell::Int(now), Cell::Int(now)]
    });
    sink.write("organizations", &["id", "name", "registerable", "created", "updated"], &mut row)?;
    let mut row = owners().map(|owner| {
        vec![
            id(Kind::Membership, now, owner),
            organization(owner),
            Cell::Int(owner.into()),
            Cell::Int(2),
            Cell::Int(now),
            Cell::Int(now),
        ]
    });
    let columns = ["id", "organization", "user_number", "role", "created", "updated"];
    sink.write("memberships", &columns, &mut row)
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// What an id is of: no two have the same.
#[derive(Clone, Copy)]
enum Kind {
    User,
    Session(Check),
    Organization,
    Membership,
}

/// A UUIDv7: the same time for all, and the number where other bits are random, so that one follows the other as they do
/// that are made one after the other.
fn id(kind: Kind, now: i64, number: u32) -> Cell {
    let kind = match kind {
        Kind::User => 1,
        Kind::Organization => 2,
        Kind::Membership => 3,
        Kind::Session(check) => 16 + check as u8,
    };
    let [a, b, c, d] = number.to_be_bytes();
    let rest = [kind, 0, 0, 0, 0, 0, a, b, c, d];
    let millis = u64::try_from(now).unwrap_or_default();
    let id: Uuid = uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid();
    Cell::Bytes(id.as_bytes().to_vec())
}

#[expect(clippy::disallowed_methods, reason = "what is written must live by the server's clock")]
fn now() -> anyhow::Result<i64> {
    Ok(millis(SystemTime::now().duration_since(UNIX_EPOCH)?))
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
