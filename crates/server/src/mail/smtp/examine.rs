//! The way to the mail server, walked for the operator: as far as the sender, and no message unless one is asked for.

use std::time::Duration;

use identity::mail::MailError;
use lettre::Message;
use lettre::message::Mailbox;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt, Rset};
use tokio::time::timeout;

use super::connection::{Opener, Stage};
use super::{Step, judged};
use crate::config::{Config, SmtpUrl};

/// How long the server may take until it is ready for a message, and for the message.
const PATIENCE: Duration = Duration::from_secs(8);

/// What stands in the way of mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// A file of ours: certificates or the password.
    Settings,
    /// Nothing answers there.
    Unreachable,
    /// It cannot encrypt.
    NoStartTls,
    /// It encrypts, but from another moment on than the scheme says.
    TlsKind,
    /// Its certificate is not one for its name, or nobody vouches for it.
    Certificate,
    /// It does not greet us.
    Greeting,
    /// It does not let us in.
    Login,
    /// It does not take our sender.
    Sender,
    /// It takes the sender, and carries nothing for us.
    Relay,
    /// It does not take the message that was asked for.
    Message,
}

/// An obstacle, with what was seen: a clause without a secret.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) obstacle: Obstacle,
    pub(crate) seen: String,
}

impl Trouble {
    fn new(obstacle: Obstacle, seen: impl Into<String>) -> Self {
        Self { obstacle, seen: seen.into() }
    }

    fn of(obstacle: Obstacle, error: &MailError) -> Self {
        let (MailError::Later(seen) | MailError::Never(seen)) = error;
        Self::new(obstacle, seen.clone())
    }
}

/// Walks the way, and sends a message to `to` if there is one. Without it the server is told a sender and, as recipient, the
/// sender's own address, and then to forget both.
pub(crate) async fn examine(server: &SmtpUrl, config: &Config, to: Option<&Mailbox>) -> Result<(), Trouble> {
    let opener = Opener::new(server, config);
    let opener = opener.map_err(|error| Trouble::new(Obstacle::Settings, format!("{error:#}")))?;
    let mut stage = Stage::default();
    let opened = timeout(PATIENCE, opener.open_by_stages(&mut stage)).await;
    let mut smtp = match opened {
        Ok(Ok(smtp)) => smtp,
        Ok(Err(error)) => return Err(not_opened(&opener, stage, &error).await),
        Err(_) => {
            let late = format!("the mail server says nothing for {} seconds", PATIENCE.as_secs());
            return Err(not_opened(&opener, stage, &MailError::Later(late)).await);
        }
    };
    let from = config.mail.from.mailbox();
    let late = |_| Trouble::new(Obstacle::Message, "the mail server does not finish".to_owned());
    timeout(PATIENCE, hand_over(&mut smtp, from, to)).await.map_err(late)??;
    // It is over either way.
    let _ = timeout(Duration::from_secs(2), smtp.quit()).await;
    Ok(())
}

async fn not_opened(opener: &Opener, stage: Stage, error: &MailError) -> Trouble {
    let told = error.to_string();
    let obstacle = match stage {
        Stage::Connect => Obstacle::Unreachable,
        // A server that waits for a handshake greets nobody before it.
        Stage::StartTls | Stage::Greeting => {
            let looked = timeout(PATIENCE, opener.is_encrypted_from_the_start()).await;
            if !told.contains("STARTTLS") && looked.unwrap_or(false) {
                return Trouble::new(Obstacle::TlsKind, "the mail server encrypts from the first byte on");
            }
            if stage == Stage::StartTls && told.contains("STARTTLS") {
                return Trouble::new(Obstacle::NoStartTls, "the mail server offers no STARTTLS");
            }
            Obstacle::Greeting
        }
        // Its greeting in the open is no TLS record.
        Stage::Handshake if told.contains("corrupt message") || told.contains("InvalidContentType") => {
            return Trouble::new(Obstacle::TlsKind, "the mail server does not begin with TLS");
        }
        Stage::Handshake => Obstacle::Certificate,
        Stage::Login => Obstacle::Login,
    };
    Trouble::of(obstacle, error)
}

async fn hand_over(
    smtp: &mut AsyncSmtpConnection,
    from: &Mailbox,
    to: Option<&Mailbox>,
) -> Result<(), Trouble> {
    let sender = smtp.command(MailFrom::new(Some(from.email.clone()), Vec::new())).await;
    sender.map_err(|error| {
        // Where a login is wanted and none is configured, servers say so here.
        let login = error.status().is_some_and(|code| matches!(u16::from(code), 530 | 534 | 535 | 538));
        let obstacle = if login { Obstacle::Login } else { Obstacle::Sender };
        Trouble::of(obstacle, &judged(Step::Sender, &error))
    })?;
    let recipient = to.unwrap_or(from).email.clone();
    let answered = smtp.command(Rcpt::new(recipient, Vec::new())).await;
    match (answered, to) {
        (Ok(_), None) => {}
        (Ok(_), Some(to)) => return send(smtp, from, to).await,
        (Err(error), Some(_)) => {
            return Err(Trouble::of(Obstacle::Message, &judged(Step::Recipient, &error)));
        }
        // Often nobody reads mail at the sender's address; only a refusal of us says anything.
        (Err(error), None) => {
            let told = judged(Step::Recipient, &error);
            if told.to_string().contains(" 5.7.") {
                return Err(Trouble::of(Obstacle::Relay, &told));
            }
        }
    }
    let _ = smtp.command(Rset).await;
    Ok(())
}

async fn send(smtp: &mut AsyncSmtpConnection, from: &Mailbox, to: &Mailbox) -> Result<(), Trouble> {
    let message = Message::builder()
        .from(from.clone())
        .to(to.clone())
        .subject("Vestibule can send mail")
        .body("vestibule doctor was asked to send this message. Nothing needs to be done.\r\n".to_owned())
        .map_err(|error| Trouble::new(Obstacle::Message, error.to_string()))?;
    let refused = |error| Trouble::of(Obstacle::Message, &judged(Step::Message, &error));
    smtp.command(Data).await.map_err(refused)?;
    smtp.message(&message.formatted()).await.map_err(refused)?;
    Ok(())
}
