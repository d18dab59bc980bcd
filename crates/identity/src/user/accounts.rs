//! What an operator does to users: make, find, list, set a password, suspend, activate, delete.

use crate::rule::Rule;
use std::sync::Arc;

use password::Password;
use uuid::Uuid;

use super::password_policy::{self, Holder};
use super::{Email, LoginKey, NewUser, PersonName, Role, Status, User, UserNumber, Username};
use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::mail::MailKind;
use crate::master_key::Purpose;
use crate::op::Op;
use crate::ports::{Change, Commit, Conflict, StoreError};
use crate::secret::{Secret, SecretForm};
use crate::session::EndReason;

/// How many digits a password has that we make: 100 bits are 25, and one more group is easier to read aloud.
const GENERATED_DIGITS: usize = 28;
/// How many users one page of a listing holds.
const PAGE: u32 = 500;

/// The accounts.
#[derive(Clone)]
pub struct Accounts {
    pub(crate) core: Arc<Core>,
}

/// A user to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// A name to sign in with, as typed.
    pub username: Option<String>,
    /// An address to sign in with, as typed.
    pub email: Option<String>,
    /// Whether the address counts as verified from the start.
    pub email_verified: bool,
    /// What to call this person.
    pub name: PersonName,
    /// What the user may do to others.
    pub role: Role,
    /// Whether the user may sign in.
    pub status: Status,
    /// Whom this user belongs to.
    pub parent: Option<UserNumber>,
    /// How the password comes about.
    pub password: NewPassword,
    /// Whether a new password must be chosen at the next login that can ask for it.
    pub must_change_password: bool,
}

/// Where a new password comes from.
#[derive(Clone)]
pub enum NewPassword {
    /// Somebody typed it.
    Given(zeroize::Zeroizing<String>),
    /// We make one and show it once.
    Generated,
    /// There is none: no password login for this user.
    None,
}

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Given(_) => "Given",
            Self::Generated => "Generated",
            Self::None => "None",
        })
    }
}

/// A user with the password that was made for it.
#[derive(Debug, Clone)]
pub struct WithPassword {
    /// The user.
    pub user: User,
    /// To be shown now and never again; only when we made it.
    pub generated: Option<Secret>,
}

impl Accounts {
    /// Makes a user.
    ///
    /// # Errors
    /// [`ErrorKind::LoginNameMissing`], [`ErrorKind::UsernameInvalid`], [`ErrorKind::EmailInvalid`],
    /// [`ErrorKind::LoginNameTaken`], [`ErrorKind::LoginNameRetired`], [`ErrorKind::PasswordTooShort`],
    /// [`ErrorKind::PasswordTooLong`], [`ErrorKind::PasswordWeak`], [`ErrorKind::Overloaded`],
    /// [`ErrorKind::Unavailable`].
    pub async fn create(&self, op: &Op, account: NewAccount) -> Result<WithPassword> {
        self.create_after(op, vec![], account, "").await
    }

    /// Makes a user in one commit with what must hold for it; the detail is the audit trail's.
    pub(super) async fn create_after(
        &self,
        op: &Op,
        mut changes: Vec<Change>,
        account: NewAccount,
        detail: &'static str,
    ) -> Result<WithPassword> {
        let username = account.username.as_deref().map(Username::new).transpose()?;
        let email = account.email.as_deref().map(Email::new).transpose()?;
        if username.is_none() && email.is_none() {
            return Err(ErrorKind::LoginNameMissing.into());
        }
        let holder = Holder {
            username: account.username.as_deref(),
            email: account.email.as_deref(),
            name: account.name.as_str(),
        };
        let (hash, generated) = self.hash_new(op, account.password, &holder).await?;
        let mut user = NewUser {
            id: self.core.uuid(op.now),
            username,
            email,
            email_verified: account.email_verified,
            name: account.name,
            role: account.role,
            status: account.status,
            parent: account.parent,
            password: hash,
            must_change_password: account.must_change_password,
            created: op.now,
            name_digests: Vec::new(),
        };
        user.name_digests = user.login_keys().into_iter().map(|key| self.retired_digest(key)).collect();
        let id = user.id;
        let mut event = Event::new(op, EventKind::UserCreated).saying(detail);
        event.user = Some(id);
        changes.push(Change::CreateUser(user));
        self.commit(changes, vec![event]).await?;
        let user = self.core.store.user_by_id(id).await?.ok_or(ErrorKind::UserNotFound)?;
        Ok(WithPassword { user, generated })
    }

