//! What people do with their own keys from one place: see those of every door, make one, end one.
//!
//! A door whose contract has calls for its keys asks [`super::keys`] instead, which knows nothing of other doors.

use super::keys::{ApiKeys, KeySurface, MakeApiKey, ShownKey};
use super::{ApiKey, ApiKeyId, KeyOwner};
use crate::audit::{Event, EventKind};
use crate::error::{ErrorKind, Result};
use crate::op::Op;
use crate::ports::Change;
use crate::session::EndReason;
use crate::session::caller::Caller;

impl ApiKeys {
    /// The caller's keys at every door that were not ended, by door and oldest first, expired ones too; without their
    /// secrets.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: the credential may less than its owner. [`ErrorKind::Unavailable`].
    pub async fn list_own(&self, _op: &Op, caller: &Caller) -> Result<Vec<ApiKey>> {
        caller.must_be_whole()?;
        Ok(self.core.store.api_keys_of(caller.user.number).await?)
    }

    /// Makes a key of a door for the caller, who has signed in a moment ago.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`], [`ErrorKind::FreshLoginRequired`], [`ErrorKind::ApiKeyLimit`], [`ErrorKind::Throttled`],
    /// [`ErrorKind::Conflict`], [`ErrorKind::Unavailable`].
    pub async fn create_own(
        &self,
        op: &Op,
        surface: &KeySurface,
        caller: &Caller,
        make: MakeApiKey,
    ) -> Result<ShownKey> {
        caller.must_be_fresh(op)?;
        self.core.may_mint(op, caller).await?;
        self.make(op, surface, &caller.user, make).await
    }

    /// Ends a key of the caller's, of whatever door, expired or not. A standing key is made anew when its door next asks
    /// for one.
    ///
    /// # Errors
    /// [`ErrorKind::ApiKeyNotFound`]: there is none, it was ended, or it is not the caller's.
    /// [`ErrorKind::Forbidden`], [`ErrorKind::Conflict`], [`ErrorKind::Unavailable`].
    pub async fn end_own(&self, op: &Op, caller: &Caller, id: ApiKeyId) -> Result<()> {
        caller.must_be_whole()?;
        let owner = KeyOwner::User(caller.user.number);
        if self.core.store.api_key(id).await?.is_none_or(|key| key.owner != owner) {
            return Err(ErrorKind::ApiKeyNotFound.into());
        }
        let reason = EndReason::EndedByOwner;
        let end = Change::EndApiKey { key: id, at: op.now, reason };
        self.step(caller, end, Event::new(op, EventKind::ApiKeyEnded).saying(reason.as_str())).await
    }
}
