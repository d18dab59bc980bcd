//! `[mail]`

use std::fmt;
use std::path::PathBuf;

use lettre::Address;
use lettre::message::Mailbox;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::check::{Judge, optional_path};
use super::secret::MASK;
use super::{Hidden, PublicUrl, raw};

const SHAPE: &str = "smtp://user:password@host:587 or smtps://user:password@host:465 is wanted, with what is not a letter \
    or a digit in user and password written as in any URL, such as %40 for @";
const OPTIONS: &str =
    "behind the question mark tls and roots are known: tls=required or tls=none, roots=FILE";
const FROM: &str = "a sender is wanted, such as \"Example <no-reply@example.org>\", with an address in ASCII";

/// `[mail]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The mail server; none: messages are written to files.
    pub smtp: Option<SmtpUrl>,
    /// The file with the password of the server's user. There is a user then, and no password in the URL.
    pub smtp_password_file: Option<PathBuf>,
    /// Who messages are from.
    pub from: Sender,
    /// The folder with the operator's own templates.
    pub templates: Option<PathBuf>,
}

/// A mail server, how far the way to it is protected, and as whom we speak to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpUrl {
    /// The host's name in ASCII, or its address.
    pub host: Host<String>,
    /// The port; 587 or 465 when none was named.
    pub port: u16,
    /// How the way is protected.
    pub security: SmtpSecurity,
    /// PEM file of who signs the server's certificate; none: the public authorities.
    pub roots: Option<PathBuf>,
    /// As whom we speak; none: as nobody.
    pub login: Option<SmtpLogin>,
    /// As it was typed, without the password.
    shown: String,
}

/// How the way to a mail server is protected. A certificate is verified whenever there is one to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// Not at all: to this machine, or because the operator said so.
    Plain,
    /// By STARTTLS; a server that does not offer it gets nothing.
    StartTls,
    /// From the first byte on.
    Implicit,
}

/// A user of a mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpLogin {
    /// The name.
    pub user: String,
    /// The password, if it stands in the URL.
    pub password: Option<Hidden>,
}

impl SmtpUrl {
    /// Reads `smtp://user:password@host:port?tls=...&roots=...`, or `smtps://`.
    ///
    /// # Errors
    /// A sentence that says what is wrong. It repeats nothing of the text: that may hold a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|_| SHAPE)?;
        let implicit = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(SHAPE.to_owned()),
        };
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(SHAPE.to_owned());
        }
        // Not one of the web's schemes, so the parser leaves the host as it was typed.
        let host = url.host_str().and_then(|host| Host::parse(host).ok()).ok_or(SHAPE)?;
        let (wanted, roots) = options(&url)?;
        let login = login(&url)?;
        let security = match (implicit, wanted) {
            (true, Some(false)) => {
                return Err("smtps:// and tls=none exclude each other: write smtp://".to_owned());
            }
            (true, _) => SmtpSecurity::Implicit,
            (false, Some(true)) => SmtpSecurity::StartTls,
            (false, Some(false)) => SmtpSecurity::Plain,
            (false, None) if is_loopback(&host) => SmtpSecurity::Plain,
            (false, None) => SmtpSecurity::StartTls,
        };
        let plain = security == SmtpSecurity::Plain;
        if plain && login.is_some() && !is_loopback(&host) {
            return Err(
                "tls=none and a user exclude each other: a password is not sent unprotected".to_owned()
            );
        }
        if plain && roots.is_some() {
            return Err("roots is of no use without TLS: write tls=required beside it".to_owned());
        }
        let port = url.port().unwrap_or(if implicit { 465 } else { 587 });
        Ok(Self { host, port, security, roots, login, shown: shown(&url) })
    }
}

fn options(url: &Url) -> Result<(Option<bool>, Option<PathBuf>), String> {
    let (mut tls, mut roots) = (None, None);
    for (name, value) in url.query_pairs() {
        match (&*name, &*value) {
            ("tls", "required") => tls = Some(true),
            ("tls", "none") => tls = Some(false),
            ("roots", file) if !file.is_empty() => roots = Some(PathBuf::from(file)),
            _ => return Err(OPTIONS.to_owned()),
        }
    }
    Ok((tls, roots))
}