    /// Finds a user by UUID, number, e-mail address or username, tried in this order.
    ///
    /// # Errors
    /// [`ErrorKind::UserNotFound`], [`ErrorKind::Unavailable`].
    pub async fn find(&self, reference: &str) -> Result<User> {
        let reference = reference.trim();
        let found = if let Ok(id) = Uuid::try_parse(reference) {
            self.core.store.user_by_id(id).await?
        } else if is_number(reference) {
            match reference.parse() {
                Ok(number) => self.core.store.user(UserNumber(number)).await?,
                Err(_) => None,
            }
        } else if let Some(key) = LoginKey::of(reference) {
            // Addresses and usernames share one namespace, so one look finds either.
            self.core.store.user_by_name(&key).await?
        } else {
            None
        };
        found.ok_or_else(|| ErrorKind::UserNotFound.into())
    }

    /// All users in order of number.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`].
    pub async fn list(&self) -> Result<Vec<User>> {
        let mut users = Vec::new();
        let mut after = UserNumber(0);
        loop {
            let page = self.core.store.users(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(users) };
            after = last.number;
            users.extend(page);
        }
    }

    /// The shortest new password, in code points, for whoever tells people.
    pub fn shortest_password(&self) -> usize {
        self.core.policy.min_password_length
    }

    /// Whether there is no user; there may have been.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`].
    pub async fn is_empty(&self) -> Result<bool> {
        Ok(self.core.store.users(UserNumber(0), 1).await?.is_empty())
    }

    /// Sets a password in the owner's place. Whoever knew the old one is out: every session by every
    /// door ends, tickets and standing keys too.
    ///
    /// # Errors
    /// [`ErrorKind::PasswordTooShort`], [`ErrorKind::PasswordTooLong`], [`ErrorKind::PasswordWeak`],
    /// [`ErrorKind::Overloaded`], [`ErrorKind::Conflict`], [`ErrorKind::Unavailable`].
    pub async fn set_password(&self, op: &Op, user: &User, password: NewPassword) -> Result<WithPassword> {
        let (hash, generated) = self.hash_new(op, password, &Holder::of(user)).await?;
        let Some(hash) = hash else { return Err(ErrorKind::PasswordTooShort { min_length: 1 }.into()) };
        let mut changes = vec![
            Change::SetPassword {
                user: user.number,
                version: user.credential_version,
                hash,
                must_change: false,
                at: op.now,
            },
            // Whoever guessed at the old password does not lock the owner out of the new one.
            Change::ClearAllThrottles { user: user.number },
        ];
        changes.extend(self.end_everything(op, user, EndReason::PasswordReset));
        changes.extend(self.core.notice(op, user, MailKind::PasswordChanged));
        let event = Event::new(op, EventKind::PasswordSet).of(user);
        self.core.commit_with_mail(changes, vec![event]).await?;
        let user = self.core.store.user(user.number).await?.ok_or(ErrorKind::UserNotFound)?;
        Ok(WithPassword { user, generated })
    }

    /// Suspends a user: every session by every door ends, and no login is answered with one.
    ///
    /// # Errors
    /// [`ErrorKind::UserNotFound`], [`ErrorKind::Unavailable`].
    pub async fn suspend(&self, op: &Op, user: &User) -> Result<()> {
        let changes = vec![
            Change::SetStatus { user: user.number, status: Status::Suspended, at: op.now },
            self.end_all(op, user, EndReason::Suspended),
            Change::EndTickets { user: user.number },
        ];
        self.commit_to(user, changes, Event::new(op, EventKind::UserSuspended)).await
    }

    /// Activates a user who was pending or suspended. What was ended stays ended.
    ///
    /// # Errors
    /// [`ErrorKind::UserNotFound`], [`ErrorKind::Unavailable`].
    pub async fn activate(&self, op: &Op, user: &User) -> Result<()> {
        let changes = vec![Change::SetStatus { user: user.number, status: Status::Active, at: op.now }];
        self.commit_to(user, changes, Event::new(op, EventKind::UserActivated)).await
    }

