//! Use cases of invitations: invite, list, withdraw.
//!
//! A member who invites holds the own membership's row in the same commit: somebody whose role is lowered meanwhile has invited
//! before that or not at all. How an invitation is followed stands in [`super::joining`].

use crate::rule::Rule;
use std::time::Duration;

use uuid::Uuid;

use super::organizations::Organizations;
use super::{Invitation, InvitationId, NewInvitation, Organization, OrganizationId, OrganizationRole};
use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::mail::{InvitedTo, Mail, MailKind, MailToken};
use crate::op::Op;
use crate::ports::{Change, Commit, Conflict, Entropy, StoreError};
use crate::secret::{Digest, Secret};
use crate::session::caller::Caller;
use crate::user::{Email, UserNumber};

/// How long an invitation is good.
pub const LIFE: Duration = Duration::from_hours(7 * 24);
/// How many invitations one user mails in an hour.
pub const PER_HOUR: u32 = 50;
const HOUR: Duration = Duration::from_hours(1);

/// Somebody to be invited.
#[derive(Clone)]
pub struct Invite {
    /// The address, as typed.
    pub email: String,
    /// The role of who follows it.
    pub role: OrganizationRole,
    /// Where the message leads; `None`: to our own page.
    pub link: Option<InvitationLink>,
}

/// How the operator's invitation reaches whom it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// By mail.
    Mailed,
    /// The operator is shown the code, and sees to it that nobody but the owner of the address gets it.
    Shown,
}

/// Where an application's invitation leads: `{app_url}/auth?inv_code=...&organization_id=...&redirect_uri=...`
/// (contracts 4.5). Both were checked by the caller: addresses that the configuration lets a login lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationLink {
    /// The application's address, without `/auth`.
    pub app_url: String,
    /// Where the application leads on to after the login.
    pub redirect_uri: String,
}

impl Organizations {
    /// Invites somebody by mail. The code is in the message and nowhere else.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: the caller does not administer the organization. [`ErrorKind::EmailInvalid`],
    /// [`ErrorKind::SelfInvitation`], [`ErrorKind::RoleTooHigh`], [`ErrorKind::AlreadyMember`],
    /// [`ErrorKind::AlreadyInvited`], [`ErrorKind::Throttled`]: more than [`PER_HOUR`]. [`ErrorKind::Conflict`],
    /// [`ErrorKind::Unavailable`].
    pub async fn invite(
        &self,
        op: &Op,
        caller: &Caller,
        organization: OrganizationId,
        invite: Invite,
    ) -> Result<Invitation> {
        let standing = self.core.administering(caller, organization).await?;
        let address = Email::new(&invite.email)?;
        if caller.user.login_keys().contains(address.key()) {
            return Err(ErrorKind::SelfInvitation.into());
        }
        if invite.role > standing.role {
            let error = Error::new(ErrorKind::RoleTooHigh);
            return Err(error.because(Rule::OrganizationRole, invite.role.as_str(), standing.role.as_str()));
        }
        self.core.may_be_invited(organization, &address).await?;
        self.core.may_invite(op, caller).await?;
        let organization = self.core.organization(organization).await?;
        let by = Some(caller.user.number);
        let at_page = invite.link.is_none();
        let (new, code) = self.core.new_invitation(op, by, organization.id, address, invite.role, at_page);
        let invitation = new.invitation.clone();
        let mail = message(op, &organization, &invitation, code, invite.link);
        let mut changes = standing.held(caller);
        changes.push(Change::OpenInvitation(new));
        // About the inviter: it counts against them, and does not leave when their account is deleted.
        changes.push(self.core.queue(op, caller.user.number, &mail));
        let event = Event::new(op, EventKind::InvitationSent).of(&caller.user);
        self.core.commit_with_mail(changes, vec![event.in_organization(organization.id)]).await?;
        Ok(invitation)
    }

    /// Invites somebody in the operator's name, to our own page. It takes the place of an invitation that waits for the same
    /// address, by whomever. The code: only of one that is [`Delivery::Shown`].
    ///
    /// # Errors
    /// [`ErrorKind::EmailInvalid`], [`ErrorKind::AlreadyMember`], [`ErrorKind::Conflict`], [`ErrorKind::Unavailable`].
    pub async fn invite_by_operator(
        &self,
        op: &Op,
        organization: &Organization,
        email: &str,
        role: OrganizationRole,
        delivery: Delivery,
    ) -> Result<(Invitation, Option<Secret>)> {
        let address = Email::new(email)?;
        self.core.may_be_invited(organization.id, &address).await?;
        let mut changes = Vec::new();
        let waiting = self.core.store.invitations(organization.id).await?;
        let same = |made: &&Invitation| made.is_live(op.now) && made.address.key() == address.key();
        changes.extend(
            waiting.iter().filter(same).map(|made| Change::WithdrawInvitation { invitation: made.id }),
        );
        let (new, code) = self.core.new_invitation(op, None, organization.id, address, role, true);
        let invitation = new.invitation.clone();
        changes.push(Change::OpenInvitation(new));
        let shown = match delivery {
            Delivery::Shown => Some(code),
            Delivery::Mailed => {
                let mail = message(op, organization, &invitation, code, None);
                changes.push(self.core.queue(op, None, &mail));
                None
            }
        };
        let event = Event::new(op, EventKind::InvitationSent).in_organization(organization.id);
        self.core.commit_with_mail(changes, vec![event]).await?;
        Ok((invitation, shown))
    }

