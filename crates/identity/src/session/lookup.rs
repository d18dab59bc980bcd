//! Recognising without waiting, in two steps at most: what the store remembers is looked at first; what it does not remember is
//! noted, read all at once, and looked at in its place the second time.
//!
//! Nothing is decided here: who is good is judged by the ledger and the keys, on what they find in a [`View`].

use std::cell::RefCell;
use std::sync::Arc;

use super::Session;
use super::stay::Stamp;
use crate::Core;
use crate::api_key::ApiKey;
use crate::error::Result;
use crate::organization::Memberships;
use crate::secret::{Digest, Sha256Digest};
use crate::surface::TokenForm;
use crate::token::KnownToken;
use crate::user::{User, UserNumber};

/// What a view lacks: a credential with its owner, and what the owner belongs to where that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    kind: Kind,
    digest: Sha256Digest,
    memberships: bool,
    token: Option<Token>,
}

/// A token that was presented, by its digest, and what was known of it.
type Token = (Sha256Digest, KnownToken);

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
    token: Option<Token>,
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
    missing: RefCell<Option<Lookup>>,
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
        Self { memberships: found.memberships.is_some(), found: Some(found), missing: RefCell::default() }
    }

    /// Whether something was just read for it.
    pub fn was_read(&self) -> bool {
        self.found.is_some()
    }

    /// What has to be read before more can be said; `None`: nothing that was looked for is missing.
    pub fn missing(&self) -> Option<Lookup> {
        self.missing.borrow().clone()
    }

    /// What was known of this token when it was noted what the view lacked, for the same request and at the same time.
    pub(crate) fn token(&self, presented: &Sha256Digest, form: &TokenForm) -> Option<KnownToken> {
        let (token, known) = self.found?.token.as_ref()?;
        (token == presented && known.is_for(form)).then(|| known.clone())
    }

    /// `token`: the one that names it.
    pub(crate) fn session(
        &self,
        core: &Core,
        digest: &Sha256Digest,
        token: Option<Token>,
    ) -> Option<Seen<Session>> {
        if let Some(Found { credential: Read::Session(session), owner, .. }) = self.found_by(digest) {
            return Some((Arc::clone(session), Arc::clone(owner), None));
        }
        let known = core.store.session_known_by(digest);
        self.noting(known, Kind::Session, digest, token)
    }

    pub(crate) fn api_key(&self, core: &Core, digest: &Sha256Digest) -> Option<Seen<ApiKey>> {
        if let Some(Found { credential: Read::ApiKey(key), owner, .. }) = self.found_by(digest) {
            return Some((Arc::clone(key), Arc::clone(owner), None));
        }
        let known = core.store.api_key_known_by(digest);
        self.noting(known, Kind::ApiKey, digest, None)
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
        token: Option<Token>,
    ) -> Option<Seen<T>> {
        if known.is_none() {
            self.missing.replace(Some(Lookup {
                kind,
                digest: *digest,
                memberships: self.memberships,
                token,
            }));
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
        let Lookup { digest, token, .. } = lookup.clone();
        Ok(found.map(|(credential, owner, memberships)| Found {
            digest,
            credential,
            owner,
            memberships,
            token,
        }))
    }
}
