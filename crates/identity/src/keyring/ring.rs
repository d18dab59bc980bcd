//! Use cases of the keyring: the key that signs, the keys that are accepted, a rotation.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jose::MacKey;
use zeroize::Zeroizing;

use super::{KeyUse, SigningKey, SigningKeyId};
use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::master_key::Shelf;
use crate::op::{Op, Timestamp};
use crate::ports::{Change, Commit, Conflict, StoreError};

/// The `typ` of tickets, which keeps them apart from session tokens (RFC 8725 section 3.11).
const TICKET_TYP: &str = "ticket+jwt";

/// A key that was opened.
pub(crate) struct OpenKey {
    /// Its id.
    pub(crate) id: SigningKeyId,
    /// Signs session tokens.
    pub(crate) sessions: MacKey,
    /// Signs tickets.
    pub(crate) tickets: MacKey,
    ends: Option<Timestamp>,
}

impl OpenKey {
    /// Whether its tokens are still accepted: it may have been opened long ago.
    pub(crate) fn is_accepted(&self, now: Timestamp) -> bool {
        self.ends.is_none_or(|end| end > now)
    }
}

/// The keys of a use that are accepted, the one that signs first.
pub(crate) type Ring = Arc<Vec<OpenKey>>;

/// How long opened keys are not looked for anew: how late a key's end may be noticed that another process gave it. By
/// then every session that it signed for is over, unless it was dropped, which ends them.
const REMEMBERED: Duration = Duration::from_mins(1);

/// The keys that this process has opened, and when.
#[derive(Default)]
pub(crate) struct Rings(RwLock<HashMap<KeyUse, (Timestamp, Ring)>>);

impl Rings {
    fn known(&self, key_use: KeyUse, now: Timestamp) -> Option<Ring> {
        let rings = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let (opened, ring) = rings.get(&key_use)?;
        (now.since(*opened) < REMEMBERED).then(|| Arc::clone(ring))
    }

    fn keep(&self, key_use: KeyUse, now: Timestamp, ring: &Ring) {
        let mut rings = self.0.write().unwrap_or_else(PoisonError::into_inner);
        rings.insert(key_use, (now, Arc::clone(ring)));
    }
}

impl Core {
    /// The keys whose tokens are accepted, as this process knows them; `anew` reads them from the store.
    pub(crate) async fn ring(&self, op: &Op, key_use: KeyUse, anew: bool) -> Result<Ring> {
        if !anew && let Some(ring) = self.rings.known(key_use, op.now) {
            return Ok(ring);
        }
        let stored = self.store.signing_keys(key_use).await?;
        let mut open = Vec::with_capacity(stored.len());
        for key in stored.iter().filter(|key| key.is_accepted(op.now)) {
            open.push(self.open_key(key)?);
        }
        open.sort_by_key(|key| key.ends.is_some());
        let ring = Arc::new(open);
        self.rings.keep(key_use, op.now, &ring);
        Ok(ring)
    }

    /// The key that signs now, read from the store; the first of a use is made when it is first asked for.
    pub(crate) async fn signing_ring(&self, op: &Op, key_use: KeyUse) -> Result<Ring> {
        for _ in 0..3 {
            let ring = self.ring(op, key_use, true).await?;
            if ring.first().is_some_and(|key| key.ends.is_none()) {
                return Ok(ring);
            }
            let add = Change::AddSigningKey { key: self.new_key(op, key_use), previous: None };
            match self.store.commit(Commit { changes: vec![add], events: vec![] }).await {
                // Another process was first: its key signs.
                Ok(_) | Err(StoreError::Conflict(Conflict::SigningKeyChanged)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ErrorKind::Conflict.into())
    }

    fn new_key(&self, op: &Op, key_use: KeyUse) -> SigningKey {
        let id = SigningKeyId(self.uuid(op.now));
        let mut secret = Zeroizing::new([0; 32]);
        self.entropy.fill(secret.as_mut_slice());
        let sealed = self.master_key.seal(Shelf::SigningKey, id.0, secret.as_slice(), &*self.entropy);
        SigningKey { id, key_use, sealed, created: op.now, ends: None }
    }

    fn open_key(&self, key: &SigningKey) -> Result<OpenKey> {
        let secret = self.master_key.open(Shelf::SigningKey, key.id.0, &key.sealed);
        let secret =
            secret.and_then(|secret| Some(Zeroizing::new(<[u8; 32]>::try_from(secret.as_slice()).ok()?)));
        let Some(secret) = secret else {
            return Err(Error::new(ErrorKind::Internal).because(
                "signing key",
                "one that the master key does not open",
                "a key sealed by this installation",
            ));
        };
        Ok(OpenKey {
            id: key.id,
            sessions: MacKey::from_bytes(&secret),
            tickets: MacKey::from_bytes(&secret).with_typ(TICKET_TYP),
            ends: key.ends,
        })
    }
}

/// The operator's side of the keyring.
#[derive(Clone)]
pub struct Keyring {
    pub(crate) core: Arc<Core>,
}

impl Keyring {
    /// Every key, of every use, newest first within a use.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`].
    pub async fn list(&self) -> Result<Vec<SigningKey>> {
        let mut keys = Vec::new();
        for key_use in KeyUse::ALL {
            keys.extend(self.core.store.signing_keys(key_use).await?);
        }
        Ok(keys)
    }

    /// Makes the key that signs from now on. Tokens of the one before are accepted for `keep`, which is as long as the
    /// longest of them lives; zero drops it and every older one at once, with all that they signed.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`]: somebody else rotated at the same time. [`ErrorKind::Unavailable`].
    pub async fn rotate(&self, op: &Op, key_use: KeyUse, keep: Duration) -> Result<SigningKey> {
        let stored = self.core.store.signing_keys(key_use).await?;
        let active = stored.iter().find(|key| key.ends.is_none());
        let key = self.core.new_key(op, key_use);
        let previous = active.map(|key| (key.id, op.now + keep));
        let mut changes = vec![Change::AddSigningKey { key: key.clone(), previous }];
        if keep.is_zero() {
            changes.push(Change::DropSigningKeys { key_use, at: op.now });
        }
        let detail = if keep.is_zero() { "dropped the previous" } else { "kept the previous" };
        let event = Event::new(op, EventKind::SigningKeyRotated).saying(detail);
        self.core.store.commit(Commit { changes, events: vec![event] }).await?;
        Ok(key)
    }
}
