//! Use cases of organizations: make, find, list them, and who belongs to them.

use crate::rule::Rule;
use std::sync::Arc;

use uuid::Uuid;

use super::standing::Standing;
use super::{
    Membership, MembershipId, Memberships, NewMembership, Organization, OrganizationId, OrganizationRole,
    name,
};
use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::op::Op;
use crate::ports::{Change, Commit, Conflict, StoreError};
use crate::session::caller::Caller;
use crate::session::ledger::inactive;
use crate::session::lookup::View;
use crate::user::User;

/// How many organizations one page of a listing holds.
const PAGE: u32 = 500;

/// The organizations.
#[derive(Clone)]
pub struct Organizations {
    pub(crate) core: Arc<Core>,
}

impl Organizations {
    /// What a user belongs to, oldest membership first.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`].
    pub async fn memberships_of(&self, user: &User) -> Result<Memberships> {
        Ok(self.core.store.memberships(user.number).await?)
    }

    /// What a caller belongs to by this credential, oldest membership first: without the organizations that the
    /// credential is not good for, and with no more of a role than it may use.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: the credential may less than its owner in a way that knows no organizations.
    /// [`ErrorKind::Unavailable`].
    pub async fn memberships_by(&self, caller: &Caller) -> Result<Vec<(Organization, Membership)>> {
        shares(caller, &self.memberships_of(&caller.user).await?)
    }

    /// The same, where nothing has to be waited for. `None` says nothing.
    pub fn memberships_known_by(
        &self,
        view: &View<'_>,
        caller: &Caller,
    ) -> Option<Vec<(Organization, Membership)>> {
        shares(caller, &view.memberships(&self.core, caller.user.number)?).ok()
    }

    /// Where the caller stands in an organization.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: not a member, or the credential is not good for it. [`ErrorKind::Unavailable`].
    pub async fn standing(&self, caller: &Caller, organization: OrganizationId) -> Result<Standing> {
        self.core.standing(caller, organization).await
    }

    /// Makes an organization that the caller owns.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: the credential may less than its owner. [`ErrorKind::OrganizationNameInvalid`],
    /// [`ErrorKind::Conflict`], [`ErrorKind::Unavailable`].
    pub async fn create(&self, op: &Op, caller: &Caller, typed: &str) -> Result<(Organization, Membership)> {
        caller.must_be_whole()?;
        let (organization, membership) = self.core.new_organization(op, name(typed)?, false, &caller.user);
        self.core.found_organization(op, &caller.user, &organization, &membership, false).await?;
        Ok((organization, membership))
    }

    /// Makes an organization in the operator's name; without an owner nobody belongs to it yet.
    ///
    /// # Errors
    /// [`ErrorKind::OrganizationNameInvalid`], [`ErrorKind::UserInactive`]: the owner. [`ErrorKind::Conflict`],
    /// [`ErrorKind::Unavailable`].
    pub async fn create_by_operator(
        &self,
        op: &Op,
        typed: &str,
        owner: Option<&User>,
        registerable: bool,
    ) -> Result<Organization> {
        let name = name(typed)?;
        let Some(owner) = owner else {
            let organization = self.core.organization_named(op, name, registerable);
            let create = Change::CreateOrganization(organization.clone());
            let event = Event::new(op, EventKind::OrganizationCreated).in_organization(organization.id);
            self.core.store.commit(Commit { changes: vec![create], events: vec![event] }).await?;
            return Ok(organization);
        };
        if !owner.is_active() {
            return Err(inactive(owner));
        }
        let (organization, membership) = self.core.new_organization(op, name, registerable, owner);
        self.core.found_organization(op, owner, &organization, &membership, false).await?;
        Ok(organization)
    }

    /// Finds an organization by its id, or by its name where only one has it.
    ///
    /// # Errors
    /// [`ErrorKind::OrganizationNotFound`], [`ErrorKind::Unavailable`].
    pub async fn find(&self, reference: &str) -> Result<Organization> {
        let reference = reference.trim();
        let mut found = match Uuid::try_parse(reference) {
            Ok(id) => self.core.store.organization(OrganizationId(id)).await?.into_iter().collect(),
            Err(_) => self.core.store.organizations_named(reference, 2).await?,
        };
        match (found.pop(), found.is_empty()) {
            (Some(organization), true) => Ok(organization),
            (Some(_), false) => Err(unknown("a name that several have", "an id, or a name that one has")),
            (None, _) => Err(unknown("an id or name that none has", "one that is there")),
        }
    }

    /// All organizations, oldest first.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`].
    pub async fn list(&self) -> Result<Vec<Organization>> {
        let mut all = Vec::new();
        let mut after = OrganizationId(Uuid::nil());
        loop {
            let page = self.core.store.organizations(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(all) };
            after = last.id;
            all.extend(page);
        }
    }

    /// Who belongs to an organization, oldest membership first.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: the caller does not administer it. [`ErrorKind::Unavailable`].
    pub async fn members(
        &self,
        _op: &Op,
        caller: &Caller,
        organization: OrganizationId,
    ) -> Result<Vec<(Membership, User)>> {
        self.core.administering(caller, organization).await?;
        Ok(self.core.store.members(organization).await?)
    }

