//! The queue: a message waits in the database, sealed, until it has left; it survives a crash and is tried again after
//! growing waits.
//!
//! Somebody who delivers takes a message first, so that several processes send it once. One that dies between sending
//! and saying so leads to a second copy with the same id, never to none.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use uuid::Uuid;
use zeroize::{Zeroize as _, Zeroizing};

use super::{InvitedTo, Mail, MailError, MailId, MailKind, MailToken, Mailer};
use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::Result;
use crate::master_key::Shelf;
use crate::op::{Op, Timestamp};
use crate::organization::OrganizationId;
use crate::organization::invitations::InvitationLink;
use crate::ports::{Change, Commit, Conflict, StoreError};
use crate::secret::Secret;
use crate::user::{User, UserNumber};

/// How long others leave a message alone that somebody took; a try takes no longer than 30 seconds.
const LEASE: Duration = Duration::from_secs(40);
/// The wait after the first failure; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// No wait is longer.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// A message that did not leave by then is given up.
const GIVE_UP: Duration = Duration::from_hours(48);
/// How many messages of one kind about one user are queued in one hour on a stranger's word: enough for anybody who
/// reads them, too few to fill a mailbox with.
const PER_HOUR: u32 = 5;
/// How long it is remembered that a message left.
pub(crate) const KEPT: Duration = Duration::from_hours(24);
/// How many messages one round takes.
const BATCH: u32 = 16;

/// A message about to be queued.
#[derive(Debug, Clone)]
pub struct NewMail {
    /// Its id.
    pub id: MailId,
    /// What it is about.
    pub kind: MailKind,
    /// Whom it is about: it is wiped with the account. `None`: nobody who has one.
    pub user: Option<UserNumber>,
    /// The sealed message.
    pub sealed: Vec<u8>,
    /// When.
    pub created: Timestamp,
}

/// A message that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedMail {
    /// Its id.
    pub id: MailId,
    /// What it is about.
    pub kind: MailKind,
    /// Whom it is about, by id; `None`: nobody who has an account.
    pub user: Option<Uuid>,
    /// The sealed message.
    pub sealed: Vec<u8>,
    /// When it was queued.
    pub created: Timestamp,
    /// How often it was taken before.
    pub tries: u32,
}

/// A message as it is sealed.
#[derive(Serialize, Deserialize)]
struct Content {
    kind: MailKind,
    to: String,
    name: String,
    token: Option<(String, i64)>,
    return_to: Option<String>,
    // Messages of earlier programs have none.
    #[serde(default)]
    invited_to: Option<Invited>,
    at: i64,
}

/// What somebody is invited to, as it is sealed.
#[derive(Serialize, Deserialize)]
struct Invited {
    id: Uuid,
    name: String,
    // Both, or neither.
    app_url: Option<String>,
    redirect_uri: Option<String>,
}

impl Drop for Content {
    fn drop(&mut self) {
        if let Some((secret, _)) = &mut self.token {
            secret.zeroize();
        }
    }
}

/// What became of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    /// Messages that left.
    pub sent: u32,
    /// Messages that are due again later.
    pub later: u32,
    /// Messages that were given up.
    pub failed: u32,
}

/// The queue's side that delivers.
#[derive(Clone)]
pub struct MailQueue {
    pub(crate) core: Arc<Core>,
}

impl Core {
    /// Whether a stranger may have one more message of this kind sent to this user now. The message is counted by asking.
    pub(crate) async fn may_mail(&self, op: &Op, user: UserNumber, kind: MailKind) -> Result<bool> {
        self.may_mail_of(op, user, kind, PER_HOUR).await
    }

    /// As [`Core::may_mail`], with a number of its own.
    ///
    /// The store tells of every process what it has queued, and this process of those who ask at the same moment.
    pub(crate) async fn may_mail_of(
        &self,
        op: &Op,
        user: UserNumber,
        kind: MailKind,
        per_hour: u32,
    ) -> Result<bool> {
        let queued = self.store.mails(user, kind, op.now - Duration::from_hours(1)).await?;
        Ok(queued < per_hour.into() && self.rates.may_send(op, user, kind, per_hour))
    }

    /// Commits, and wakes whoever delivers in this process.
    pub(crate) async fn commit_with_mail(
        &self,
        changes: Vec<Change>,
        events: Vec<Event>,
    ) -> std::result::Result<(), StoreError> {
        self.store.commit(Commit { changes, events }).await?;
        self.mail_knock.notify_one();
        Ok(())
    }

    /// The notice that goes to a user's address, if there is one.
    pub(crate) fn notice(&self, op: &Op, user: &User, kind: MailKind) -> Option<Change> {
        let to = user.email.clone()?;
        let name = user.name.as_str().to_owned();
        let mail = Mail { kind, to, name, token: None, return_to: None, invited_to: None, at: op.now };
        Some(self.queue(op, user.number, &mail))
    }

    /// The change that queues a message.
    pub(crate) fn queue(&self, op: &Op, user: impl Into<Option<UserNumber>>, mail: &Mail) -> Change {
        self.queue_as(op, user, mail.kind, mail)
    }

