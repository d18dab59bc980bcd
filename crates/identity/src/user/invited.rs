//! Somebody without an account follows an invitation: the code was mailed, so the address is verified by it, and account
//! and membership come in one commit.
//!
//! A sign-up that nobody has verified does not stand in the way: the account that it left is theirs who read the mail.

use crate::rule::Rule;
use zeroize::Zeroizing;

use super::accounts::Accounts;
use super::password_policy::Holder;
use super::sign_up::is_unclaimed;
use super::{FIRST_VERSION, NewUser, PersonName, Role, Status, User};
use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::op::Op;
use crate::organization::admission::Admitting;
use crate::organization::{Admission, Invitation, MembershipId, Organization};
use crate::ports::{Change, Commit, Conflict, StoreError};

/// What is known here of the address that somebody was invited by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Newcomer {
    /// Nobody has it.
    Unknown,
    /// A sign-up with it that was never verified.
    Unclaimed(Box<User>),
    /// An account has it, whatever it may do.
    HasAccount,
}

/// What a new member has chosen.
pub struct NewMember {
    /// What to call the person; may be empty.
    pub name: PersonName,
    /// As typed; never trimmed.
    pub password: Zeroizing<String>,
}

impl Accounts {
    /// Makes an account with the address that an invitation to our own page was mailed to, and the membership.
    ///
    /// # Errors
    /// [`ErrorKind::PasswordSignInDisabled`]. [`ErrorKind::PasswordTooShort`], [`ErrorKind::PasswordTooLong`],
    /// [`ErrorKind::PasswordWeak`], [`ErrorKind::Overloaded`], which leave the invitation good. [`ErrorKind::InvitationNotFound`],
    /// [`ErrorKind::InvitationUsed`], as for [`crate::organization::organizations::Organizations::opened`].
    /// [`ErrorKind::LoginNameTaken`]: the address has an account, which is to sign in. [`ErrorKind::LoginNameRetired`],
    /// [`ErrorKind::Conflict`], [`ErrorKind::Unavailable`].
    pub async fn join_invited(&self, op: &Op, code: &str, member: NewMember) -> Result<(User, Organization)> {
        self.core.passwords_are_taken()?;
        // Nobody has a password judged and hashed who holds no code.
        let invitation = self.core.admitting(op, code).await?.invitation;
        must_be_new(&self.core.newcomer(&invitation).await?)?;
        let email = Some(invitation.address.as_str());
        let holder = Holder { username: None, email, name: member.name.as_str() };
        let hash = self.hash(op, self.fitting(&member.password, &holder)?).await?;
        for _ in 0..3 {
            let admitting = self.core.admitting(op, code).await?;
            let newcomer = self.core.newcomer(&admitting.invitation).await?;
            must_be_new(&newcomer)?;
            let organization = admitting.organization.clone();
            let (id, commit) = self.admission(op, admitting, newcomer, &member.name, &hash);
            match self.core.store.commit(commit).await {
                Ok(_) => {
                    let user = self.core.store.user_by_id(id).await?.ok_or(ErrorKind::UserNotFound)?;
                    return Ok((user, organization));
                }
                // Of several who follow it at once the others read again, and are told what became of it.
                Err(StoreError::Conflict(
                    Conflict::LoginNameTaken
                    | Conflict::UserChanged
                    | Conflict::InvitationGone
                    | Conflict::MembershipExists
                    | Conflict::MembershipChanged,
                )) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ErrorKind::Conflict.into())
    }

    /// The user's id, and everything that makes them a member.
    fn admission(
        &self,
        op: &Op,
        Admitting { invitation, organization, hold }: Admitting,
        newcomer: Newcomer,
        name: &PersonName,
        hash: &str,
    ) -> (uuid::Uuid, Commit) {
        let (id, version, mut changes, kind) = match newcomer {
            Newcomer::Unclaimed(user) => {
                let changes = self.claiming(op, &user, name, hash);
                (user.id, user.credential_version + 1, changes, EventKind::EmailVerified)
            }
            Newcomer::Unknown | Newcomer::HasAccount => {
                let user = self.new_member(op, &invitation, name, hash);
                (user.id, FIRST_VERSION, vec![Change::CreateUser(user)], EventKind::UserCreated)
            }
        };
        changes.extend(hold);
        changes.push(Change::Admit(Admission {
            invitation: invitation.id,
            user: id,
            version,
            membership: MembershipId(self.core.uuid(op.now)),
            organization: organization.id,
            role: invitation.role,
            at: op.now,
        }));
        let about = |kind| {
            let mut event = Event::new(op, kind);
            event.user = Some(id);
            event
        };
        let joined = about(EventKind::OrganizationJoined).in_organization(organization.id);
        (id, Commit { changes, events: vec![about(kind), joined] })
    }

    /// What makes the account of a sign-up theirs who read the mail: whatever was chosen with that sign-up is dead.
    fn claiming(&self, op: &Op, user: &User, name: &PersonName, hash: &str) -> Vec<Change> {
        let (user, version, at) = (user.number, user.credential_version, op.now);
        vec![
            Change::VerifyEmail { user, version, password: Some(hash.to_owned()), at },
            Change::SetName { user, name: name.clone(), at },
            Change::EndTickets { user },
        ]
    }

    fn new_member(&self, op: &Op, invitation: &Invitation, name: &PersonName, hash: &str) -> NewUser {
        NewUser {
            id: self.core.uuid(op.now),
            username: None,
            email: Some(invitation.address.clone()),
            email_verified: true,
            name: name.clone(),
            role: Role::User,
            status: Status::Active,
            parent: None,
            password: Some(hash.to_owned()),
            must_change_password: false,
            created: op.now,
            name_digests: vec![self.retired_digest(invitation.address.key())],
        }
    }
}

impl Core {
    /// What is known of the address of an invitation. Who holds its code reads mail there, and may know.
    pub(crate) async fn newcomer(&self, invitation: &Invitation) -> Result<Newcomer> {
        Ok(match self.store.user_by_name(invitation.address.key()).await? {
            None => Newcomer::Unknown,
            Some(user) if is_unclaimed(&user) => Newcomer::Unclaimed(Box::new(user)),
            Some(_) => Newcomer::HasAccount,
        })
    }
}

fn must_be_new(newcomer: &Newcomer) -> Result<()> {
    if *newcomer != Newcomer::HasAccount {
        return Ok(());
    }
    Err(Error::new(ErrorKind::LoginNameTaken).because(
        Rule::LoginNameTaken,
        "an address that has an account",
        "a login with that account",
    ))
}
