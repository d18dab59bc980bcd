//! Mail: the way to the server as far as the sender, and the templates.

use lettre::message::Mailbox;

use super::finding::{Finding, Rule};
use crate::config::Config;
use crate::mail;
use crate::mail::smtp::examine::{self, Obstacle};

pub(super) static RULES: &[&Rule] = &[
    &OUTBOX,
    &SETTINGS,
    &UNREACHABLE,
    &STARTTLS,
    &TLS_KIND,
    &CERTIFICATE,
    &GREETING,
    &LOGIN,
    &SENDER,
    &RELAY,
    &MESSAGE,
];

static OUTBOX: Rule = Rule::warning(
    "mail_outbox",
    "mail.smtp_url",
    "no mail server is set: messages are files in the data folder, and nobody gets one",
    "Set mail.smtp_url",
);
static SETTINGS: Rule = Rule::fault(
    "mail_settings",
    "mail.*",
    "a template, the file of roots, or the password's file cannot be used",
    "Mend the file that is named",
);
static UNREACHABLE: Rule = Rule::fault(
    "mail_unreachable",
    "mail.smtp_url",
    "the mail server cannot be reached",
    "Correct host and port; many networks let nothing out to port 25, use 587 or 465",
);
static STARTTLS: Rule = Rule::fault(
    "mail_starttls",
    "mail.smtp_url",
    "the mail server offers no STARTTLS, and without it nothing is sent",
    "Write smtps:// where it encrypts from the start, or tls=none where the way to it is safe",
);
static TLS_KIND: Rule = Rule::fault(
    "mail_tls_kind",
    "mail.smtp_url",
    "the mail server begins to encrypt at another moment than the scheme says",
    "Write smtps:// (port 465) for one that encrypts from the start, smtp:// (port 587) for one with STARTTLS",
);
static CERTIFICATE: Rule = Rule::fault(
    "mail_certificate",
    "mail.smtp_url",
    "the mail server's certificate has ended, is for another name, or nobody vouches for it",
    "Name the server as its certificate does; for an authority of your own add roots=FILE",
);
static GREETING: Rule = Rule::fault(
    "mail_greeting",
    "mail.smtp_url",
    "what answers is no mail server, or one that refuses us",
    "Correct host and port, or let the server take connections from this machine",
);
static LOGIN: Rule = Rule::fault(
    "mail_login",
    "mail.smtp_url",
    "the mail server does not take user and password, or wants them and there are none",
    "Correct user and password; many providers want a password made for this purpose",
);
static SENDER: Rule = Rule::fault(
    "mail_sender",
    "mail.from",
    "the mail server does not take our sender",
    "Set mail.from to an address that this user may send from",
);
static RELAY: Rule = Rule::fault(
    "mail_relay",
    "mail.smtp_url",
    "the mail server takes the sender, and carries nothing for us",
    "Log in (a user and a password in mail.smtp_url), or let the server relay for this machine",
);
static MESSAGE: Rule = Rule::fault(
    "mail_message",
    "mail.smtp_url",
    "the message that was asked for was not taken",
    "Look at the mail server's log for the reason",
);

pub(super) async fn look(config: &Config, to: Option<Mailbox>) -> Vec<Finding> {
    if let Err(error) = mail::mailer(config) {
        // A password's file was told with the other files.
        let told = format!("{error:#}");
        return if told.contains("mail.smtp_password_file") {
            vec![Finding::skipped("the password cannot be read")]
        } else {
            vec![SETTINGS.met(told)]
        };
    }
    let Some(server) = &config.mail.smtp else {
        return vec![OUTBOX.met("mail.smtp_url is not set")];
    };
    match examine::examine(server, config, to.as_ref()).await {
        Ok(()) => {
            let sent = to.map_or("no message was sent".to_owned(), |to| format!("a message left for {to}"));
            vec![Finding::fine(format!("{server} takes mail from {}; {sent}", config.mail.from))]
        }
        Err(trouble) => vec![rule(trouble.obstacle).met(trouble.seen)],
    }
}

fn rule(obstacle: Obstacle) -> &'static Rule {
    match obstacle {
        Obstacle::Settings => &SETTINGS,
        Obstacle::Unreachable => &UNREACHABLE,
        Obstacle::NoStartTls => &STARTTLS,
        Obstacle::TlsKind => &TLS_KIND,
        Obstacle::Certificate => &CERTIFICATE,
        Obstacle::Greeting => &GREETING,
        Obstacle::Login => &LOGIN,
        Obstacle::Sender => &SENDER,
        Obstacle::Relay => &RELAY,
        Obstacle::Message => &MESSAGE,
    }
}
