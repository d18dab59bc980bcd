//! A connection: over which way, with which limits of time, and with what settings of the session.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use deadpool_postgres::{ClientWrapper, Connect};
use identity::ports::StoreError;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::config::{SslMode, TargetSessionAttrs};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, Error};

use super::fault::{Fault, too_slow, unavailable};
use super::tls::Tls;
use super::url::{Encryption, PostgresUrl};
use crate::OpenError;

/// How long one host may take to answer at all.
const CONNECT: Duration = Duration::from_secs(2);
/// A connection that hears nothing from the other side for so long is dead.
const SILENCE: Duration = Duration::from_secs(10);

/// What a session is told first. Durability is what "committed" means here; a server that promises more keeps it.
/// Transactions are what the guards are written for, also those of one statement.
const SESSION: &str = "SET client_min_messages = warning;
    SET statement_timeout = '5s';
    SET idle_in_transaction_session_timeout = '15s';
    SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE;
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

/// Makes connections.
#[derive(Clone)]
pub(super) struct Connector {
    config: Config,
    tls: Tls,
    place: String,
}

impl Connector {
    pub(super) fn new(url: &PostgresUrl) -> Result<Self, OpenError> {
        let tls = Tls::new(url.encryption()).map_err(|told| OpenError::server(url.place(), told))?;
        let mut config = url.config().clone();
        config
            .ssl_mode(match url.encryption() {
                Encryption::None => SslMode::Disable,
                Encryption::Preferred => SslMode::Prefer,
                Encryption::Required | Encryption::Verified { .. } => SslMode::Require,
            })
            // Of several hosts the one that takes writes, whichever that is now.
            .target_session_attrs(TargetSessionAttrs::ReadWrite)
            .connect_timeout(CONNECT)
            .keepalives(true)
            .keepalives_idle(SILENCE)
            .keepalives_interval(Duration::from_secs(3))
            .keepalives_retries(3)
            .tcp_user_timeout(SILENCE);
        if config.get_application_name().is_none() {
            config.application_name("vestibule");
        }
        Ok(Self { config, tls, place: url.place() })
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// Where the server is, for messages.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// A connection that is not the pool's.
    pub(super) async fn connect(&self) -> Result<ClientWrapper, NoConnection> {
        match timeout(self.limit(), Connect::connect(self, &self.config)).await {
            Ok(Ok((client, task))) => Ok(ClientWrapper::new(client, task)),
            Ok(Err(error)) => Err(NoConnection::Refused(error)),
            Err(_) => Err(NoConnection::TooSlow),
        }
    }

    /// How long making a connection may take, with names, encryption and password: each host's time together.
    pub(super) fn limit(&self) -> Duration {
        CONNECT * u32::try_from(self.config.get_hosts().len()).unwrap_or(1) + CONNECT / 2
    }
}

impl Connect for Connector {
    fn connect(
        &self,
        config: &Config,
    ) -> Pin<Box<dyn Future<Output = Result<(Client, JoinHandle<()>), Error>> + Send + '_>> {
        let config = config.clone();
        Box::pin(async move {
            let (client, connection) = config.connect(self.tls.clone()).await?;
            let task = tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::warn!(reason = %Fault::from(&error), "a connection to PostgreSQL was lost");
                }
            });
            client.batch_execute(SESSION).await?;
            Ok((client, task))
        })
    }
}

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum NoConnection {
    /// Something on the way there, or the server, says no.
    Refused(Error),
    /// Nothing says anything.
    TooSlow,
}

impl NoConnection {
    /// To who asked while the program runs.
    pub(super) fn unavailable(&self) -> StoreError {
        match self {
            Self::Refused(error) => unavailable(error),
            Self::TooSlow => too_slow(),
        }
    }

    /// To the operator who starts it: a clause behind "the database at ...", with the remedy.
    pub(super) fn told(&self) -> String {
        const START: &str = "start PostgreSQL there, or correct host and port in database.url";
        let error = match self {
            Self::TooSlow => return format!("does not answer: {START}"),
            Self::Refused(error) => error,
        };
        let reason = Fault::from(error);
        let Some(code) = error.code() else {
            let text = reason.to_string();
            return if text.contains("password missing") {
                "wants a password: write it behind the user's name in database.url".to_owned()
            } else if text.contains("TLS") {
                format!(
                    "does not speak TLS as sslmode wants it ({reason}): correct sslmode in database.url, or the server's certificate"
                )
            } else {
                format!("cannot be reached ({reason}): {START}")
            };
        };
        match *code {
            SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
                format!(
                    "does not let us in ({reason}): correct user and password in database.url, or pg_hba.conf"
                )
            }
            SqlState::INVALID_CATALOG_NAME => {
                format!("is not there ({reason}): make it with createdb, or correct its name in database.url")
            }
            SqlState::TOO_MANY_CONNECTIONS => {
                format!("takes no more connections ({reason}): raise max_connections of PostgreSQL")
            }
            _ => format!("refuses the connection ({reason})"),
        }
    }
}