    /// The invitations to an organization that were neither withdrawn nor forgotten, oldest first; followed ones too.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: the caller does not administer it. [`ErrorKind::Unavailable`].
    pub async fn invitations(
        &self,
        op: &Op,
        caller: &Caller,
        organization: OrganizationId,
    ) -> Result<Vec<Invitation>> {
        self.core.administering(caller, organization).await?;
        let mut all = self.core.store.invitations(organization).await?;
        all.retain(|invitation| invitation.used.is_some() || invitation.is_live(op.now));
        Ok(all)
    }

    /// Takes an invitation back: its code opens nothing any more, and its address is forgotten.
    ///
    /// # Errors
    /// [`ErrorKind::InvitationNotFound`]: there is none, or it is one of an organization that the caller does not
    /// belong to. [`ErrorKind::Forbidden`]: the caller does not administer it. [`ErrorKind::Conflict`],
    /// [`ErrorKind::Unavailable`].
    pub async fn withdraw(&self, op: &Op, caller: &Caller, invitation: InvitationId) -> Result<()> {
        let found = self.core.store.invitation(invitation).await?;
        let organization = found.ok_or_else(|| unknown("an id that none has"))?.organization;
        if self.core.store.membership(organization, caller.user.number).await?.is_none() {
            return Err(unknown("one to another organization"));
        }
        let standing = self.core.administering(caller, organization).await?;
        let mut changes = standing.held(caller);
        changes.push(Change::WithdrawInvitation { invitation });
        let event = Event::new(op, EventKind::InvitationWithdrawn).of(&caller.user);
        let events = vec![event.in_organization(organization)];
        match self.core.store.commit(Commit { changes, events }).await {
            Ok(_) => Ok(()),
            Err(StoreError::Conflict(Conflict::InvitationGone)) => Err(unknown("one that was withdrawn")),
            Err(error) => Err(error.into()),
        }
    }
}

impl Core {
    /// Whether this address belongs to nobody in the organization yet. That nobody is invited twice is the store's
    /// to see.
    async fn may_be_invited(&self, organization: OrganizationId, address: &Email) -> Result<()> {
        let Some(user) = self.store.user_by_name(address.key()).await? else { return Ok(()) };
        match self.store.membership(organization, user.number).await? {
            None => Ok(()),
            Some(_) => Err(ErrorKind::AlreadyMember.into()),
        }
    }

    async fn may_invite(&self, op: &Op, caller: &Caller) -> Result<()> {
        if self.may_mail_of(op, caller.user.number, MailKind::Invitation, PER_HOUR).await? {
            return Ok(());
        }
        let error = Error::new(ErrorKind::Throttled { retry_after: HOUR });
        Err(error.because(Rule::InvitationsOfUser, "fifty in an hour", "fewer"))
    }

    fn new_invitation(
        &self,
        op: &Op,
        inviter: Option<UserNumber>,
        organization: OrganizationId,
        address: Email,
        role: OrganizationRole,
        at_page: bool,
    ) -> (NewInvitation, Secret) {
        let code = code(&*self.entropy);
        let invitation = Invitation {
            id: InvitationId(self.uuid(op.now)),
            organization,
            address,
            role,
            inviter,
            created: op.now,
            expires: op.now + LIFE,
            used: None,
            at_page,
        };
        (NewInvitation { invitation, digest: code.digest() }, code)
    }
}

fn message(
    op: &Op,
    organization: &Organization,
    invitation: &Invitation,
    code: Secret,
    link: Option<InvitationLink>,
) -> Mail {
    Mail {
        kind: MailKind::Invitation,
        to: invitation.address.as_str().to_owned(),
        // Nobody told us what to call somebody who was invited.
        name: String::new(),
        token: Some(MailToken { secret: code, expires: invitation.expires }),
        return_to: None,
        invited_to: Some(InvitedTo { id: organization.id, name: organization.name.clone(), link }),
        at: op.now,
    }
}

/// A new code: 122 random bits in the shape of a random UUID (contracts 4.1: `inv_code` is one).
fn code(entropy: &dyn Entropy) -> Secret {
    let mut random = zeroize::Zeroizing::new([0; 16]);
    entropy.fill(&mut *random);
    Secret::made(uuid::Builder::from_random_bytes(*random).into_uuid().hyphenated().to_string())
}

/// What is kept of a presented code, in whatever spelling of a UUID; `None`: it is no code of ours.
pub(super) fn digest(presented: &Secret) -> Option<Digest> {
    let code = Uuid::try_parse(presented.expose()).ok()?;
    Some(Secret::made(code.hyphenated().to_string()).digest())
}

/// The refusal of an invitation that is not there, or not any more.
pub(super) fn unknown(seen: &'static str) -> Error {
    Error::new(ErrorKind::InvitationNotFound).because(Rule::Invitation, seen, "a live one")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Ones;

    impl Entropy for Ones {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(0xFF);
        }
    }

    #[test]
    fn a_code_is_a_uuid_that_is_known_in_every_spelling() {
        let code = code(&Ones);
        assert_eq!(code.expose(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        for spelling in [code.expose().to_uppercase(), code.expose().replace('-', "")] {
            let presented = Secret::presented(&spelling).expect("plausible");
            assert_eq!(digest(&presented), Some(code.digest()), "{spelling}");
        }
        assert_eq!(digest(&Secret::presented("invite-me").expect("plausible")), None);
    }
}
