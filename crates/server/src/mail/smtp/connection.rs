//! A connection to the mail server, as far as the first message: encrypted as the configuration says, and logged in.

use std::io;
use std::sync::Arc;

use anyhow::Context as _;
use identity::mail::MailError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Host;

use super::wire::Wire;
use super::{Step, judged, start_tls};
use crate::config::{Config, SmtpSecurity, SmtpUrl};
use crate::secret_file;

/// What we log in by; PLAIN first, since both are as weak as the way is.
const MECHANISMS: &[Mechanism] = &[Mechanism::Plain, Mechanism::Login];

/// How far the opening of a connection is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing has answered.
    #[default]
    Connect,
    /// Asking for encryption.
    StartTls,
    /// Encrypting.
    Handshake,
    /// Greeting each other.
    Greeting,
    /// Showing user and password.
    Login,
}

/// Opens connections to one server.
pub(super) struct Opener {
    host: Host<String>,
    port: u16,
    security: SmtpSecurity,
    tls: Arc<ClientConfig>,
    /// What we call ourselves.
    hello: ClientId,
    login: Option<Credentials>,
}

/// Not the password.
impl std::fmt::Debug for Opener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opener").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

impl Opener {
    /// # Errors
    /// One sentence with the remedy.
    pub(super) fn new(server: &SmtpUrl, config: &Config) -> anyhow::Result<Self> {
        let tls = upstream::tls::client_config(server.roots.as_deref())
            .map_err(anyhow::Error::msg)
            .context("mail.smtp_url: the file of roots cannot be used")?;
        let login = match (&server.login, &config.mail.smtp_password_file) {
            (None, _) => None,
            (Some(login), Some(file)) => {
                let password = secret_file::read("mail.smtp_password_file", file)?;
                Some(Credentials::new(login.user.clone(), password.as_str().to_owned()))
            }
            (Some(login), None) => {
                let password = login.password.as_ref().context("mail.smtp_url: a password is wanted")?;
                Some(Credentials::new(login.user.clone(), password.expose().to_owned()))
            }
        };
        let hello = match Host::parse(config.public_url.host()) {
            Ok(Host::Domain(name)) => ClientId::Domain(name),
            Ok(Host::Ipv4(address)) => ClientId::Ipv4(address),
            Ok(Host::Ipv6(address)) => ClientId::Ipv6(address),
            Err(_) => ClientId::default(),
        };
        let (host, port, security) = (server.host.clone(), server.port, server.security);
        Ok(Self { host, port, security, tls, hello, login })
    }

    /// # Errors
    /// [`MailError::Later`], whatever it was.
    pub(super) async fn open(&self) -> Result<AsyncSmtpConnection, MailError> {
        self.open_by_stages(&mut Stage::default()).await
    }

    /// As [`Opener::open`], telling all the while how far it is.
    pub(super) async fn open_by_stages(&self, stage: &mut Stage) -> Result<AsyncSmtpConnection, MailError> {
        let mut tcp = self.connect().await.map_err(|error| {
            MailError::Later(format!(
                "the mail server {}:{} cannot be reached: {error}",
                self.host, self.port
            ))
        })?;
        let wire = match self.security {
            SmtpSecurity::Plain => Wire::plain(tcp),
            SmtpSecurity::Implicit => {
                *stage = Stage::Handshake;
                Wire::encrypted(self.handshake(tcp).await?)
            }
            SmtpSecurity::StartTls => {
                *stage = Stage::StartTls;
                start_tls::ask(&mut tcp, &self.hello).await?;
                *stage = Stage::Handshake;
                Wire::encrypted_midway(self.handshake(tcp).await?)
            }
        };
        *stage = Stage::Greeting;
        let opening = AsyncSmtpConnection::connect_with_transport(Box::new(wire), &self.hello).await;
        let mut smtp = opening.map_err(|error| judged(Step::Greeting, &error))?;
        *stage = Stage::Login;
        self.log_in(&mut smtp).await?;
        Ok(smtp)
    }

    /// Whether the server wants TLS from the first byte.
    pub(super) async fn is_encrypted_from_the_start(&self) -> bool {
        match self.connect().await {
            Ok(tcp) => self.handshake(tcp).await.is_ok(),
            Err(_) => false,
        }
    }

    async fn connect(&self) -> io::Result<TcpStream> {
        let tcp = match &self.host {
            Host::Domain(name) => TcpStream::connect((name.as_str(), self.port)).await,
            Host::Ipv4(address) => TcpStream::connect((*address, self.port)).await,
            Host::Ipv6(address) => TcpStream::connect((*address, self.port)).await,
        }?;
        // Short lines go back and forth.
        tcp.set_nodelay(true)?;
        Ok(tcp)
    }

    async fn handshake(&self, tcp: TcpStream) -> Result<TlsStream<TcpStream>, MailError> {
        let failed = |error: &dyn std::fmt::Display| {
            MailError::Later(format!("the way to the mail server cannot be encrypted: {error}"))
        };
        let name = match &self.host {
            Host::Domain(name) => ServerName::try_from(name.clone()).map_err(|error| failed(&error))?,
            Host::Ipv4(address) => ServerName::from(std::net::IpAddr::V4(*address)),
            Host::Ipv6(address) => ServerName::from(std::net::IpAddr::V6(*address)),
        };
        let connecting = TlsConnector::from(Arc::clone(&self.tls)).connect(name, tcp);
        connecting.await.map_err(|error| failed(&error))
    }

    async fn log_in(&self, smtp: &mut AsyncSmtpConnection) -> Result<(), MailError> {
        let Some(login) = &self.login else { return Ok(()) };
        if smtp.server_info().get_auth_mechanism(MECHANISMS).is_none() {
            let why = "the mail server offers no login by PLAIN or LOGIN, and mail.smtp_url has a user";
            return Err(MailError::Later(why.to_owned()));
        }
        let answer = smtp.auth(MECHANISMS, login).await.map_err(|error| judged(Step::Login, &error))?;
        // RFC 4954, 4: a login that went well is 235 and nothing else.
        if answer.has_code(235) {
            Ok(())
        } else {
            Err(MailError::Later("the mail server answered AUTH with something else than 235".to_owned()))
        }
    }
}
