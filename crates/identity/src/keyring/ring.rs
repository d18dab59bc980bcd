//! Use cases of the keyring: the key that signs, the keys that are accepted, a rotation.

use crate::rule::Rule;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jose::{Algorithm, KeyKind, KeySet, MacKey, Pkcs8};
use zeroize::Zeroizing;

use super::{KeyAlgorithm, KeyUse, SigningKey, SigningKeyId};
use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::master_key::Shelf;
use crate::op::{Op, Timestamp};
use crate::ports::{Change, Commit, Conflict, StoreError};

/// The `typ` of tickets, which keeps them apart from session tokens (RFC 8725 section 3.11).
const TICKET_TYP: &str = "ticket+jwt";
/// How long a published key waits until it signs: longer than those who verify keep a key set
/// ([`Keyring::KEPT_BY_OTHERS`]), so that nobody meets a token whose key they have not seen.
const PUBLISHED_BEFORE: Duration = Duration::from_mins(15);
/// How long a key is accepted beyond the end of its last token: clocks differ.
const CLOCKS_DIFFER: Duration = Duration::from_mins(1);
/// How long keys are kept whose last token has ended, for whoever asks what became of one.
pub(crate) const KEPT: Duration = Duration::from_hours(24);

/// A key that was opened.
pub(crate) struct OpenKey {
    /// Its id.
    pub(crate) id: SigningKeyId,
    begins: Timestamp,
    ends: Option<Timestamp>,
    material: Arc<Material>,
}

/// What a key signs with.
enum Material {
    /// Session tokens and tickets that only we read.
    Mac { sessions: MacKey, tickets: MacKey },
    /// Tokens that others read.
    Pair(Box<jose::SigningKey>),
}

impl OpenKey {
    /// Whether its tokens are still accepted: it may have been opened long ago.
    pub(crate) fn is_accepted(&self, now: Timestamp) -> bool {
        self.ends.is_none_or(|end| end > now)
    }

    /// From then on they are not.
    pub(crate) fn ends(&self) -> Option<Timestamp> {
        self.ends
    }

    /// Signs session tokens that only we read.
    pub(crate) fn sessions(&self) -> Result<&MacKey> {
        match &*self.material {
            Material::Mac { sessions, .. } => Ok(sessions),
            Material::Pair(_) => Err(ErrorKind::Internal.into()),
        }
    }

    /// Signs tickets.
    pub(crate) fn tickets(&self) -> Result<&MacKey> {
        match &*self.material {
            Material::Mac { tickets, .. } => Ok(tickets),
            Material::Pair(_) => Err(ErrorKind::Internal.into()),
        }
    }

    /// Signs tokens that others read.
    pub(crate) fn pair(&self) -> Option<&jose::SigningKey> {
        match &*self.material {
            Material::Mac { .. } => None,
            Material::Pair(pair) => Some(pair),
        }
    }
}

/// The keys of a use that are accepted or wait for their time, the newest first.
pub(crate) struct Keys {
    keys: Vec<OpenKey>,
    /// The public ones among them.
    set: KeySet,
}

pub(crate) type Ring = Arc<Keys>;

impl Keys {
    fn new(keys: Vec<OpenKey>) -> Self {
        let set = KeySet::new(keys.iter().filter_map(OpenKey::pair).map(|pair| pair.verifying_key().clone()));
        Self { keys, set }
    }

    /// Every key.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, OpenKey> {
        self.keys.iter()
    }

    /// The newest key: the one that has no end yet.
    pub(crate) fn newest(&self) -> Option<&OpenKey> {
        self.keys.iter().find(|key| key.ends.is_none())
    }

    /// The key that signs for others at this time: the one that began last. Where the clock of whoever made the only
    /// key is ahead of ours, that one.
    pub(crate) fn signer(&self, now: Timestamp) -> Option<&OpenKey> {
        let mut accepted = self.keys.iter().filter(|key| key.is_accepted(now));
        let begun = accepted.clone().filter(|key| key.begins <= now);
        begun.max_by_key(|key| key.begins).or_else(|| accepted.next_back())
    }

    /// What verifies tokens for others.
    pub(crate) fn set(&self) -> &KeySet {
        &self.set
    }

    /// Whether these are the keys that the store tells of.
    fn are(&self, stored: &[&SigningKey]) -> bool {
        let same = |(open, key): (&OpenKey, &&SigningKey)| {
            open.id == key.id && open.begins == key.begins && open.ends == key.ends
        };
        self.keys.len() == stored.len() && self.keys.iter().zip(stored).all(same)
    }
}

/// How long opened keys are not looked for anew where that is enough: how late a key's end may be noticed that another
/// process gave it. By then every session that it signed for is over, unless it was dropped, which ends them.
const REMEMBERED: Duration = Duration::from_mins(1);

/// The keys that this process has opened, and when they were last looked for.
#[derive(Default)]
pub(crate) struct Rings {
    rings: RwLock<HashMap<KeyUse, (Timestamp, Ring)>>,
    /// How often one became another.
    changes: AtomicU64,
}

