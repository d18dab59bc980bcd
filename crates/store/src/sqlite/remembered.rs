//! What checks have read, for as long as it is proven to be what the database says.
//!
//! **The proof.** An answer is taken from here only after the head of the log's index ([`super::wal_index`]) was read for this
//! very request and found to be the one up to which everything here is known to be true. If it is another, one thread reads
//! the table `changed`, which the database itself fills by triggers, counts up the stamps of what stands there, and only then
//! takes the new head as the proven one; who comes meanwhile reads the database.
//!
//! **Stamps** are counters, one for all and some thousands for digests and users, each shared by those that fall on it. What is
//! remembered bears the values that they had when it was read, and is forgotten when one of them moved. That is why nothing
//! needs to be looked for when something changes.
//!
//! **What is read while stamps move** is not remembered: its stamps might be newer than itself.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use identity::api_key::ApiKey;
use identity::memo::{self, Memo};
use identity::organization::Memberships;
use identity::secret::{Digest, Sha256Digest};
use identity::session::Session;
use identity::user::{User, UserNumber};
use identity::{Remembered as Recalled, Stamp};
use rusqlite::Connection;

use super::readers::Readers;
use super::wal_index::{Mark, WalIndex};

/// How many sessions are remembered, and how many API keys and users' memberships each; at some hundred bytes each.
const ENTRIES: usize = 32_768;
/// A user who belongs to more is asked about anew each time, so that nobody fills the memory that way.
const MEMBERSHIPS: usize = 64;
/// Counters for digests, and as many for users. Their number is a power of two.
const STAMPS: usize = 8192;

/// A session or an API key with its owner.
type Owned<T> = (Arc<T>, Arc<User>);

/// What is remembered. Whoever holds it has just proven it.
pub(crate) struct Known {
    stamps: Stamps,
    sessions: Memo<Sha256Digest, Entry<Owned<Session>>>,
    api_keys: Memo<Sha256Digest, Entry<Owned<ApiKey>>>,
    memberships: Memo<UserKey, Entry<Memberships>>,
}

/// The memory of a process.
pub(super) struct Remembered {
    index: WalIndex,
    proven: RwLock<Option<Mark>>,
    /// The newest row of `changed` that was heeded; none before the first.
    heeded: Mutex<Option<i64>>,
    known: Known,
}

struct Entry<V> {
    value: V,
    stamped: Stamped,
}

/// The values of the stamps that concern an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamped {
    all: u64,
    digest: u64,
    user: u64,
}

impl Stamped {
    /// With the places at which its stamps are.
    fn stamp(&self, digest: &Sha256Digest, user: UserNumber) -> Stamp {
        let place = |place: usize| u64::try_from(place % STAMPS).unwrap_or_default();
        let places = place(self::place(&digest.0)) << 32 | place(index(user));
        Stamp([self.all, self.digest, self.user, places])
    }
}

struct Stamps {
    /// Odd while stamps are being counted up.
    moves: AtomicU64,
    all: AtomicU64,
    digests: Box<[AtomicU64]>,
    users: Box<[AtomicU64]>,
}

/// A reading of the database that may be remembered, if no stamp moves before it is over.
pub(crate) struct Reading<'a> {
    known: &'a Known,
    moves: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct UserKey(UserNumber);

impl memo::Key for UserKey {
    fn place(&self) -> u64 {
        self.0.0.unsigned_abs()
    }
}

fn index(user: UserNumber) -> usize {
    usize::try_from(user.0.unsigned_abs()).unwrap_or_default()
}

/// Where a digest's stamp is.
fn place(digest: &[u8]) -> usize {
    let bytes = digest.last_chunk::<4>().copied().unwrap_or_default();
    usize::try_from(u32::from_le_bytes(bytes)).unwrap_or_default()
}

impl Stamps {
    fn new() -> Self {
        let some = || (0..STAMPS).map(|_| AtomicU64::new(0)).collect();
        Self { moves: AtomicU64::new(0), all: AtomicU64::new(0), digests: some(), users: some() }
    }

