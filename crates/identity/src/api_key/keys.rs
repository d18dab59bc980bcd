//! Use cases of API keys: recognise a presented one, make, list, change, end; the account's standing key.

use crate::rule::Rule;
use std::sync::Arc;
use std::time::Duration;

use super::{ApiKey, ApiKeyId, Bounds, Grant, KeyOwner, NewApiKey};
use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::master_key::Shelf;
use crate::op::Op;
use crate::ports::{Change, Commit, Conflict, StoreError};
use crate::secret::{Secret, SecretForm, Sha256Digest};
use crate::session::caller::{Caller, Credential};
use crate::session::ledger::{inactive, invalid};
use crate::session::lookup::View;
use crate::session::stay::{Stamp, Stay};
use crate::session::{EndReason, State, Use};
use crate::sign_in::SignedIn;
use crate::surface::Door;
use crate::user::{Permissions, User};

/// How many keys that were not ended a user may have at one door, the standing one aside.
pub const LIMIT: u32 = 100;
/// Last-used is written when it is older than this.
pub(crate) const LAST_USED_STEP: Duration = Duration::from_mins(1);

/// What a door declares about its API keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySurface {
    /// The door that accepts them.
    pub door: Door,
    /// What they look like.
    pub form: SecretForm,
    /// Whether its contract wants them shown again after they were made: then they are kept sealed.
    pub shown_again: bool,
}

/// The API keys.
#[derive(Clone)]
pub struct ApiKeys {
    pub(crate) core: Arc<Core>,
}

/// A key to be made.
#[derive(Debug, Clone, Default)]
pub struct MakeApiKey {
    /// What its owner calls it; may be empty.
    pub name: String,
    /// What it may do.
    pub grant: Grant,
    /// What it is good for.
    pub bounds: Bounds,
    /// How long it lives; `None`: it never ends by itself.
    pub life: Option<Duration>,
}

/// What of a key is to be changed.
#[derive(Debug, Clone, Copy, Default)]
pub struct ChangeApiKey {
    /// Only these; empty: all of the owner's; `None`: as before.
    pub granted: Option<Permissions>,
    /// None of these; `None`: as before.
    pub withheld: Option<Permissions>,
    /// How long it lives from now on, `Some(None)`: it never ends by itself; `None`: as before.
    pub life: Option<Option<Duration>>,
}

/// A key with its secret.
#[derive(Debug, Clone)]
pub struct ShownKey {
    /// The key.
    pub key: ApiKey,
    /// Its wire form, where it was just made or its door's contract wants it shown again.
    pub secret: Option<Secret>,
}

impl ApiKeys {
    /// Recognises the key that a request presents at a door.
    ///
    /// # Errors
    /// [`ErrorKind::CredentialInvalid`]: unknown, ended, expired, or of another door.
    /// [`ErrorKind::UserInactive`]: good, but its owner may not act. [`ErrorKind::Throttled`]: too many wrong ones came from
    /// there. [`ErrorKind::Unavailable`].
    pub async fn check(&self, op: &Op, door: &Door, presented: &Secret) -> Result<Caller> {
        let found = self.find(op, door, presented).await?;
        found.ok_or_else(|| {
            self.core.rates.wrong_key(op, &presented.digest());
            refused("a secret that is no key")
        })
    }

    /// The same at a door that takes keys of organizations as well: a secret that is no user's key may be one of those.
    ///
    /// # Errors
    /// As [`ApiKeys::check`], but for a secret that is nobody's key.
    pub async fn find(&self, op: &Op, door: &Door, presented: &Secret) -> Result<Option<Caller>> {
        self.core.may_show_key(op).await?;
        let Some((key, user)) = self.core.store.api_key_by_digest(&presented.digest()).await? else {
            return Ok(None);
        };
        Ok(Some(self.judged(op, door, key, user, None)?))
    }

    /// Recognises the key that a request presents, by its digest, where nothing has to be waited for and all is well: then this is what
    /// [`ApiKeys::check`] would say. `None` says nothing.
    pub fn known(&self, view: &View<'_>, op: &Op, door: &Door, digest: &Sha256Digest) -> Option<Caller> {
        self.core.rates.may_show_key(op).ok()?;
        let (key, user, stamp) = view.api_key(&self.core, digest)?;
        self.judged(op, door, key, user, stamp).ok()
    }

    fn judged(
        &self,
        op: &Op,
        door: &Door,
        key: Arc<ApiKey>,
        user: Arc<User>,
        stamp: Option<Stamp>,
    ) -> Result<Caller> {
        if key.door != *door {
            return Err(refused("a key of another door"));
        }
        if !key.is_live(op.now) {
            return Err(refused("a key that was ended or is past its end"));
        }
        if !user.is_active() {
            return Err(inactive(&user));
        }
        let noted = key.last_used.is_none_or(|last| op.now.since(last) >= LAST_USED_STEP);
        if noted {
            self.core.touches.note(Use::ApiKey(key.id, op.now));
        }
        let stay = stamp.map(|stamp| Stay::of_api_key(stamp, &key, op.now, noted));
        Ok(Caller { user, credential: Credential::ApiKey(key), stay })
    }