    /// Deletes a user: sessions end, names, address and password are wiped. Number, id and names are never given
    /// out again.
    ///
    /// # Errors
    /// [`ErrorKind::UserNotFound`], [`ErrorKind::Unavailable`].
    pub async fn delete(&self, op: &Op, user: &User) -> Result<()> {
        let retired = user.login_keys().iter().map(|key| self.retired_digest(key)).collect();
        let changes = vec![
            self.end_all(op, user, EndReason::UserDeleted),
            Change::DeleteUser { user: user.number, at: op.now, retired },
        ];
        self.commit_to(user, changes, Event::new(op, EventKind::UserDeleted)).await
    }

    fn end_all(&self, op: &Op, user: &User, reason: EndReason) -> Change {
        Change::EndSessions { user: user.number, door: None, except: None, at: op.now, reason }
    }

    pub(super) fn retired_digest(&self, key: &LoginKey) -> [u8; 32] {
        self.core.master_key.keyed_digest(Purpose::RetiredName, key.as_str().as_bytes())
    }

    /// The PHC string of a new password, and the password itself when we made it.
    pub(super) async fn hash_new(
        &self,
        op: &Op,
        password: NewPassword,
        holder: &Holder<'_>,
    ) -> Result<(Option<String>, Option<Secret>)> {
        let (typed, generated) = match password {
            NewPassword::None => return Ok((None, None)),
            NewPassword::Given(typed) => (typed, None),
            NewPassword::Generated => {
                let form = SecretForm::Hex { prefix: String::new(), digits: GENERATED_DIGITS };
                let made = form.make(&*self.core.entropy);
                (zeroize::Zeroizing::new(made.expose().to_owned()), Some(made))
            }
        };
        let hash = self.hash(op, self.fitting(&typed, holder)?).await?;
        Ok((Some(hash), generated))
    }

    /// The PHC string of a password that fits.
    pub(super) async fn hash(&self, op: &Op, password: Password) -> Result<String> {
        let hash = self.core.hash_pool.hash(op.origin.lane(), password, self.core.salt()).await?;
        Ok(hash.as_str().to_owned())
    }

    /// A new password within the policy, for this person.
    pub(super) fn fitting(&self, typed: &str, holder: &Holder<'_>) -> Result<Password> {
        let password = self.long_enough(typed)?;
        match password_policy::weakness(typed, holder, &self.core.policy) {
            None => Ok(password),
            Some(reason) => Err(Error::new(ErrorKind::PasswordWeak { reason }).because(
                Rule::PasswordStrength,
                reason.as_str(),
                "one that nobody tries early",
            )),
        }
    }

    fn long_enough(&self, typed: &str) -> Result<Password> {
        let password = Password::new(typed).map_err(|_| ErrorKind::PasswordTooLong)?;
        let min_length = self.core.policy.min_password_length;
        if password.code_points() >= min_length {
            return Ok(password);
        }
        Err(Error::new(ErrorKind::PasswordTooShort { min_length }).because(
            Rule::PasswordLength,
            "a shorter password",
            "as many characters as password.min_length says",
        ))
    }

    async fn commit_to(&self, user: &User, changes: Vec<Change>, event: Event) -> Result<()> {
        match self.core.store.commit(Commit { changes, events: vec![event.of(user)] }).await {
            Ok(_) => Ok(()),
            Err(StoreError::Conflict(Conflict::UserChanged)) => Err(ErrorKind::UserNotFound.into()),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn commit(&self, changes: Vec<Change>, events: Vec<Event>) -> Result<()> {
        self.core.store.commit(Commit { changes, events }).await?;
        Ok(())
    }
}

/// Digits and nothing else: `+2` is a username and not the number 2.
fn is_number(reference: &str) -> bool {
    !reference.is_empty() && reference.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// What names one user must not name another one by number or id.
        #[test]
        fn no_username_can_be_read_as_a_number_or_an_id(typed in "[+-]?[0-9a-fA-F{}:urnid-]{1,40}|[+-]?[0-9]{1,20}") {
            if Username::new(&typed).is_ok() {
                prop_assert!(!is_number(&typed));
                prop_assert!(Uuid::try_parse(&typed).is_err());
            }
        }
    }
}
