//! Messages to a mail server, by SMTP (RFC 5321).
//!
//! What is refused for good is told apart from what may go well later by the step of the dialogue at which it happened:
//! only a verdict on this recipient or this message is final. A server that does not let us in, does not like the
//! sender or has no TLS today is the operator's to mend, and no message is thrown away for it.

mod connection;
pub(crate) mod examine;
mod start_tls;
mod wire;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use identity::mail::{Mail, MailError, MailId, Mailer};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use tokio::time::timeout;

use self::connection::Opener;
use super::compose::{Composed, Composer};
use crate::config::{Config, SmtpUrl};

/// How long one try may take, from the name's resolution to the server's last word.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a server may take to say that it is still there, or good-bye.
const COURTESY: Duration = Duration::from_secs(2);
/// How long a connection is kept for the next message.
const IDLE: Duration = Duration::from_secs(10);
/// How many messages take one connection; some servers count.
const MOST_MESSAGES: u32 = 50;

/// Hands messages to a mail server, one at a time on a connection, and keeps one connection for a little while.
#[derive(Debug)]
pub(super) struct Smtp {
    composer: Composer,
    opener: Opener,
    idle: Arc<Mutex<Idle>>,
}

/// The connection that waits for the next message.
#[derive(Default)]
struct Idle {
    connection: Option<Connection>,
    /// How often one was put here: tells whether the one that is here still is the one that was.
    times: u64,
}

/// Connections cannot be printed.
impl std::fmt::Debug for Idle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Idle").finish_non_exhaustive()
    }
}

struct Connection {
    smtp: AsyncSmtpConnection,
    messages: u32,
}

impl Smtp {
    /// # Errors
    /// One sentence with the remedy: certificates or a password that cannot be read.
    pub(super) fn new(server: &SmtpUrl, config: &Config, composer: Composer) -> anyhow::Result<Self> {
        Ok(Self { composer, opener: Opener::new(server, config)?, idle: Arc::default() })
    }

    /// The connection that was kept, if the server still knows of it, else a new one.
    async fn connection(&self) -> Result<Connection, MailError> {
        let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).connection.take();
        if let Some(mut kept) = kept
            && timeout(COURTESY, kept.smtp.test_connected()).await.unwrap_or(false)
        {
            return Ok(kept);
        }
        Ok(Connection { smtp: self.opener.open().await?, messages: 0 })
    }

    /// Keeps a connection for the next message, and ends it when none comes.
    async fn keep(&self, mut connection: Connection) {
        connection.messages += 1;
        let surplus = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.connection.is_some() || connection.messages >= MOST_MESSAGES {
                Some(connection)
            } else {
                idle.connection = Some(connection);
                idle.times += 1;
                tokio::spawn(end_when_idle(Arc::clone(&self.idle), idle.times));
                None
            }
        };
        if let Some(surplus) = surplus {
            part(surplus).await;
        }
    }
}

async fn end_when_idle(idle: Arc<Mutex<Idle>>, times: u64) {
    tokio::time::sleep(IDLE).await;
    let unused = {
        let mut idle = idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.times == times { idle.connection.take() } else { None }
    };
    if let Some(unused) = unused {
        part(unused).await;
    }
}

/// Says good-bye, without waiting long for the answer.
async fn part(mut connection: Connection) {
    // It is over either way.
    let _ = timeout(COURTESY, connection.smtp.quit()).await;
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, id: MailId, mail: &Mail) -> Result<(), MailError> {
        let message = self.composer.compose(id, mail)?;
        let attempt = async {
            let mut connection = self.connection().await?;
            let outcome = hand_over(&mut connection.smtp, &message).await;
            Ok((connection, outcome))
        };
        let late = || MailError::Later(format!("the mail server did not finish within {PATIENCE:?}"));
        let (connection, outcome) = timeout(PATIENCE, attempt).await.map_err(|_| late())??;
        match &outcome {
            Ok(()) => self.keep(connection).await,
            Err(_) => part(connection).await,
        }
        outcome
    }
}