    /// The standing key of an account, as shown at each sign-in; made when there is none that is live.
    ///
    /// It is shown to a login that still stands. What ended that one meanwhile may have replaced the key as well, and
    /// the next one is not for whoever knew the password before.
    ///
    /// # Errors
    /// [`ErrorKind::CredentialInvalid`]: the session was ended meanwhile.
    /// [`ErrorKind::Unavailable`].
    pub async fn standing(&self, op: &Op, surface: &KeySurface, signed_in: &SignedIn) -> Result<Secret> {
        let mut user = signed_in.user.clone();
        for _ in 0..3 {
            let keys = self.core.store.api_keys(user.number, &surface.door).await?;
            if let Some(key) = keys.into_iter().find(|key| key.standing) {
                if key.is_expired(op.now) {
                    self.replace_expired(op, &user, key.id).await?;
                    continue;
                }
                // In this order: whatever replaces a key for good ends the sessions in the same commit.
                self.must_stand(op, signed_in).await?;
                let secret = self.shown(key).secret;
                return secret.ok_or_else(|| {
                    Error::new(ErrorKind::Internal).because(
                        Rule::SealedKey,
                        "one that the master key does not open",
                        "a key sealed by this installation",
                    )
                });
            }
            let make = MakeApiKey::default();
            let (new, secret) = self.new_key(op, surface, KeyOwner::User(user.number), make, true);
            match self.open(op, &user, new).await {
                Ok(_) => return Ok(secret),
                Err(StoreError::Conflict(Conflict::StandingKeyExists)) => {}
                // Not all that changes a user ends what was opened before. In this order: an end that comes after the
                // look at the session changes the user once more.
                Err(StoreError::Conflict(Conflict::UserChanged)) => {
                    user = self.core.store.user(user.number).await?.ok_or(ErrorKind::CredentialInvalid)?;
                    self.must_stand(op, signed_in).await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(ErrorKind::Conflict.into())
    }

    async fn must_stand(&self, op: &Op, signed_in: &SignedIn) -> Result<()> {
        let session = self.core.store.session(signed_in.session.id).await?;
        match session.is_some_and(|session| session.state(op.now) == State::Live) {
            true => Ok(()),
            false => {
                Err(invalid(Rule::SessionEnded, "a login whose session was ended meanwhile", "a live one"))
            }
        }
    }

    /// Ends a standing key whose owner had given it an end, so that there is room for the next one.
    async fn replace_expired(&self, op: &Op, user: &User, key: ApiKeyId) -> Result<()> {
        let end = Change::EndApiKey { key, at: op.now, reason: EndReason::Replaced };
        let event = Event::new(op, EventKind::ApiKeyEnded).of(user).saying(EndReason::Replaced.as_str());
        match self.core.store.commit(Commit { changes: vec![end], events: vec![event] }).await {
            Ok(_) | Err(StoreError::Conflict(Conflict::ApiKeyEnded)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes a key for the caller's own account. It can do no more than the caller.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: the credential may less than its owner. [`ErrorKind::ApiKeyLimit`],
    /// [`ErrorKind::Throttled`], [`ErrorKind::Conflict`], [`ErrorKind::Unavailable`].
    pub async fn create(
        &self,
        op: &Op,
        surface: &KeySurface,
        caller: &Caller,
        make: MakeApiKey,
    ) -> Result<ShownKey> {
        caller.must_be_whole()?;
        self.core.may_mint(op, caller).await?;
        self.make(op, surface, &caller.user, make).await
    }

    /// Makes a key for a user.
    pub(super) async fn make(
        &self,
        op: &Op,
        surface: &KeySurface,
        user: &User,
        make: MakeApiKey,
    ) -> Result<ShownKey> {
        let (new, secret) = self.new_key(op, surface, KeyOwner::User(user.number), make, false);
        let key = self.open(op, user, new).await?;
        Ok(ShownKey { key, secret: Some(secret) })
    }

    /// The caller's keys at a door that were not ended, oldest first; with `expired` those past their own end too.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`], [`ErrorKind::Unavailable`].
    pub async fn list(&self, op: &Op, door: &Door, caller: &Caller, expired: bool) -> Result<Vec<ShownKey>> {
        caller.must_be_whole()?;
        let keys = self.core.store.api_keys(caller.user.number, door).await?;
        let wanted = keys.into_iter().filter(|key| expired || !key.is_expired(op.now));
        Ok(wanted.map(|key| self.shown(key)).collect())
    }

    /// The caller's key with this secret; with `expired` also when it is past its own end.
    ///
    /// # Errors
    /// [`ErrorKind::ApiKeyNotFound`]: there is none, or it is not the caller's. [`ErrorKind::Forbidden`],
    /// [`ErrorKind::Unavailable`].
    pub async fn own(
        &self,
        op: &Op,
        door: &Door,
        caller: &Caller,
        secret: &Secret,
        expired: bool,
    ) -> Result<ShownKey> {
        caller.must_be_whole()?;
        let found = self.core.store.api_key_by_digest(&secret.digest()).await?;
        let own = found.map(|(key, _)| key).filter(|key| {
            key.owner == KeyOwner::User(caller.user.number)
                && key.door == *door
                && key.ended.is_none()
                && (expired || !key.is_expired(op.now))
        });
        own.map(|key| self.shown(ApiKey::clone(&key))).ok_or_else(|| ErrorKind::ApiKeyNotFound.into())
    }

    /// Changes a key of the caller's, expired or not.
    ///
    /// # Errors
    /// As [`ApiKeys::own`].
    pub async fn change(
        &self,
        op: &Op,
        door: &Door,
        caller: &Caller,
        secret: &Secret,
        change: ChangeApiKey,
    ) -> Result<ShownKey> {
        let ShownKey { mut key, secret } = self.own(op, door, caller, secret, true).await?;
        key.grant.granted = change.granted.unwrap_or(key.grant.granted);
        key.grant.withheld = change.withheld.unwrap_or(key.grant.withheld);
        if let Some(life) = change.life {
            key.expires = life.map(|life| op.now + life);
        }
        key.updated = op.now;
        let update = Change::UpdateApiKey { key: key.id, grant: key.grant, expires: key.expires, at: op.now };
        self.step(caller, update, Event::new(op, EventKind::ApiKeyChanged)).await?;
        Ok(ShownKey { key, secret })
    }

    /// Ends a key of the caller's, expired or not. The standing key is made anew at the next sign-in.
    ///
    /// # Errors
    /// As [`ApiKeys::own`].
    pub async fn end(&self, op: &Op, door: &Door, caller: &Caller, secret: &Secret) -> Result<()> {
        let ShownKey { key, .. } = self.own(op, door, caller, secret, true).await?;
        let end = Change::EndApiKey { key: key.id, at: op.now, reason: EndReason::EndedByOwner };
        self.step(caller, end, Event::new(op, EventKind::ApiKeyEnded)).await
    }

    /// Ends a key of the caller's by its id, expired or not.
    ///
    /// # Errors
    /// As [`ApiKeys::own`].
    pub async fn end_by_id(&self, op: &Op, door: &Door, caller: &Caller, id: ApiKeyId) -> Result<()> {
        caller.must_be_whole()?;
        let found = self.core.store.api_key(id).await?;
        let owner = KeyOwner::User(caller.user.number);
        if found.is_none_or(|key| key.owner != owner || key.door != *door) {
            return Err(ErrorKind::ApiKeyNotFound.into());
        }
        let end = Change::EndApiKey { key: id, at: op.now, reason: EndReason::EndedByOwner };
        self.step(caller, end, Event::new(op, EventKind::ApiKeyEnded)).await
    }

    /// One change under the lock of the caller's row.
    pub(super) async fn step(&self, caller: &Caller, change: Change, event: Event) -> Result<()> {
        let hold = Change::HoldUser { user: caller.user.number, version: caller.user.credential_version };
        let commit = Commit { changes: vec![hold, change], events: vec![event.of(&caller.user)] };
        match self.core.store.commit(commit).await {
            Ok(_) => Ok(()),
            Err(StoreError::Conflict(Conflict::ApiKeyEnded)) => Err(ErrorKind::ApiKeyNotFound.into()),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn new_key(
        &self,
        op: &Op,
        surface: &KeySurface,
        owner: KeyOwner,
        make: MakeApiKey,
        standing: bool,
    ) -> (NewApiKey, Secret) {
        let secret = surface.form.make(&*self.core.entropy);
        let id = ApiKeyId(self.core.uuid(op.now));
        let sealed = surface.shown_again.then(|| {
            let content = secret.expose().as_bytes();
            self.core.master_key.seal(Shelf::ApiKey, id.0, content, &*self.core.entropy)
        });
        let key = ApiKey {
            id,
            owner,
            door: surface.door.clone(),
            standing,
            name: make.name,
            grant: make.grant,
            bounds: make.bounds,
            created: op.now,
            updated: op.now,
            expires: make.life.map(|life| op.now + life),
            last_used: None,
            ended: None,
            sealed,
        };
        (NewApiKey { key, digest: secret.digest() }, secret)
    }

    async fn open(&self, op: &Op, user: &User, new: NewApiKey) -> std::result::Result<ApiKey, StoreError> {
        let key = new.key.clone();
        let limit = LIMIT + 1;
        let open = Change::OpenApiKey { key: new, version: user.credential_version, limit };
        let event = Event::new(op, EventKind::ApiKeyCreated).of(user);
        self.core.store.commit(Commit { changes: vec![open], events: vec![event] }).await?;
        Ok(key)
    }

    fn shown(&self, key: ApiKey) -> ShownKey {
        let content = key
            .sealed
            .as_deref()
            .and_then(|sealed| self.core.master_key.open(Shelf::ApiKey, key.id.0, sealed));
        let secret = content.and_then(|content| Secret::presented(std::str::from_utf8(&content).ok()?));
        ShownKey { key, secret }
    }
}

pub(super) fn refused(seen: &'static str) -> Error {
    Error::new(ErrorKind::CredentialInvalid).because(Rule::ApiKey, seen, "a live API key of this door")
}