fn login(url: &Url) -> Result<Option<SmtpLogin>, String> {
    let plain = |text| percent_decode_str(text).decode_utf8().map_err(|_| SHAPE.to_owned());
    let user = plain(url.username())?.into_owned();
    let password = url.password().map(plain).transpose()?.filter(|password| !password.is_empty());
    if user.is_empty() {
        return if password.is_some() { Err(SHAPE.to_owned()) } else { Ok(None) };
    }
    if password.as_deref() == Some(MASK) {
        return Err(
            "*** is what `config show` prints in the password's place: the password is wanted".to_owned()
        );
    }
    Ok(Some(SmtpLogin { user, password: password.map(Hidden::new) }))
}

fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    if shown.password().is_some() {
        // A URL with a password has a host, so this cannot fail; if it did, nothing would be shown.
        if shown.set_password(Some(MASK)).is_err() {
            return String::new();
        }
    }
    shown.into()
}

/// Without the password.
impl fmt::Display for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// Whether a host is this machine itself, by its name or address.
pub(super) fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => name.as_ref().eq_ignore_ascii_case("localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Who messages are from: a name, perhaps, and an address in ASCII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Mailbox);

impl Sender {
    /// Reads `Name <address>` or an address.
    ///
    /// # Errors
    /// A sentence that says what is wanted.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mailbox: Mailbox = text.parse().map_err(|_| FROM.to_owned())?;
        let address: &str = mailbox.email.as_ref();
        let printable = mailbox.name.as_deref().is_none_or(|name| !name.contains(char::is_control));
        if address.is_ascii() && printable { Ok(Self(mailbox)) } else { Err(FROM.to_owned()) }
    }

    /// Who messages are from when nobody says it.
    fn at(public_url: &PublicUrl) -> Result<Self, String> {
        let host = match Host::parse(public_url.host()) {
            Ok(Host::Domain(name)) => name,
            Ok(Host::Ipv4(_) | Host::Ipv6(_)) | Err(_) => "localhost".to_owned(),
        };
        let address = Address::new("no-reply", host)
            .map_err(|_| format!("public_url's host cannot stand in an address: {FROM}"))?;
        Ok(Self(Mailbox::new(Some("Vestibule".to_owned()), address)))
    }

    /// The name and the address.
    #[must_use]
    pub fn mailbox(&self) -> &Mailbox {
        &self.0
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Judge<'_> {
    pub(super) fn mail(&mut self, raw: &raw::Mail, public_url: Option<&PublicUrl>) -> Option<Mail> {
        let smtp = match raw.smtp_url.as_str() {
            "" => Some(None),
            text => self.take("mail.smtp_url", SmtpUrl::parse(text)).map(Some),
        };
        let from = match &raw.from {
            Some(text) => self.take("mail.from", Sender::parse(text)),
            None => self.take("mail.from", Sender::at(public_url?)),
        };
        let mail = Mail {
            smtp: smtp?,
            smtp_password_file: optional_path(&raw.smtp_password_file),
            from: from?,
            templates: optional_path(&raw.templates),
        };
        self.smtp_password(&mail);
        Some(mail)
    }

    /// A user has one password, and a password a user.
    fn smtp_password(&mut self, mail: &Mail) {
        let login = mail.smtp.as_ref().and_then(|smtp| smtp.login.as_ref());
        let in_url = login.map(|login| login.password.is_some());
        let (key, message) = match (in_url, &mail.smtp_password_file) {
            (Some(true), Some(_)) => (
                "mail.smtp_password_file",
                "a password stands in mail.smtp_url too: one of the two is wanted",
            ),
            (None, Some(_)) => ("mail.smtp_password_file", "a user in mail.smtp_url is wanted beside it"),
            (Some(false), None) => {
                ("mail.smtp_url", "a password is wanted behind the user's name, or mail.smtp_password_file")
            }
            (Some(true) | None, None) | (Some(false), Some(_)) => return,
        };
        self.wrong(key, message.to_owned());
    }
}