/// MAIL, RCPT, DATA and the message; the server is responsible for it when this returns well.
async fn hand_over(smtp: &mut AsyncSmtpConnection, message: &Composed) -> Result<(), MailError> {
    let options = options(smtp, message)?;
    let sender = smtp.command(MailFrom::new(Some(message.from.clone()), options)).await;
    sender.map_err(|error| judged(Step::Sender, &error))?;
    let recipient = smtp.command(Rcpt::new(message.to.clone(), Vec::new())).await;
    recipient.map_err(|error| judged(Step::Recipient, &error))?;
    let begin = smtp.command(Data).await.map_err(|error| judged(Step::Message, &error))?;
    if !begin.has_code(354) {
        return Err(MailError::Later(
            "the mail server answered DATA with something else than 354".to_owned(),
        ));
    }
    smtp.message(&message.bytes).await.map_err(|error| judged(Step::Message, &error))?;
    Ok(())
}

/// What the server must be able to do for an address outside ASCII (RFC 6531).
fn options(smtp: &AsyncSmtpConnection, message: &Composed) -> Result<Vec<MailParameter>, MailError> {
    if message.bytes.is_ascii() && AsRef::<str>::as_ref(&message.to).is_ascii() {
        return Ok(Vec::new());
    }
    let server = smtp.server_info();
    if server.supports_feature(Extension::SmtpUtfEight) && server.supports_feature(Extension::EightBitMime) {
        Ok(vec![MailParameter::SmtpUtfEight, MailParameter::Body(MailBodyParameter::EightBitMime)])
    } else {
        let why = "the address is not in ASCII, and the mail server does not take such addresses (SMTPUTF8)";
        Err(MailError::Never(why.to_owned()))
    }
}

/// Where a dialogue failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Greeting,
    Login,
    Sender,
    Recipient,
    Message,
}

impl Step {
    /// What the server refuses when it refuses this step.
    fn refused(self) -> &'static str {
        match self {
            Self::Greeting => "us",
            Self::Login => "the user and password of mail.smtp_url",
            Self::Sender => "the sender, mail.from",
            Self::Recipient => "the recipient",
            Self::Message => "the message",
        }
    }

    /// Whether a refusal is about this message, and not about us.
    fn is_verdict(self) -> bool {
        match self {
            Self::Recipient | Self::Message => true,
            Self::Greeting | Self::Login | Self::Sender => false,
        }
    }
}

/// What an error means for the message. The server's own words stay out of it: they often repeat the address.
fn judged(step: Step, error: &Error) -> MailError {
    let Some(code) = error.status() else {
        let why = match (error.is_response(), std::error::Error::source(error)) {
            (true, _) => "it hung up, or answered what is not SMTP".to_owned(),
            (false, Some(cause)) => cause.to_string(),
            (false, None) => "the connection failed".to_owned(),
        };
        return MailError::Later(format!("the mail server did not finish: {why}"));
    };
    let number = u16::from(code);
    let words = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let enhanced = enhanced(&words).map(|code| format!(" {code}")).unwrap_or_default();
    // RFC 4954, 6: these ask for another way of logging in, whatever they answer.
    let about_login = matches!(number, 530 | 534 | 535 | 538);
    let what = if about_login { Step::Login.refused() } else { step.refused() };
    if error.is_permanent() && step.is_verdict() && !about_login {
        MailError::Never(format!("the mail server refuses {what} for good: {number}{enhanced}"))
    } else {
        MailError::Later(format!("the mail server does not accept {what}: {number}{enhanced}"))
    }
}

/// The status code of RFC 3463 that an answer begins with, such as `5.1.1`.
fn enhanced(words: &str) -> Option<&str> {
    let code = words.split_whitespace().next()?;
    let numbers: Vec<&str> = code.split('.').collect();
    let is_number =
        |text: &&str| (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    (numbers.len() == 3 && numbers.iter().all(is_number)).then_some(code)
}

#[cfg(test)]
mod scripted;
#[cfg(test)]
mod tests;