impl Rings {
    /// A number that is another one as soon as any ring holds other keys.
    pub(crate) fn state(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    fn opened(&self, key_use: KeyUse) -> Option<(Timestamp, Ring)> {
        let rings = self.rings.read().unwrap_or_else(PoisonError::into_inner);
        rings.get(&key_use).map(|(seen, ring)| (*seen, Arc::clone(ring)))
    }

    /// The keys, if they were looked for a short while ago, and when that will not be so any more.
    pub(crate) fn current(&self, key_use: KeyUse, now: Timestamp) -> Option<(Ring, Timestamp)> {
        let (seen, ring) = self.opened(key_use)?;
        (now.since(seen) < REMEMBERED).then(|| (ring, seen + REMEMBERED))
    }

    fn keep(&self, key_use: KeyUse, now: Timestamp, ring: &Ring) {
        let mut rings = self.rings.write().unwrap_or_else(PoisonError::into_inner);
        let old = rings.insert(key_use, (now, Arc::clone(ring)));
        if old.is_none_or(|(_, old)| !Arc::ptr_eq(&old, ring)) {
            self.changes.fetch_add(1, Ordering::AcqRel);
        }
    }
}

impl Core {
    /// The keys whose tokens are accepted, as this process knows them; `anew` reads them from the store. A key that is
    /// known is not opened again.
    pub(crate) async fn ring(&self, op: &Op, key_use: KeyUse, anew: bool) -> Result<Ring> {
        if !anew && let Some((ring, _)) = self.rings.current(key_use, op.now) {
            return Ok(ring);
        }
        let known = self.rings.opened(key_use);
        let stored = self.store.signing_keys(key_use).await?;
        let stored: Vec<&SigningKey> = stored.iter().filter(|key| key.is_accepted(op.now)).collect();
        let known = known.map(|(_, ring)| ring);
        let ring = match known {
            Some(ring) if ring.are(&stored) => ring,
            known => {
                let open = |key: &&SigningKey| {
                    let old = known.iter().flat_map(|ring| ring.iter()).find(|old| old.id == key.id);
                    let material = match old {
                        Some(old) => Arc::clone(&old.material),
                        None => Arc::new(self.open_key(key)?),
                    };
                    Ok(OpenKey { id: key.id, begins: key.begins, ends: key.ends, material })
                };
                Arc::new(Keys::new(stored.iter().map(open).collect::<Result<_>>()?))
            }
        };
        self.rings.keep(key_use, op.now, &ring);
        Ok(ring)
    }

