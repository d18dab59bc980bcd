//! Messages that a test's server sent, kept instead of carried away.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use identity::mail::{Mail, MailError, MailId, Mailer};

/// Takes every message, until it is told to refuse.
#[derive(Debug, Default)]
pub struct CapturedMail {
    taken: Mutex<Vec<(MailId, Mail)>>,
    refusal: Mutex<Option<MailError>>,
}

impl CapturedMail {
    /// Every message so far, in the order in which they left.
    pub fn all(&self) -> Vec<(MailId, Mail)> {
        lock(&self.taken).clone()
    }

    /// The messages to this address.
    pub fn to(&self, address: &str) -> Vec<Mail> {
        lock(&self.taken).iter().map(|(_, mail)| mail).filter(|mail| mail.to == address).cloned().collect()
    }

    /// The last message's token.
    pub fn last_token(&self) -> String {
        let taken = lock(&self.taken);
        let (_, mail) = taken.last().expect("a message was sent");
        mail.token.as_ref().expect("it carries a token").secret.expose().to_owned()
    }

    /// From now on each message is refused so, or taken again.
    pub fn refuse(&self, refusal: Option<MailError>) {
        *lock(&self.refusal) = refusal;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Mailer for CapturedMail {
    async fn send(&self, id: MailId, mail: &Mail) -> Result<(), MailError> {
        if let Some(refusal) = lock(&self.refusal).clone() {
            return Err(refusal);
        }
        lock(&self.taken).push((id, mail.clone()));
        Ok(())
    }
}
