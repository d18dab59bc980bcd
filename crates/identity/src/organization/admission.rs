//! An invitation at our own page: what it says to who holds its code, and joining by it with an account that is there
//! already. How somebody without one joins stands in [`crate::user::invited`].
//!
//! The page knows no invitation that leads to an application: that one's code is seen by the application as well.

use super::joining::{Joined, KeptJoining};
use super::organizations::Organizations;
use super::{Invitation, Organization, OrganizationRole, invitations};
use crate::Core;
use crate::error::{ErrorKind, Result};
use crate::op::{Op, Timestamp};
use crate::ports::Change;
use crate::secret::{Digest, Secret};
use crate::session::caller::Caller;
use crate::user::invited::Newcomer;
use crate::user::{Email, PersonName};

/// An invitation as its page tells of it.
#[derive(Debug, Clone)]
pub struct Opened {
    /// To what.
    pub organization: Organization,
    /// The role of who follows it.
    pub role: OrganizationRole,
    /// The address it was mailed to.
    pub address: Email,
    /// What to call who invited; `None`: the operator.
    pub inviter: Option<PersonName>,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// Whether an account has the address, and is to sign in; else one is made.
    pub has_account: bool,
}

impl Organizations {
    /// What an invitation says. It changes nothing.
    ///
    /// # Errors
    /// [`ErrorKind::InvitationNotFound`]: unknown, withdrawn, expired, one that leads to an application, or its inviter may
    /// not give that role any more. [`ErrorKind::InvitationUsed`], [`ErrorKind::Unavailable`].
    pub async fn opened(&self, op: &Op, code: &str) -> Result<Opened> {
        let Admitting { invitation, organization, .. } = self.core.admitting(op, code).await?;
        let inviter = match invitation.inviter {
            Some(inviter) => self.core.store.user(inviter).await?.map(|inviter| inviter.name),
            None => None,
        };
        Ok(Opened {
            organization,
            role: invitation.role,
            inviter,
            expires: invitation.expires,
            has_account: self.core.newcomer(&invitation).await? == Newcomer::HasAccount,
            address: invitation.address,
        })
    }

    /// Joins the caller to the organization that an invitation is to; who is a member already stays one.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: the credential may less than its owner. [`ErrorKind::InvitationNotFound`],
    /// [`ErrorKind::InvitationUsed`], as for [`Organizations::opened`]. [`ErrorKind::InvitationNotYours`]: it was mailed to
    /// another address, or the caller has not verified that one. [`ErrorKind::Conflict`], [`ErrorKind::Unavailable`].
    pub async fn accept(&self, op: &Op, caller: &Caller, code: &str) -> Result<Joined> {
        caller.must_be_whole()?;
        let (digest, _) = self.core.invitation_at_page(code).await?;
        let joining = KeptJoining { organization: None, invitation: Some(digest) };
        self.core.settle_in(op, &caller.user, &joining).await
    }
}

/// A live invitation, and what must hold in the commit that follows it.
pub(crate) struct Admitting {
    pub(crate) invitation: Invitation,
    pub(crate) organization: Organization,
    pub(crate) hold: Option<Change>,
}

impl Core {
    /// The live invitation behind a code as presented.
    ///
    /// # Errors
    /// As [`Organizations::opened`].
    pub(crate) async fn admitting(&self, op: &Op, code: &str) -> Result<Admitting> {
        let (_, invitation) = self.invitation_at_page(code).await?;
        if invitation.used.is_some() {
            return Err(ErrorKind::InvitationUsed.into());
        }
        if !invitation.is_live(op.now) {
            return Err(invitations::unknown("one that has expired"));
        }
        let organization = self.organization(invitation.organization).await?;
        let hold = self.inviter_still_may(&invitation).await?;
        Ok(Admitting { invitation, organization, hold })
    }

    async fn invitation_at_page(&self, code: &str) -> Result<(Digest, Invitation)> {
        let code = Secret::presented(code).and_then(|code| invitations::digest(&code));
        let code = code.ok_or_else(|| invitations::unknown("what is no code"))?;
        let found = self.store.invitation_by_digest(&code).await?;
        let invitation = found.ok_or_else(|| invitations::unknown("a code that none has"))?;
        if invitation.at_page {
            Ok((code, invitation))
        } else {
            Err(invitations::unknown("one that leads to an application"))
        }
    }
}
