//! Somebody makes an account: signs up with an address, and shows by a mailed ticket that it is the own one.
//!
//! Whether the address has an account already is told to nobody but its owner: the answer is the same, the work before
//! it too, and the owner of a taken address gets a message instead.

use crate::rule::Rule;
use zeroize::Zeroizing;

use super::accounts::Accounts;
use super::password_policy::Holder;
use super::{Email, NewUser, PersonName, Role, Status, User, UserNumber};
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::keyring::KeyUse;
use crate::mail::{Mail, MailKind, MailToken};
use crate::op::Op;
use crate::ports::{Change, Commit, Conflict, StoreError};
use crate::surface::Surface;
use crate::ticket::{Purpose, desk};

/// Somebody who wants an account.
pub struct SignUp {
    /// The address, as typed.
    pub email: String,
    /// As typed; never trimmed.
    pub password: Zeroizing<String>,
    /// What to call the person.
    pub name: PersonName,
    /// What the browser answered to whoever tells people from programs.
    pub captcha: String,
    /// Where the message leads on to; one of the addresses that the configuration allows.
    pub return_to: Option<String>,
}

impl Accounts {
    /// Takes a sign-up and sends the message that it must be confirmed by.
    ///
    /// # Errors
    /// [`ErrorKind::SignUpDisabled`], [`ErrorKind::PasswordSignInDisabled`], [`ErrorKind::Throttled`],
    /// [`ErrorKind::CaptchaRefused`],
    /// [`ErrorKind::EmailInvalid`], [`ErrorKind::PasswordTooShort`], [`ErrorKind::PasswordTooLong`],
    /// [`ErrorKind::PasswordWeak`], [`ErrorKind::Overloaded`], [`ErrorKind::Unavailable`].
    pub async fn sign_up(&self, op: &Op, surface: &Surface, sign_up: SignUp) -> Result<()> {
        if !surface.sign_up {
            return Err(Error::new(ErrorKind::SignUpDisabled).because(
                Rule::SignUp,
                "somebody who wants an account",
                "sign_up = true in the door's section",
            ));
        }
        self.core.passwords_are_taken()?;
        self.core.may_ask_for_mail(op).await?;
        self.core.judge(op, &sign_up.captcha).await?;
        let email = Email::new(&sign_up.email)?;
        // Judged by what was typed alone: what is known of the address would tell whether it has an account.
        let holder = Holder { username: None, email: Some(&sign_up.email), name: sign_up.name.as_str() };
        let hash = Some(self.hash(op, self.fitting(&sign_up.password, &holder)?).await?);
        // Two commits in each case, so that the time tells nothing: what is known about the address, then the message.
        let user = match self.core.store.user_by_name(email.key()).await? {
            Some(user) => self.sign_up_again(op, user, sign_up.name).await?,
            None => self.sign_up_new(op, email.clone(), sign_up.name).await?,
        };
        let Some(user) = user else { return self.send_nothing(op, "nobody to write to").await };
        if is_unclaimed(&user) {
            self.send_ticket(op, &user, MailKind::VerifyEmail, hash, sign_up.return_to).await
        } else {
            self.tell_owner(op, &user).await
        }
    }

