//! Recognising without waiting, in two steps at most: what the store remembers is looked at first; what it does not remember is
//! noted, read all at once, and looked at in its place the second time.
//!
//! Nothing is decided here: who is good is judged by the ledger and the keys, on what they find in a [`View`].

use std::cell::Cell;
use std::sync::Arc;

use super::Session;
use super::stay::Stamp;
use crate::Core;
use crate::api_key::ApiKey;
use crate::error::Result;
use crate::organization::Memberships;
use crate::secret::{Digest, Sha256Digest};
use crate::user::{User, UserNumber};

/// What a view lacks: a credential with its owner, and what the owner belongs to where that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lookup {
    kind: Kind,
    digest: Sha256Digest,
    memberships: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Session,
    ApiKey,
}

/// What was read for a [`Lookup`].
#[derive(Debug)]
pub struct Found {
    digest: Sha256Digest,
    credential: Read,
    owner: Arc<User>,
    memberships: Option<Memberships>,
}

#[derive(Debug)]
enum Read {
    Session(Arc<Session>),
    ApiKey(Arc<ApiKey>),
}

/// What one request can see without waiting: what was read for it, and what the store remembers.
#[derive(Debug, Default)]
pub struct View<'a> {
    memberships: bool,
    found: Option<&'a Found>,
    missing: Cell<Option<Lookup>>,
}

/// A credential, its owner, and their stamp where they are remembered.
type Seen<T> = (Arc<T>, Arc<User>, Option<Stamp>);

impl<'a> View<'a> {
    /// Of what is remembered. `memberships`: whether what the owner belongs to is asked for, too.
    pub fn new(memberships: bool) -> Self {
        Self { memberships, ..Self::default() }
    }

    /// Of this, which was just read, and of what is remembered.
    pub fn of(found: &'a Found) -> Self {
        Self { memberships: found.memberships.is_some(), found: Some(found), missing: Cell::default() }
    }

    /// Whether something was just read for it.
    pub fn was_read(&self) -> bool {
        self.found.is_some()
    }

    /// What has to be read before more can be said; `None`: nothing that was looked for is missing.
    pub fn missing(&self) -> Option<Lookup> {
        self.missing.get()
    }

    pub(crate) fn session(&self, core: &Core, digest: &Sha256Digest) -> Option<Seen<Session>> {
        if let Some(Found { credential: Read::Session(session), owner, .. }) = self.found_by(digest) {
            return Some((Arc::clone(session), Arc::clone(owner), None));
        }
        let known = core.store.session_known_by(digest);
        self.noting(known, Kind::Session, digest)
    }

    pub(crate) fn api_key(&self, core: &Core, digest: &Sha256Digest) -> Option<Seen<ApiKey>> {
        if let Some(Found { credential: Read::ApiKey(key), owner, .. }) = self.found_by(digest) {
            return Some((Arc::clone(key), Arc::clone(owner), None));
        }
        let known = core.store.api_key_known_by(digest);
        self.noting(known, Kind::ApiKey, digest)
    }

    pub(crate) fn memberships(&self, core: &Core, of: UserNumber) -> Option<Memberships> {
        let found = self.found.filter(|found| found.owner.number == of);
        found.and_then(|found| found.memberships.clone()).or_else(|| core.store.memberships_known_of(of))
    }

    fn found_by(&self, digest: &Sha256Digest) -> Option<&'a Found> {
        self.found.filter(|found| found.digest == *digest)
    }

    fn noting<T>(
        &self,
        known: Option<(Arc<T>, Arc<User>, Stamp)>,
        kind: Kind,
        digest: &Sha256Digest,
    ) -> Option<Seen<T>> {
        if known.is_none() {
            self.missing.set(Some(Lookup { kind, digest: *digest, memberships: self.memberships }));
        }
        known.map(|(what, owner, stamp)| (what, owner, Some(stamp)))
    }
}

impl Core {
    /// Reads what a view lacked, with one question to the store. `None`: nothing has this digest.
    pub(crate) async fn look_up(&self, lookup: &Lookup) -> Result<Option<Found>> {
        let (store, digest) = (&self.store, Digest::from(lookup.digest));
        let found = match (lookup.kind, lookup.memberships) {
            (Kind::Session, false) => {
                let found = store.session_by_digest(&digest).await?;
                found.map(|(session, owner)| (Read::Session(session), owner, None))
            }
            (Kind::Session, true) => {
                let found = store.session_with_memberships(&digest).await?;
                found.map(|(session, owner, all)| (Read::Session(session), owner, Some(all)))
            }
            (Kind::ApiKey, false) => {
                let found = store.api_key_by_digest(&digest).await?;
                found.map(|(key, owner)| (Read::ApiKey(key), owner, None))
            }
            (Kind::ApiKey, true) => {
                let found = store.api_key_with_memberships(&digest).await?;
                found.map(|(key, owner, all)| (Read::ApiKey(key), owner, Some(all)))
            }
        };
        let digest = lookup.digest;
        Ok(found.map(|(credential, owner, memberships)| Found { digest, credential, owner, memberships }))
    }
}
