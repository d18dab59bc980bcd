//! How somebody comes to an organization with a login by a door that has them: by invitation, by registration, or with
//! one of their own.

use super::organizations::{Organizations, joined_meanwhile, opening};
use super::{
    Invitation, LONGEST_NAME, Membership, Organization, OrganizationId, OrganizationRole, invitations, name,
};
use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::op::Op;
use crate::ports::{Change, Commit, Conflict, StoreError};
use crate::rule::Rule;
use crate::secret::{Digest, Secret};
use crate::user::{LoginKey, User};

/// How somebody came to an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Was a member before.
    Already,
    /// Followed an invitation.
    Invited,
    /// Named an organization that takes in who names it.
    Registered,
    /// Belonged to nothing, and has a new one.
    Founded,
}

/// Where somebody who is about to sign in wants to belong.
#[derive(Debug, Clone, Default)]
pub struct Joining {
    /// The organization that was named.
    pub organization: Option<OrganizationId>,
    /// The code of an invitation, as presented.
    pub invitation: Option<Secret>,
}

/// The same as it is kept until they have shown who they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeptJoining {
    /// The organization that was named.
    pub organization: Option<OrganizationId>,
    /// What is kept of the invitation's code.
    pub invitation: Option<Digest>,
}

impl Joining {
    /// What of it is kept.
    ///
    /// # Errors
    /// [`ErrorKind::InvitationNotFound`]: what was presented is no code of ours.
    pub fn kept(&self) -> Result<KeptJoining> {
        let code = self.invitation.as_ref();
        let digest =
            code.map(|code| invitations::digest(code).ok_or_else(|| invitations::unknown("what is no code")));
        Ok(KeptJoining { organization: self.organization, invitation: digest.transpose()? })
    }
}

/// Where somebody belongs after a login.
#[derive(Debug, Clone)]
pub struct Joined {
    /// The organization.
    pub organization: Organization,
    /// The membership.
    pub membership: Membership,
    /// How it came about.
    pub way: Way,
}

impl Organizations {
    /// Sees to it that somebody who has just shown who they are belongs to an organization (contracts 4.1, "new
    /// account"): to the one they were invited to, else the one they name, else to any; who belongs to nothing gets one.
    /// For somebody who is a member already it changes nothing.
    ///
    /// # Errors
    /// [`ErrorKind::InvitationNotFound`]: unknown, withdrawn, expired, to another organization than the one named, or
    /// its inviter may not give that role any more. [`ErrorKind::InvitationUsed`], [`ErrorKind::InvitationNotYours`]: it
    /// was mailed to another address, or the user has not verified that one. [`ErrorKind::OrganizationNotFound`],
    /// [`ErrorKind::OrganizationClosed`]: it takes in nobody without an invitation. [`ErrorKind::Conflict`]: the user is
    /// not active, or was changed meanwhile. [`ErrorKind::Unavailable`].
    pub async fn settle_in(&self, op: &Op, user: &User, joining: &Joining) -> Result<Joined> {
        self.core.settle_in(op, user, &joining.kept()?).await
    }
}

impl Core {
    /// [`Organizations::settle_in`].
    pub(crate) async fn settle_in(&self, op: &Op, user: &User, joining: &KeptJoining) -> Result<Joined> {
        // Who loses against another login of the same user reads again, and is a member then.
        for _ in 0..3 {
            let joined = match (&joining.invitation, joining.organization) {
                (Some(code), named) => self.follow(op, user, code, named).await?,
                (None, Some(named)) => self.register(op, user, named).await?,
                (None, None) => self.settle_anywhere(op, user).await?,
            };
            if let Some(joined) = joined {
                return Ok(joined);
            }
        }
        Err(ErrorKind::Conflict.into())
    }

