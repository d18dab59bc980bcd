//! Use cases of organizations' keys: recognise a presented one, make, list, end.
//!
//! Whoever shows one is no user. So it is recognised as an [`OrganizationCaller`], which no use case of users takes.

use super::keys::{ApiKeys, KeySurface, LAST_USED_STEP, LIMIT, MakeApiKey, ShownKey, refused};
use super::{ApiKey, ApiKeyId, KeyOwner};
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::op::{Actor, Op};
use crate::organization::standing::Standing;
use crate::organization::{Organization, OrganizationId, OrganizationRole};
use crate::ports::{Change, Commit, Conflict, StoreError};
use crate::rule::Rule;
use crate::secret::Secret;
use crate::session::caller::Caller;
use crate::session::{EndReason, Use};
use crate::surface::Door;

/// An organization, recognised by its key.
#[derive(Debug, Clone)]
pub struct OrganizationCaller {
    /// Which.
    pub organization: Organization,
    /// By what.
    pub key: ApiKey,
}

impl OrganizationCaller {
    /// The one who acts, for an [`Op`].
    pub fn actor(&self) -> Actor {
        Actor::OrganizationKey { organization: self.organization.id, key: self.key.id }
    }

    /// What the key may do in its organization.
    pub fn role(&self) -> OrganizationRole {
        self.key.bounds.role.unwrap_or(OrganizationRole::User)
    }
}

impl ApiKeys {
    /// Recognises the organization's key that a request presents at a door. A user's key is none.
    ///
    /// # Errors
    /// [`ErrorKind::CredentialInvalid`]: unknown, ended, expired, or of another door. [`ErrorKind::Throttled`]: too many wrong
    /// ones came from there. [`ErrorKind::Unavailable`].
    pub async fn check_organization_key(
        &self,
        op: &Op,
        door: &Door,
        presented: &Secret,
    ) -> Result<OrganizationCaller> {
        self.core.may_show_key(op).await?;
        let digest = presented.digest();
        let found = self.core.store.organization_key_by_digest(&digest).await?;
        let (key, organization) = found.ok_or_else(|| {
            self.core.rates.wrong_key(op, &digest);
            refused("a secret that is no organization's key")
        })?;
        if key.door != *door {
            return Err(refused("a key of another door"));
        }
        if !key.is_live(op.now) {
            return Err(refused("a key that was ended or is past its end"));
        }
        if key.last_used.is_none_or(|last| op.now.since(last) >= LAST_USED_STEP) {
            self.core.touches.note(Use::ApiKey(key.id, op.now));
        }
        Ok(OrganizationCaller { organization, key })
    }

    /// Makes a key of an organization. Its role is the one in its bounds, else the least, and never above the caller's.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: the caller does not administer it, or the credential may less than its owner. [`ErrorKind::RoleTooHigh`],
    /// [`ErrorKind::ApiKeyLimit`], [`ErrorKind::Throttled`], [`ErrorKind::Conflict`],
    /// [`ErrorKind::Unavailable`].
    pub async fn create_for_organization(
        &self,
        op: &Op,
        surface: &KeySurface,
        caller: &Caller,
        organization: OrganizationId,
        mut make: MakeApiKey,
    ) -> Result<ShownKey> {
        self.core.may_mint(op, caller).await?;
        let standing = self.keeping(caller, organization).await?;
        let role = make.bounds.role.unwrap_or(OrganizationRole::User);
        if role > standing.role {
            let error = Error::new(ErrorKind::RoleTooHigh);
            return Err(error.because(Rule::OrganizationRole, role.as_str(), standing.role.as_str()));
        }
        make.bounds.role = Some(role);
        let owner = KeyOwner::Organization(organization);
        let (new, secret) = self.new_key(op, surface, owner, make, false);
        let key = new.key.clone();
        let mut changes = standing.held(caller);
        changes.push(Change::OpenOrganizationKey { key: new, organization, limit: LIMIT });
        let event = Event::new(op, EventKind::ApiKeyCreated).of(&caller.user).in_organization(organization);
        self.core.store.commit(Commit { changes, events: vec![event] }).await?;
        Ok(ShownKey { key, secret: Some(secret) })
    }

    /// An organization's keys at a door that were not ended, oldest first, expired ones too; without their secrets.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: as in [`ApiKeys::create_for_organization`]. [`ErrorKind::Unavailable`].
    pub async fn list_of_organization(
        &self,
        _op: &Op,
        door: &Door,
        caller: &Caller,
        organization: OrganizationId,
    ) -> Result<Vec<ApiKey>> {
        self.keeping(caller, organization).await?;
        Ok(self.core.store.organization_keys(organization, door).await?)
    }

    /// Ends a key of an organization, expired or not.
    ///
    /// # Errors
    /// [`ErrorKind::ApiKeyNotFound`]: there is none, or it is not this organization's. [`ErrorKind::Forbidden`]: as in
    /// [`ApiKeys::create_for_organization`]. [`ErrorKind::Conflict`], [`ErrorKind::Unavailable`].
    pub async fn end_of_organization(
        &self,
        op: &Op,
        door: &Door,
        caller: &Caller,
        organization: OrganizationId,
        id: ApiKeyId,
    ) -> Result<()> {
        let standing = self.keeping(caller, organization).await?;
        let found = self.core.store.api_key(id).await?;
        let owner = KeyOwner::Organization(organization);
        if found.is_none_or(|key| key.owner != owner || key.door != *door) {
            return Err(ErrorKind::ApiKeyNotFound.into());
        }
        let mut changes = standing.held(caller);
        changes.push(Change::EndApiKey { key: id, at: op.now, reason: EndReason::EndedByOwner });
        let event = Event::new(op, EventKind::ApiKeyEnded).of(&caller.user).in_organization(organization);
        match self.core.store.commit(Commit { changes, events: vec![event] }).await {
            Ok(_) => Ok(()),
            Err(StoreError::Conflict(Conflict::ApiKeyEnded)) => Err(ErrorKind::ApiKeyNotFound.into()),
            Err(error) => Err(error.into()),
        }
    }

    /// Where somebody stands who may see to an organization's keys: a bound credential makes none that is not bound.
    async fn keeping(&self, caller: &Caller, organization: OrganizationId) -> Result<Standing> {
        caller.must_be_whole()?;
        self.core.administering(caller, organization).await
    }
}