    /// A pending user without a password: each ticket carries the one that was chosen with it.
    async fn sign_up_new(&self, op: &Op, email: Email, name: PersonName) -> Result<Option<User>> {
        let id = self.core.uuid(op.now);
        let digest = self.retired_digest(email.key());
        let user = NewUser {
            id,
            username: None,
            email: Some(email),
            email_verified: false,
            name,
            role: Role::User,
            status: Status::Pending,
            parent: None,
            password: None,
            must_change_password: false,
            created: op.now,
            name_digests: vec![digest],
        };
        let mut event = Event::new(op, EventKind::SignedUp);
        event.user = Some(id);
        let commit = Commit { changes: vec![Change::CreateUser(user)], events: vec![event] };
        match self.core.store.commit(commit).await {
            Ok(_) => Ok(self.core.store.user_by_id(id).await?),
            // Somebody else was first by a moment, or a deleted user had the address: then there is nobody to write to.
            Err(StoreError::Conflict(Conflict::LoginNameTaken | Conflict::LoginNameRetired)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn sign_up_again(&self, op: &Op, user: User, name: PersonName) -> Result<Option<User>> {
        let event = Event::new(op, EventKind::SignedUp).of(&user).saying("the address has an account");
        let change = is_unclaimed(&user).then_some(Change::SetName { user: user.number, name, at: op.now });
        match self
            .core
            .store
            .commit(Commit { changes: change.into_iter().collect(), events: vec![event] })
            .await
        {
            Ok(_) => Ok(self.core.store.user_by_id(user.id).await?),
            Err(StoreError::Conflict(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Sends a ticket to a user's own address.
    pub(super) async fn send_ticket(
        &self,
        op: &Op,
        user: &User,
        kind: MailKind,
        password: Option<String>,
        return_to: Option<String>,
    ) -> Result<()> {
        let address = user.email.as_deref().and_then(|email| Email::new(email).ok());
        let (Some(address), true) = (address, self.core.may_mail(op, user.number, kind).await?) else {
            return self.note(op, Some(user), "no message: too many in an hour").await;
        };
        let purpose = match kind {
            MailKind::VerifyEmail => Purpose::VerifyEmail,
            MailKind::RestorePassword
            | MailKind::AddressTaken
            | MailKind::PasswordChanged
            | MailKind::AddressChanged
            | MailKind::ConfirmAddress
            | MailKind::ApproveAddress
            | MailKind::WaysInChanged
            | MailKind::Invitation => Purpose::RestorePassword,
        };
        for _ in 0..3 {
            let issued = self.core.issue(op, user, purpose, address.key().clone(), password.clone()).await?;
            let mail = Mail {
                kind,
                to: address.as_str().to_owned(),
                name: user.name.as_str().to_owned(),
                token: Some(MailToken { secret: issued.secret, expires: issued.ticket.expires }),
                return_to: return_to.clone(),
                invited_to: None,
                at: op.now,
            };
            let mut changes = issued.changes;
            changes.push(self.core.queue(op, user.number, &mail));
            let event = Event::new(op, EventKind::TicketSent).of(user).saying(purpose.as_str());
            match self.core.commit_with_mail(changes, vec![event]).await {
                Ok(()) => return Ok(()),
                Err(StoreError::Conflict(Conflict::SigningKeyChanged)) => {}
                // Suspended, deleted or changed meanwhile: whoever asked learns nothing of it.
                Err(StoreError::Conflict(_)) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        Err(ErrorKind::Conflict.into())
    }

    async fn tell_owner(&self, op: &Op, user: &User) -> Result<()> {
        let kind = MailKind::AddressTaken;
        let may = self.core.may_mail(op, user.number, kind).await?;
        self.core.signing_ring(op, KeyUse::Probe).await?;
        match self.core.notice(op, user, kind).filter(|_| may) {
            Some(mail) => {
                let event = Event::new(op, EventKind::TicketSent).of(user).saying(kind.as_str());
                Ok(self.core.commit_with_mail(vec![mail], vec![event]).await?)
            }
            None => self.note(op, Some(user), "no message: too many in an hour").await,
        }
    }

    /// The work of sending somebody a ticket, without anybody to send it to: what the database is asked is the same.
    pub(super) async fn send_nothing(&self, op: &Op, detail: &'static str) -> Result<()> {
        self.core.may_mail(op, UserNumber(0), MailKind::RestorePassword).await?;
        self.core.signing_ring(op, KeyUse::Probe).await?;
        self.note(op, None, detail).await
    }

    /// Writes down that nothing was sent.
    async fn note(&self, op: &Op, user: Option<&User>, detail: &'static str) -> Result<()> {
        let mut event = Event::new(op, EventKind::TicketRefused).saying(detail);
        event.user = user.map(|user| user.id);
        self.commit(vec![], vec![event]).await
    }

    /// Uses up the ticket of a sign-up: the address is verified, and the user may sign in with the password that was
    /// chosen together with this very ticket.
    ///
    /// # Errors
    /// [`ErrorKind::CaptchaRefused`], [`ErrorKind::TicketInvalid`], [`ErrorKind::Throttled`], [`ErrorKind::Unavailable`].
    pub async fn verify_email(&self, op: &Op, token: &str, captcha: Option<&str>) -> Result<User> {
        if let Some(answer) = captcha {
            self.core.judge(op, answer).await?;
        }
        let (ticket, user) = self.core.ticket(op, Purpose::VerifyEmail, token).await?;
        let pending = user.status == Status::Pending;
        let changes = vec![
            Change::RedeemTicket { ticket: ticket.id, at: op.now },
            Change::VerifyEmail {
                user: user.number,
                version: user.credential_version,
                password: ticket.password.filter(|_| pending),
                at: op.now,
            },
            Change::EndTickets { user: user.number },
        ];
        let event = Event::new(op, EventKind::EmailVerified).of(&user);
        match self.core.store.commit(Commit { changes, events: vec![event] }).await {
            Ok(_) => {}
            Err(StoreError::Conflict(_)) => return Err(desk::invalid("one that was used meanwhile")),
            Err(error) => return Err(error.into()),
        }
        Ok(self.core.store.user(user.number).await?.ok_or(ErrorKind::UserNotFound)?)
    }
}

/// Whether an account is one that a sign-up made and nobody verified yet. One that somebody else made pending waits for
/// them, and is taken.
pub(super) fn is_unclaimed(user: &User) -> bool {
    let made_by_sign_up = user.role == Role::User && user.parent.is_none() && !user.has_password;
    user.status == Status::Pending && !user.email_verified && made_by_sign_up
}