    fn of(&self, digest: Option<&Sha256Digest>, user: UserNumber) -> Stamped {
        self.at(digest.map(|digest| place(&digest.0)), index(user))
    }

    fn at(&self, digest: Option<usize>, user: usize) -> Stamped {
        let read = |stamps: &[AtomicU64], place: usize| {
            stamps.get(place % STAMPS).map_or(0, |stamp| stamp.load(Ordering::Acquire))
        };
        Stamped {
            all: self.all.load(Ordering::Acquire),
            digest: digest.map_or(0, |place| read(&self.digests, place)),
            user: read(&self.users, user),
        }
    }

    fn count_up(&self, changed: &Changed) {
        let stamps = match changed {
            Changed::Digest(digest) => self.digests.get(place(digest) % STAMPS),
            Changed::User(user) => self.users.get(index(*user) % STAMPS),
            Changed::Anything => Some(&self.all),
        };
        if let Some(stamp) = stamps {
            stamp.fetch_add(1, Ordering::AcqRel);
        }
    }
}

impl Known {
    fn new() -> Self {
        Self {
            stamps: Stamps::new(),
            sessions: Memo::new(ENTRIES),
            api_keys: Memo::new(ENTRIES),
            memberships: Memo::new(ENTRIES),
        }
    }

    pub(crate) fn session(&self, digest: &Sha256Digest) -> Option<Recalled<Session>> {
        self.owned(&self.sessions, digest)
    }

    pub(crate) fn api_key(&self, digest: &Sha256Digest) -> Option<Recalled<ApiKey>> {
        self.owned(&self.api_keys, digest)
    }

    pub(crate) fn memberships(&self, of: UserNumber) -> Option<Memberships> {
        self.memberships.find(&UserKey(of), |entry| {
            (entry.stamped == self.stamps.of(None, of)).then(|| Arc::clone(&entry.value))
        })
    }

    pub(crate) fn is_still(&self, stamp: &Stamp) -> bool {
        let Stamp([all, digest, user, places]) = *stamp;
        let place = |shift: u32| usize::try_from((places >> shift) & u64::from(u32::MAX)).unwrap_or_default();
        self.stamps.at(Some(place(32)), place(0)) == Stamped { all, digest, user }
    }

    fn owned<T>(&self, of: &Memo<Sha256Digest, Entry<Owned<T>>>, key: &Sha256Digest) -> Option<Recalled<T>> {
        of.find(key, |Entry { value: (what, owner), stamped }| {
            let is_still = *stamped == self.stamps.of(Some(key), owner.number);
            is_still.then(|| (Arc::clone(what), Arc::clone(owner), stamped.stamp(key, owner.number)))
        })
    }
}

impl Reading<'_> {
    pub(crate) fn keep_session(&self, digest: &Digest, found: &Owned<Session>) {
        self.keep_owned(&self.known.sessions, digest, found);
    }

    pub(crate) fn keep_api_key(&self, digest: &Digest, found: &Owned<ApiKey>) {
        self.keep_owned(&self.known.api_keys, digest, found);
    }

    pub(crate) fn keep_memberships(&self, of: UserNumber, found: &Memberships) {
        if found.len() > MEMBERSHIPS {
            return;
        }
        if let Some(stamped) = self.stamped(None, of) {
            let entry = Entry { value: Arc::clone(found), stamped };
            self.known.memberships.put(UserKey(of), entry);
        }
    }

    fn keep_owned<T>(
        &self,
        to: &Memo<Sha256Digest, Entry<Owned<T>>>,
        digest: &Digest,
        (what, owner): &Owned<T>,
    ) {
        let Some(key) = Sha256Digest::of(digest) else { return };
        if let Some(stamped) = self.stamped(Some(&key), owner.number) {
            let value = (Arc::clone(what), Arc::clone(owner));
            to.put(key, Entry { value, stamped });
        }
    }

    /// The stamps of what was read. Those that move from now on are newer than what was read, or as old at least.
    fn stamped(&self, digest: Option<&Sha256Digest>, user: UserNumber) -> Option<Stamped> {
        let stamped = self.known.stamps.of(digest, user);
        (self.known.stamps.moves.load(Ordering::Acquire) == self.moves).then_some(stamped)
    }
}

