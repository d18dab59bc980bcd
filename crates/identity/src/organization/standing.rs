//! What a caller may do in an organization: the role of the membership, cut to what the credential may.

use super::{Membership, OrganizationId, OrganizationRole};
use crate::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::ports::Change;
use crate::rule::Rule;
use crate::session::caller::{Caller, Credential};
use crate::user::directory::restricted;

/// Where a caller stands in an organization.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The caller's membership.
    pub membership: Membership,
    /// What the caller may do: the membership's role, or less when the credential may less.
    pub role: OrganizationRole,
}

impl Standing {
    /// # Errors
    /// [`ErrorKind::Forbidden`] when the caller may less than this role.
    pub fn must_reach(&self, least: OrganizationRole) -> Result<()> {
        if self.role >= least {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Forbidden).because(Rule::Organization, self.role.as_str(), least.as_str()))
    }

    /// What must still hold for a commit of this caller's: first in it.
    pub(crate) fn held(&self, caller: &Caller) -> Vec<Change> {
        let Membership { id, role, .. } = self.membership;
        vec![
            Change::HoldUser { user: caller.user.number, version: caller.user.credential_version },
            Change::HoldMembership { membership: id, role },
        ]
    }
}

impl Caller {
    /// What of a membership's role the credential may use; `None`: it is not good for that organization.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: the credential may less than its owner in a way that knows no organizations.
    pub(super) fn share_of(&self, membership: &Membership) -> Result<Option<OrganizationRole>> {
        if self.lacks_permissions() {
            return Err(restricted());
        }
        Ok(match &self.credential {
            Credential::Session(_) | Credential::AccessToken(_) => Some(membership.role),
            Credential::ApiKey(key) => key
                .bounds
                .reaches(membership.organization)
                .then(|| key.bounds.role.map_or(membership.role, |role| role.min(membership.role))),
        })
    }
}

impl Core {
    /// Where the caller stands in an organization.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: not a member, or the credential is not good for it. [`ErrorKind::Unavailable`].
    pub(crate) async fn standing(&self, caller: &Caller, organization: OrganizationId) -> Result<Standing> {
        let found = self.store.membership(organization, caller.user.number).await?;
        let membership = found.ok_or_else(|| refused("somebody who is no member"))?;
        let role = caller.share_of(&membership)?.ok_or_else(|| refused("a key of other organizations"))?;
        Ok(Standing { membership, role })
    }

    /// The same of somebody who administers it.
    ///
    /// # Errors
    /// As there; [`ErrorKind::Forbidden`] also for who does not.
    pub(crate) async fn administering(
        &self,
        caller: &Caller,
        organization: OrganizationId,
    ) -> Result<Standing> {
        let standing = self.standing(caller, organization).await?;
        standing.must_reach(OrganizationRole::Admin)?;
        Ok(standing)
    }
}

fn refused(seen: &'static str) -> Error {
    Error::new(ErrorKind::Forbidden).because(Rule::Organization, seen, "a member of it")
}