    /// Follows an invitation; `None`: somebody did meanwhile.
    async fn follow(
        &self,
        op: &Op,
        user: &User,
        code: &Digest,
        named: Option<OrganizationId>,
    ) -> Result<Option<Joined>> {
        let found = self.store.invitation_by_digest(code).await?;
        let invitation = found.ok_or_else(|| invitations::unknown("a code that none has"))?;
        // Before anything is told of it: to others it does not matter what became of it.
        must_be_mailed_to(user, &invitation)?;
        if named.is_some_and(|named| named != invitation.organization) {
            return Err(invitations::unknown("one to another organization than the one named"));
        }
        let organization = self.organization(invitation.organization).await?;
        if let Some(membership) = self.store.membership(organization.id, user.number).await? {
            return Ok(Some(Joined { organization, membership, way: Way::Already }));
        }
        if invitation.used.is_some() {
            return Err(ErrorKind::InvitationUsed.into());
        }
        if !invitation.is_live(op.now) {
            return Err(invitations::unknown("one that has expired"));
        }
        let hold = self.inviter_still_may(&invitation).await?;
        let membership = self.new_membership(op, organization.id, user, invitation.role);
        let redeem = Change::RedeemInvitation { invitation: invitation.id, user: user.number, at: op.now };
        let lock = Change::HoldUser { user: user.number, version: user.credential_version };
        let mut changes = vec![lock];
        changes.extend(hold);
        changes.extend([opening(user, &membership, false), redeem]);
        self.become_member(op, user, changes, Joined { organization, membership, way: Way::Invited }).await
    }

    /// What holds the inviter to the role that the invitation gives; the operator needs no holding.
    pub(super) async fn inviter_still_may(&self, invitation: &Invitation) -> Result<Option<Change>> {
        let Some(inviter) = invitation.inviter else { return Ok(None) };
        let inviter = self.store.user(inviter).await?.filter(User::is_active);
        let held = match inviter {
            Some(inviter) => self.store.membership(invitation.organization, inviter.number).await?,
            None => None,
        };
        let least = invitation.role.max(OrganizationRole::Admin);
        match held.filter(|held| held.role >= least) {
            Some(held) => Ok(Some(Change::HoldMembership { membership: held.id, role: held.role })),
            None => Err(invitations::unknown("one by somebody who may not invite as far any more")),
        }
    }

    /// Joins an organization that takes in who names it; `None`: somebody did meanwhile.
    async fn register(&self, op: &Op, user: &User, named: OrganizationId) -> Result<Option<Joined>> {
        let organization = self.organization(named).await?;
        if let Some(membership) = self.store.membership(named, user.number).await? {
            return Ok(Some(Joined { organization, membership, way: Way::Already }));
        }
        if !organization.registerable {
            return Err(Error::new(ErrorKind::OrganizationClosed).because(
                Rule::OrganizationClosed,
                "one that takes in nobody",
                "a registerable one",
            ));
        }
        let membership = self.new_membership(op, named, user, OrganizationRole::User);
        let changes = vec![opening(user, &membership, false)];
        self.become_member(op, user, changes, Joined { organization, membership, way: Way::Registered }).await
    }

    /// The user's oldest organization, or a new one; `None`: the user came to one meanwhile.
    async fn settle_anywhere(&self, op: &Op, user: &User) -> Result<Option<Joined>> {
        let belongs = self.store.memberships(user.number).await?;
        if let Some((organization, membership)) = belongs.first().cloned() {
            return Ok(Some(Joined { organization, membership, way: Way::Already }));
        }
        let (organization, membership) = self.new_organization(op, own_name(user)?, false, user);
        match self.found_organization(op, user, &organization, &membership, true).await {
            Ok(()) => Ok(Some(Joined { organization, membership, way: Way::Founded })),
            Err(error) if joined_meanwhile(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn become_member(
        &self,
        op: &Op,
        user: &User,
        changes: Vec<Change>,
        joined: Joined,
    ) -> Result<Option<Joined>> {
        let event = Event::new(op, EventKind::OrganizationJoined).of(user);
        let events = vec![event.in_organization(joined.organization.id)];
        match self.store.commit(Commit { changes, events }).await {
            Ok(_) => Ok(Some(joined)),
            Err(StoreError::Conflict(
                Conflict::MembershipExists | Conflict::InvitationGone | Conflict::MembershipChanged,
            )) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// An invitation is bound to its address, and an address that was not verified is nobody's.
fn must_be_mailed_to(user: &User, invitation: &Invitation) -> Result<()> {
    let address = user.email.as_deref().and_then(LoginKey::of);
    if user.email_verified && address.as_ref() == Some(invitation.address.key()) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::InvitationNotYours).because(
        Rule::InvitationAddress,
        "a user with another address, or one not verified",
        "the verified address that it was mailed to",
    ))
}

/// What a user's own organization is called: the local part of the address (contracts 4.1), else the username.
fn own_name(user: &User) -> Result<String> {
    let local = user.email.as_deref().and_then(|email| email.split_once('@')).map(|(local, _)| local);
    let known = local.or(user.username.as_deref()).unwrap_or_default();
    name(&known.chars().take(LONGEST_NAME).collect::<String>())
}
