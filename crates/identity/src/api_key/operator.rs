//! What the operator does with users' keys: make one in the owner's place, list and revoke them.

use super::keys::{ApiKeys, KeySurface, MakeApiKey, ShownKey};
use super::{ApiKey, ApiKeyId, KeyOwner};
use crate::audit::{Event, EventKind};
use crate::error::{ErrorKind, Result};
use crate::op::Op;
use crate::ports::{Change, Commit, Conflict, StoreError};
use crate::session::EndReason;
use crate::session::ledger::inactive;
use crate::surface::Door;
use crate::user::User;

impl ApiKeys {
    /// Makes a key for a user in the operator's name.
    ///
    /// # Errors
    /// [`ErrorKind::UserInactive`], [`ErrorKind::ApiKeyLimit`], [`ErrorKind::Conflict`], [`ErrorKind::Unavailable`].
    pub async fn create_by_operator(
        &self,
        op: &Op,
        surface: &KeySurface,
        user: &User,
        make: MakeApiKey,
    ) -> Result<ShownKey> {
        if !user.is_active() {
            return Err(inactive(user));
        }
        self.make(op, surface, user, make).await
    }

    /// A user's keys at a door that were not ended, oldest first, expired ones too; without their secrets.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`].
    pub async fn list_by_operator(&self, door: &Door, user: &User) -> Result<Vec<ApiKey>> {
        Ok(self.core.store.api_keys(user.number, door).await?)
    }

    /// Ends a key, a user's or an organization's.
    ///
    /// # Errors
    /// [`ErrorKind::ApiKeyNotFound`]: there is none, or it was ended. [`ErrorKind::Unavailable`].
    pub async fn revoke(&self, op: &Op, id: ApiKeyId) -> Result<ApiKey> {
        let key = self.core.store.api_key(id).await?.ok_or(ErrorKind::ApiKeyNotFound)?;
        let reason = EndReason::Revoked;
        let event = Event::new(op, EventKind::ApiKeyEnded);
        let event = match key.owner {
            KeyOwner::Organization(organization) => event.in_organization(organization),
            KeyOwner::User(number) => {
                let event = event.saying(reason.as_str());
                match self.core.store.user(number).await? {
                    Some(user) => event.of(&user),
                    None => event,
                }
            }
        };
        let end = Change::EndApiKey { key: id, at: op.now, reason };
        match self.core.store.commit(Commit { changes: vec![end], events: vec![event] }).await {
            Ok(_) => Ok(ApiKey { ended: Some((op.now, reason)), sealed: None, ..key }),
            Err(StoreError::Conflict(Conflict::ApiKeyEnded)) => Err(ErrorKind::ApiKeyNotFound.into()),
            Err(error) => Err(error.into()),
        }
    }
}
