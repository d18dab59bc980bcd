//! One question and its answer, over a connection of which everything is known: from where it was made, how it was
//! encrypted, and as whom the other side showed itself.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use upstream::tls::{Observed, Sighting};

use super::question;

/// How long each step may take.
const PATIENCE: Duration = Duration::from_secs(4);
/// An answer is some hundreds of bytes; more than this is another server's.
const MAX_BYTES: usize = 64 * 1024;
/// The address that a client could wish to have: of a network that is nobody's (RFC 5737).
pub(super) const FORGED: &str = "198.51.100.66";

/// Where to ask.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// A name or an address, IPv6 without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) https: bool,
    /// As `Host` says it.
    pub(super) authority: String,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// Our end of the connection.
    pub(super) local: Option<SocketAddr>,
    pub(super) sighting: Option<Sighting>,
}

/// Why nothing came back.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// The name has no address.
    Name(String),
    /// Nobody takes the connection.
    Connect(String),
    /// There is no TLS where it was expected.
    NotTls,
    /// There is TLS where plain HTTP was expected.
    IsTls,
    /// The handshake failed otherwise.
    Handshake(String),
    /// What came is no HTTP, or nothing came.
    Http(String),
    /// The roots could not be read.
    Roots(String),
}

pub(super) async fn ask(place: &Place, question: &str, roots: Option<&Path>) -> Result<Reply, Silence> {
    let tcp = connect(place).await?;
    let local = tcp.local_addr().ok();
    if place.https {
        let (stream, observed) = encrypt(place, tcp, roots).await?;
        let reply = exchange(stream, place, question).await.map_err(Silence::Http)?;
        return Ok(Reply { local, sighting: observed.sighting(), ..reply });
    }
    match exchange(tcp, place, question).await {
        // Servers answer plain HTTP on a port for TLS with 400, or with an alert.
        Ok(reply) if reply.status != 400 => Ok(Reply { local, ..reply }),
        Ok(reply) => {
            if speaks_tls(place).await {
                Err(Silence::IsTls)
            } else {
                Ok(Reply { local, ..reply })
            }
        }
        Err(why) => Err(if speaks_tls(place).await { Silence::IsTls } else { Silence::Http(why) }),
    }
}

async fn connect(place: &Place) -> Result<TcpStream, Silence> {
    let resolved = timeout(PATIENCE, tokio::net::lookup_host((place.host.as_str(), place.port))).await;
    let addresses: Vec<SocketAddr> = match resolved {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(error)) => return Err(Silence::Name(error.to_string())),
        Err(_) => return Err(Silence::Name("no name server answers".to_owned())),
    };
    let mut why = "the name has no address".to_owned();
    for address in addresses {
        match timeout(PATIENCE, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => return Ok(tcp),
            Ok(Err(error)) => why = format!("{address}: {error}"),
            Err(_) => why = format!("{address} does not answer"),
        }
    }
    Err(Silence::Connect(why))
}

type Encrypted = tokio_rustls::client::TlsStream<TcpStream>;

async fn encrypt(
    place: &Place,
    tcp: TcpStream,
    roots: Option<&Path>,
) -> Result<(Encrypted, Arc<Observed>), Silence> {
    let (mut config, observed) = Observed::new(roots).map_err(Silence::Roots)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let name = ServerName::try_from(place.host.clone()).map_err(|error| Silence::Name(error.to_string()))?;
    let connecting = TlsConnector::from(Arc::new(config)).connect(name, tcp);
    match timeout(PATIENCE, connecting).await {
        Ok(Ok(stream)) => Ok((stream, observed)),
        Ok(Err(error)) => {
            let told = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
            // What came back is not a record of TLS.
            let is_plain = matches!(told, Some(rustls::Error::InvalidMessage(_)));
            Err(if is_plain { Silence::NotTls } else { Silence::Handshake(error.to_string()) })
        }
        Err(_) => Err(Silence::Handshake("it does not end".to_owned())),
    }
}

async fn speaks_tls(place: &Place) -> bool {
    match connect(place).await {
        Ok(tcp) => encrypt(place, tcp, None).await.is_ok(),
        Err(_) => false,
    }
}

async fn exchange<S>(stream: S, place: &Place, question: &str) -> Result<Reply, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let request = Request::get(question::PATH)
        .header("host", &place.authority)
        .header("user-agent", concat!("vestibule-doctor/", env!("CARGO_PKG_VERSION")))
        .header("accept", "application/json")
        .header("x-forwarded-for", FORGED)
        .header(question::HEADER, question)
        .body(Body::empty())
        .map_err(|error| error.to_string())?;
    let asking = async {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let driving = tokio::spawn(connection);
        let answer = sender.send_request(request).await;
        Ok::<_, hyper::Error>((answer?, driving))
    };
    let (answer, driving) = match timeout(PATIENCE, asking).await {
        Ok(Ok(answered)) => answered,
        Ok(Err(error)) => return Err(error.to_string()),
        Err(_) => return Err(format!("no answer within {} seconds", PATIENCE.as_secs())),
    };
    let (head, body) = answer.into_parts();
    let read = timeout(PATIENCE, to_bytes(Body::new(body), MAX_BYTES)).await;
    driving.abort();
    let body = match read {
        Ok(Ok(bytes)) => bytes.to_vec(),
        // Too long, or broken off: whose answer it is shows without it.
        Ok(Err(_)) | Err(_) => Vec::new(),
    };
    Ok(Reply { status: head.status.as_u16(), headers: head.headers, body, local: None, sighting: None })
}
