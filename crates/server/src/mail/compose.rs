//! A finished message: the words of its templates between the headers of RFC 5322, ready to be sent or written down.
//!
//! The same message comes out the same at every try, byte for byte: its time, its id and the boundary between its parts
//! follow from what it was queued as.

use std::time::{Duration, UNIX_EPOCH};

use identity::mail::{Mail, MailError, MailId};
use lettre::address::Address;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use url::Host;

use super::templates::Templates;
use super::variables::{Site, variables};
use crate::config::Config;

/// Words messages.
#[derive(Debug)]
pub(super) struct Composer {
    templates: Templates,
    site: Site,
    from: Mailbox,
}

/// A message ready to leave. It holds a token, so it is not printed.
pub(super) struct Composed {
    pub(super) from: Address,
    /// Its domain is in ASCII; what stands before the `@` need not be.
    pub(super) to: Address,
    /// Headers and body, lines ended by CR LF.
    pub(super) bytes: Vec<u8>,
}

/// RFC 3834, 5: nobody's out-of-office program answers.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Composer {
    /// Reads and tries the templates.
    ///
    /// # Errors
    /// One sentence: which template, where, and what is wrong with it.
    pub(super) fn new(config: &Config) -> anyhow::Result<Self> {
        let from = config.mail.from.mailbox().clone();
        let service = from.name.clone().unwrap_or_else(|| config.public_url.host().to_owned());
        let site = Site { public_url: config.public_url.to_string(), service };
        let templates = Templates::open(config.mail.templates.as_deref(), &site)?;
        Ok(Self { templates, site, from })
    }

    /// Words a message.
    ///
    /// # Errors
    /// [`MailError::Never`]: no mail can be sent to such an address, or the message lacks its token.
    pub(super) fn compose(&self, id: MailId, mail: &Mail) -> Result<Composed, MailError> {
        let to = address(&mail.to)
            .ok_or_else(|| MailError::Never("the address is not one that mail can be sent to".to_owned()))?;
        let values = variables(&self.site, mail)
            .ok_or_else(|| MailError::Never("the message lacks the token that it is to carry".to_owned()))?;
        // The error's text is not told: it may repeat what the template was given.
        let words = self.templates.render(mail.kind, &values).map_err(|error| {
            MailError::Never(format!("the template of {} failed: {}", mail.kind.as_str(), error.kind()))
        })?;
        let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(mail.at.millis()).unwrap_or(0));
        let parts = MultiPart::alternative()
            .boundary(format!("=_{}", id.0.simple()))
            .singlepart(SinglePart::plain(words.text))
            .singlepart(SinglePart::builder().header(ContentType::TEXT_HTML).body(words.html));
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(words.subject)
            .date(at)
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .header(AutoSubmitted)
            .multipart(parts)
            .map_err(|error| MailError::Never(format!("the message cannot be put together: {error}")))?;
        Ok(Composed { from: self.from.email.clone(), to, bytes: message.formatted() })
    }
}

/// An address as mail servers read it, the domain in ASCII. `None` for what is none, and for what could be read as more
/// than one address or as a command.
fn address(text: &str) -> Option<Address> {
    let (user, domain) = text.rsplit_once('@')?;
    // A quoted name before the `@` may hold blanks, angle brackets and line breaks; nobody has one.
    let odd = |c: char| c.is_control() || c.is_whitespace() || "\"(),:;<>[\\]".contains(c);
    if text.contains(odd) || domain.contains('%') {
        return None;
    }
    match Host::parse(domain).ok()? {
        Host::Domain(domain) => Address::new(user, domain).ok(),
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}

#[cfg(test)]
mod tests;
