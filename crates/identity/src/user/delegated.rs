//! What one user may see of others and do to them. What the operator does stands in [`super::accounts`].

use super::accounts::{Accounts, NewAccount, NewPassword, WithPassword};
use super::{PersonName, Role, Status, User};
use crate::error::{Error, ErrorKind, Result};
use crate::op::Op;
use crate::ports::Change;
use crate::rule::Rule;
use crate::session::caller::Caller;

/// A user to be made by another one.
#[derive(Debug, Clone)]
pub struct DelegatedAccount {
    /// An address to sign in with, as typed. It counts as unverified.
    pub email: String,
    /// What to call this person.
    pub name: PersonName,
    /// What the new user may do to others.
    pub role: Role,
}

impl Role {
    /// Whether somebody with this role sees all users.
    fn sees_all(self) -> bool {
        match self {
            Self::Root | Self::Admin => true,
            Self::User | Self::Sub => false,
        }
    }

    /// Whether somebody with this role may make and change a user with that one: nobody reaches above themselves.
    pub(super) fn reaches(self, made: Self) -> bool {
        match self {
            Self::Root => true,
            Self::Admin => made != Self::Root,
            Self::User | Self::Sub => false,
        }
    }
}

impl Accounts {
    /// The users that the caller may see, in order of number: all of them for who administers users, everybody else
    /// sees only the own account.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`].
    pub async fn list_for(&self, _op: &Op, caller: &Caller) -> Result<Vec<User>> {
        if caller.user.role.sees_all() { self.list().await } else { Ok(vec![User::clone(&caller.user)]) }
    }

    /// Makes an active user on the caller's behalf, with a password that we make, that is shown once, and that must
    /// be changed. A caller who is suspended or signed out everywhere meanwhile makes nobody.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: the caller's role does not reach as far. [`ErrorKind::EmailInvalid`],
    /// [`ErrorKind::LoginNameTaken`], [`ErrorKind::LoginNameRetired`], [`ErrorKind::Conflict`],
    /// [`ErrorKind::Overloaded`], [`ErrorKind::Unavailable`].
    pub async fn create_as(
        &self,
        op: &Op,
        caller: &Caller,
        account: DelegatedAccount,
    ) -> Result<WithPassword> {
        caller.must_be_whole()?;
        let DelegatedAccount { email, name, role } = account;
        if !caller.user.role.reaches(role) {
            return Err(Error::new(ErrorKind::Forbidden).because(
                Rule::Permission,
                "one that may not make such users",
                "root, or admin and no root to be made",
            ));
        }
        let account = NewAccount {
            username: None,
            email: Some(email),
            email_verified: false,
            name,
            role,
            status: Status::Active,
            parent: None,
            password: NewPassword::Generated,
            must_change_password: true,
        };
        let still_may =
            Change::HoldUser { user: caller.user.number, version: caller.user.credential_version };
        self.create_after(op, vec![still_may], account, "").await
    }
}