    /// The keys with one that signs among them, read from the store; the first of a use is made when it is first
    /// asked for.
    pub(crate) async fn signing_ring(&self, op: &Op, key_use: KeyUse) -> Result<Ring> {
        for _ in 0..3 {
            let ring = self.ring(op, key_use, true).await?;
            if ring.newest().is_some() {
                return Ok(ring);
            }
            let key = self.new_key(op, key_use, op.now).await?;
            let add = Change::AddSigningKey { key, previous: None };
            let event = Event::new(op, EventKind::SigningKeyCreated).saying(key_use.as_str());
            match self.store.commit(Commit { changes: vec![add], events: vec![event] }).await {
                // Another process was first: its key signs.
                Ok(_) | Err(StoreError::Conflict(Conflict::SigningKeyChanged)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ErrorKind::Conflict.into())
    }

    async fn new_key(&self, op: &Op, key_use: KeyUse, begins: Timestamp) -> Result<SigningKey> {
        let id = SigningKeyId(self.uuid(op.now));
        let algorithm = self.policy.key_plan(key_use).algorithm;
        let secret = match pair_of(algorithm) {
            None => {
                let mut secret = Zeroizing::new(vec![0; 32]);
                self.entropy.fill(&mut secret);
                secret
            }
            // RSA takes tenths of a second of a processor: not on a thread that answers requests.
            Some((_, kind)) => {
                #[expect(clippy::disallowed_methods, reason = "one key at a time, once in months")]
                let made = tokio::task::spawn_blocking(move || Pkcs8::generate(kind)).await;
                let made = made.map_err(|error| Error::new(ErrorKind::Internal).caused_by(error))?;
                let made = made.map_err(|error| Error::new(ErrorKind::Internal).caused_by(error))?;
                Zeroizing::new(made.expose().to_vec())
            }
        };
        let sealed = self.master_key.seal(Shelf::SigningKey, id.0, &secret, &*self.entropy);
        Ok(SigningKey { id, key_use, algorithm, sealed, created: op.now, begins, ends: None })
    }

    fn open_key(&self, key: &SigningKey) -> Result<Material> {
        let unreadable = || {
            Error::new(ErrorKind::Internal).because(
                Rule::SealedKey,
                "one that the master key does not open",
                "a key sealed by this installation",
            )
        };
        let secret = self.master_key.open(Shelf::SigningKey, key.id.0, &key.sealed).ok_or_else(unreadable)?;
        match pair_of(key.algorithm) {
            None => {
                let secret = <[u8; 32]>::try_from(secret.as_slice()).map_err(|_| unreadable())?;
                let secret = Zeroizing::new(secret);
                let tickets = MacKey::from_bytes(&secret).with_typ(TICKET_TYP);
                Ok(Material::Mac { sessions: MacKey::from_bytes(&secret), tickets })
            }
            Some((algorithm, _)) => {
                let pair = jose::SigningKey::from_pkcs8(algorithm, &secret).map_err(|_| unreadable())?;
                Ok(Material::Pair(Box::new(pair.with_kid(&key.id.to_string()))))
            }
        }
    }
}

/// How an asymmetric key signs, and what is made for it; `None`: a MAC.
fn pair_of(algorithm: KeyAlgorithm) -> Option<(Algorithm, KeyKind)> {
    match algorithm {
        KeyAlgorithm::Hs256 => None,
        KeyAlgorithm::Rs256 { bits: 3072 } => Some((Algorithm::Rs256, KeyKind::Rsa3072)),
        KeyAlgorithm::Rs256 { .. } => Some((Algorithm::Rs256, KeyKind::Rsa2048)),
        KeyAlgorithm::Es256 => Some((Algorithm::Es256, KeyKind::P256)),
        KeyAlgorithm::EdDsa => Some((Algorithm::EdDsa, KeyKind::Ed25519)),
    }
}

/// The operator's side of the keyring, and what of it is public.
#[derive(Clone)]
pub struct Keyring {
    pub(crate) core: Arc<Core>,
}

impl Keyring {
    /// How long others may keep a published key set before they ask again.
    pub const KEPT_BY_OTHERS: Duration = Duration::from_mins(5);

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

    /// The public keys of a use as a JWK Set (RFC 7517 section 5): the key that signs, the next one, and those before
    /// whose tokens are still accepted.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`].
    pub async fn published(&self, op: &Op, key_use: KeyUse) -> Result<String> {
        let ring = self.core.signing_ring(op, key_use).await?;
        serde_json::to_string(ring.set()).map_err(|error| Error::new(ErrorKind::Internal).caused_by(error))
    }

    /// Makes another key. Of a use that is published it signs a quarter of an hour from now, when everybody knows it;
    /// of another one at once. Tokens of the key before are accepted until the longest of them has ended. `now`
    /// drops that key and every older one at once, with all that they signed.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`]: somebody else rotated at the same time. [`ErrorKind::Unavailable`].
    pub async fn rotate(&self, op: &Op, key_use: KeyUse, now: bool) -> Result<SigningKey> {
        if pair_of(self.core.policy.key_plan(key_use).algorithm).is_some() {
            // A server that has just started makes the first one, which takes a while.
            self.core.signing_ring(op, key_use).await?;
        }
        let stored = self.core.store.signing_keys(key_use).await?;
        let newest = stored.iter().find(|key| key.ends.is_none());
        self.add(op, key_use, newest, now).await
    }

    /// Makes the first key of a published use, and the next one when it is time or the configured algorithm is another
    /// one. To be called every few minutes by every process; one of them does it.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`].
    pub async fn tend(&self, op: &Op, key_use: KeyUse) -> Result<()> {
        let ring = self.core.signing_ring(op, key_use).await?;
        let stored = self.core.store.signing_keys(key_use).await?;
        let Some(newest) = stored.iter().find(|key| key.ends.is_none()) else { return Ok(()) };
        let plan = self.core.policy.key_plan(key_use);
        let waits = ring.signer(op.now).is_none_or(|signer| signer.id != newest.id);
        let due = plan.rotate_every.is_some_and(|life| op.now + PUBLISHED_BEFORE >= newest.begins + life);
        if waits || (!due && newest.algorithm == plan.algorithm) {
            return Ok(());
        }
        match self.add(op, key_use, Some(newest), false).await {
            Err(error) if error.kind() == ErrorKind::Conflict => Ok(()),
            done => done.map(drop),
        }
    }

    async fn add(
        &self,
        op: &Op,
        key_use: KeyUse,
        newest: Option<&SigningKey>,
        now: bool,
    ) -> Result<SigningKey> {
        let plan = self.core.policy.key_plan(key_use);
        let published = pair_of(plan.algorithm).is_some();
        let begins = if published && !now && newest.is_some() { op.now + PUBLISHED_BEFORE } else { op.now };
        let key = self.core.new_key(op, key_use, begins).await?;
        let last_token_ends = begins + plan.token_life + CLOCKS_DIFFER;
        let ends = if now { op.now } else { last_token_ends };
        let previous = newest.map(|newest| (newest.id, ends));
        let mut changes = vec![Change::AddSigningKey { key: key.clone(), previous }];
        if now {
            changes.push(Change::DropSigningKeys { key_use, at: op.now });
        }
        let detail = if now { "dropped the previous" } else { "kept the previous" };
        let event = Event::new(op, EventKind::SigningKeyRotated).saying(detail);
        self.core.store.commit(Commit { changes, events: vec![event] }).await?;
        Ok(key)
    }
}