    /// The same, counted as one of another kind: what it says is then told by nothing but the message.
    pub(crate) fn queue_as(
        &self,
        op: &Op,
        user: impl Into<Option<UserNumber>>,
        kind: MailKind,
        mail: &Mail,
    ) -> Change {
        let id = MailId(self.uuid(op.now));
        let content = Content {
            kind: mail.kind,
            to: mail.to.clone(),
            name: mail.name.clone(),
            token: mail
                .token
                .as_ref()
                .map(|token| (token.secret.expose().to_owned(), token.expires.millis())),
            return_to: mail.return_to.clone(),
            invited_to: mail.invited_to.as_ref().map(|to| Invited {
                id: to.id.0,
                name: to.name.clone(),
                app_url: to.link.as_ref().map(|link| link.app_url.clone()),
                redirect_uri: to.link.as_ref().map(|link| link.redirect_uri.clone()),
            }),
            at: mail.at.millis(),
        };
        // A struct of texts and numbers is always JSON.
        let json = Zeroizing::new(serde_json::to_vec(&content).unwrap_or_default());
        let sealed = self.master_key.seal(Shelf::Mail, id.0, &json, &*self.entropy);
        Change::QueueMail(NewMail { id, kind, user: user.into(), sealed, created: op.now })
    }

    fn unsealed(&self, queued: &QueuedMail) -> Option<Mail> {
        let json = self.master_key.open(Shelf::Mail, queued.id.0, &queued.sealed)?;
        let mut content: Content = serde_json::from_slice(&json).ok()?;
        let token = match content.token.take() {
            None => None,
            Some((mut text, expires)) => {
                let secret = Secret::presented(&text);
                text.zeroize();
                Some(MailToken { secret: secret?, expires: Timestamp::from_millis(expires) })
            }
        };
        Some(Mail {
            kind: content.kind,
            to: std::mem::take(&mut content.to),
            name: std::mem::take(&mut content.name),
            token,
            return_to: content.return_to.take(),
            invited_to: content.invited_to.take().map(|to| InvitedTo {
                id: OrganizationId(to.id),
                name: to.name,
                link: to
                    .app_url
                    .zip(to.redirect_uri)
                    .map(|(app_url, redirect_uri)| InvitationLink { app_url, redirect_uri }),
            }),
            at: Timestamp::from_millis(content.at),
        })
    }
}

impl MailQueue {
    /// Resolves soon after something was queued in this process.
    pub async fn knock(&self) {
        self.core.mail_knock.notified().await;
    }

    /// Delivers what is due, one message after the other; `now` tells the time before each.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Unavailable`]; what was sent and could not be written down is sent once more later.
    pub async fn deliver(&self, op: &Op, now: impl Fn() -> Timestamp, mailer: &dyn Mailer) -> Result<Round> {
        let mut round = Round::default();
        for queued in self.core.store.mail_due(op.now, BATCH).await? {
            let time = now();
            let claim = Change::ClaimMail { mail: queued.id, tries: queued.tries, until: time + LEASE };
            match self.core.store.commit(Commit { changes: vec![claim], events: vec![] }).await {
                Ok(_) => {}
                Err(StoreError::Conflict(Conflict::MailTaken)) => continue,
                Err(error) => return Err(error.into()),
            }
            let outcome = match self.core.unsealed(&queued) {
                None => Err(MailError::Never("the master key does not open it".to_owned())),
                Some(mail) if mail.token.as_ref().is_some_and(|token| token.expires <= time) => {
                    Err(MailError::Never("what it carries has expired".to_owned()))
                }
                Some(mail) => mailer.send(queued.id, &mail).await,
            };
            self.settle(op, &queued, now(), outcome, &mut round).await?;
        }
        Ok(round)
    }

    async fn settle(
        &self,
        op: &Op,
        queued: &QueuedMail,
        now: Timestamp,
        outcome: std::result::Result<(), MailError>,
        round: &mut Round,
    ) -> Result<()> {
        let mail = queued.id;
        let too_old = now.since(queued.created) >= GIVE_UP;
        let (change, event) = match outcome {
            Ok(()) => {
                round.sent += 1;
                (Change::MailSent { mail, at: now }, Some(EventKind::MailSent))
            }
            Err(MailError::Later(cause)) if !too_old => {
                round.later += 1;
                let wait = wait_after(queued.tries);
                tracing::warn!(%mail, cause, retry_in_s = wait.as_secs(), "a message did not leave");
                (Change::MailLater { mail, tries: queued.tries + 1, due: now + wait }, None)
            }
            Err(MailError::Later(cause) | MailError::Never(cause)) => {
                round.failed += 1;
                tracing::warn!(%mail, cause, "a message was given up");
                (Change::MailFailed { mail, at: now }, Some(EventKind::MailFailed))
            }
        };
        let mut events = Vec::new();
        if let Some(kind) = event {
            let mut event = Event { at: now, ..Event::new(op, kind) }.saying(queued.kind.as_str());
            event.user = queued.user;
            events.push(event);
        }
        self.core.store.commit(Commit { changes: vec![change], events }).await?;
        Ok(())
    }
}

/// How long a message rests after this many tries before.
fn wait_after(tries: u32) -> Duration {
    FIRST_WAIT.saturating_mul(2_u32.saturating_pow(tries)).min(LONGEST_WAIT)
}

/// Wakes who delivers.
pub(crate) type Knock = Notify;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_have_an_end() {
        let waits: Vec<u64> = (0..11).map(|tries| wait_after(tries).as_secs()).collect();
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600]);
        assert_eq!(wait_after(u32::MAX), LONGEST_WAIT);
    }
}