/// A row of `changed`.
enum Changed {
    Digest(Vec<u8>),
    User(UserNumber),
    Anything,
}

impl Remembered {
    /// Of the database whose index this is.
    pub(super) fn new(index: WalIndex) -> Self {
        Self { index, proven: RwLock::default(), heeded: Mutex::default(), known: Known::new() }
    }

    /// What is known to be true now. `None`: it could not be proven, the database has to be asked.
    pub(super) fn now(&self, readers: &Readers) -> Option<&Known> {
        let mark = self.index.mark()?;
        let is_proven = *self.proven.read().unwrap_or_else(PoisonError::into_inner) == Some(mark);
        (is_proven || self.catch_up(readers)).then_some(&self.known)
    }

    /// To be called before the database is read.
    pub(super) fn reading(&self) -> Option<Reading<'_>> {
        let moves = self.known.stamps.moves.load(Ordering::Acquire);
        moves.is_multiple_of(2).then_some(Reading { known: &self.known, moves })
    }

    /// Heeds what changed up to now. False: somebody else is at it, or the database does not say.
    fn catch_up(&self, readers: &Readers) -> bool {
        let Ok(mut heeded) = self.heeded.try_lock() else { return false };
        // Read before what changed is: whatever is committed in between is heeded now and once more the next time.
        let Some(mark) = self.index.mark() else { return false };
        if *self.proven.read().unwrap_or_else(PoisonError::into_inner) == Some(mark) {
            return true;
        }
        let stamps = &self.known.stamps;
        stamps.moves.fetch_add(1, Ordering::AcqRel);
        let read = readers.with(|connection| changed_since(connection, *heeded));
        let caught_up = match read {
            Ok((newest, changed)) => {
                changed.iter().for_each(|changed| stamps.count_up(changed));
                *heeded = Some(newest);
                true
            }
            // Tried again at the next request; until then nothing is proven.
            Err(_) => false,
        };
        stamps.moves.fetch_add(1, Ordering::AcqRel);
        if caught_up {
            *self.proven.write().unwrap_or_else(PoisonError::into_inner) = Some(mark);
        }
        caught_up
    }
}

/// The newest row's number, and what changed since this one.
fn changed_since(connection: &Connection, heeded: Option<i64>) -> rusqlite::Result<(i64, Vec<Changed>)> {
    let Some(heeded) = heeded else {
        let newest = "SELECT COALESCE(max(number), 0) FROM changed";
        return Ok((connection.query_row(newest, [], |row| row.get(0))?, vec![Changed::Anything]));
    };
    // From the one that was heeded last: if it is not there any more, what came after it may be gone as well.
    let since = "SELECT number, digest, user_number FROM changed WHERE number >= ?1 ORDER BY number";
    let mut statement = connection.prepare_cached(since)?;
    let mut rows = statement.query([heeded])?;
    let (mut newest, mut changed) = (heeded, Vec::new());
    let mut expected = heeded.max(1);
    while let Some(row) = rows.next()? {
        newest = row.get(0)?;
        if newest != expected {
            changed.push(Changed::Anything);
        }
        if newest > heeded {
            changed.push(match (row.get(1)?, row.get::<_, Option<i64>>(2)?) {
                (Some(digest), None) => Changed::Digest(digest),
                (None, Some(user)) => Changed::User(UserNumber(user)),
                (Some(_), Some(_)) | (None, None) => Changed::Anything,
            });
        }
        expected = newest.saturating_add(1);
    }
    if expected == heeded {
        changed.push(Changed::Anything);
    }
    Ok((newest, changed))
}