    /// Gives a user a role in the operator's name: another one to a member, membership to who is none.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`], [`ErrorKind::Unavailable`].
    pub async fn set_role_by_operator(
        &self,
        op: &Op,
        organization: &Organization,
        user: &User,
        role: OrganizationRole,
    ) -> Result<Membership> {
        let held = self.core.store.membership(organization.id, user.number).await?;
        let (change, kind, membership) = match held {
            Some(held) => {
                let change = Change::SetMembershipRole { membership: held.id, role, at: op.now };
                (change, EventKind::MembershipChanged, Membership { role, updated: op.now, ..held })
            }
            None => {
                let membership = self.core.new_membership(op, organization.id, user, role);
                (opening(user, &membership, false), EventKind::OrganizationJoined, membership)
            }
        };
        let event = Event::new(op, kind).of(user).in_organization(organization.id);
        self.core.store.commit(Commit { changes: vec![change], events: vec![event] }).await?;
        Ok(membership)
    }
}

impl Organizations {
    /// Who belongs to an organization, oldest membership first, for the operator.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`].
    pub async fn members_for_operator(&self, organization: &Organization) -> Result<Vec<(Membership, User)>> {
        Ok(self.core.store.members(organization.id).await?)
    }

    /// Takes a member out in the operator's name; `false`: the user was none. What the member invited can not be followed any more; keys of the
    /// organization stay.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`].
    pub async fn remove_by_operator(
        &self,
        op: &Op,
        organization: &Organization,
        user: &User,
    ) -> Result<bool> {
        let Some(held) = self.core.store.membership(organization.id, user.number).await? else {
            return Ok(false);
        };
        let event = Event::new(op, EventKind::OrganizationLeft).of(user).in_organization(organization.id);
        let changes = vec![Change::EndMembership { membership: held.id }];
        match self.core.store.commit(Commit { changes, events: vec![event] }).await {
            Ok(_) => Ok(true),
            Err(StoreError::Conflict(Conflict::MembershipChanged)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

impl Core {
    /// An organization about to be made, and its owner's membership.
    pub(super) fn new_organization(
        &self,
        op: &Op,
        name: String,
        registerable: bool,
        owner: &User,
    ) -> (Organization, Membership) {
        let organization = self.organization_named(op, name, registerable);
        let membership = self.new_membership(op, organization.id, owner, OrganizationRole::Owner);
        (organization, membership)
    }

    fn organization_named(&self, op: &Op, name: String, registerable: bool) -> Organization {
        let id = OrganizationId(self.uuid(op.now));
        Organization { id, name, registerable, created: op.now, updated: op.now }
    }

    pub(super) fn new_membership(
        &self,
        op: &Op,
        organization: OrganizationId,
        user: &User,
        role: OrganizationRole,
    ) -> Membership {
        let id = MembershipId(self.uuid(op.now));
        Membership { id, organization, user: user.number, role, created: op.now, updated: op.now }
    }

    /// Makes an organization with its owner in one commit; with `first` only for who belongs to nothing.
    pub(super) async fn found_organization(
        &self,
        op: &Op,
        owner: &User,
        organization: &Organization,
        membership: &Membership,
        first: bool,
    ) -> std::result::Result<(), StoreError> {
        let changes =
            vec![Change::CreateOrganization(organization.clone()), opening(owner, membership, first)];
        let event = Event::new(op, EventKind::OrganizationCreated).of(owner);
        let events = vec![event.in_organization(organization.id)];
        self.store.commit(Commit { changes, events }).await.map(drop)
    }

    /// The organization with this id.
    ///
    /// # Errors
    /// [`ErrorKind::OrganizationNotFound`], [`ErrorKind::Unavailable`].
    pub(crate) async fn organization(&self, id: OrganizationId) -> Result<Organization> {
        let found = self.store.organization(id).await?;
        found.ok_or_else(|| unknown("an id that none has", "one that is there"))
    }
}

/// The change that makes a membership of a user as read.
pub(super) fn opening(user: &User, membership: &Membership, first: bool) -> Change {
    let (membership, version) = (membership.clone(), user.credential_version);
    Change::OpenMembership(NewMembership { membership, version, first })
}

/// Whether a commit lost against one that made a membership of the same user.
pub(super) fn joined_meanwhile(error: &StoreError) -> bool {
    matches!(error, StoreError::Conflict(Conflict::MembershipExists))
}

fn unknown(seen: &'static str, wanted: &'static str) -> Error {
    Error::new(ErrorKind::OrganizationNotFound).because(Rule::Organization, seen, wanted)
}

fn shares(
    caller: &Caller,
    belongs: &[(Organization, Membership)],
) -> Result<Vec<(Organization, Membership)>> {
    let mut reached = Vec::with_capacity(belongs.len());
    for (organization, membership) in belongs {
        if let Some(role) = caller.share_of(membership)? {
            reached.push((organization.clone(), Membership { role, ..membership.clone() }));
        }
    }
    Ok(reached)
}
