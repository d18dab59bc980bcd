//! The listener: this server where it runs, else a server for the moment, so that the way to it can be tried before the
//! first start.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum_server::Handle;
use web::Clock as _;
use web::clock::SystemClock;

use super::answer::Answers;
use super::exchange::{self, Place};
use super::finding::{Finding, Rule};
use super::question::{self, Mark};
use crate::config::Config;
use crate::listener;

pub(super) static RULES: &[&Rule] = &[&TAKEN, &UNUSABLE];

static TAKEN: Rule = Rule::fault(
    "listen_taken",
    "listen",
    "another program listens at that address, or a Vestibule with other keys or of an earlier version",
    "End that program, or set listen to another address",
);
static UNUSABLE: Rule = Rule::fault(
    "listen_unusable",
    "listen",
    "nothing can listen at that address",
    "Set listen to an address of this machine; a port below 1024 needs a right of its own (CAP_NET_BIND_SERVICE)",
);

/// Who answers while the doctor asks.
pub(super) enum Host {
    /// This installation's server, which runs.
    Running,
    /// The doctor itself; it ends with this handle.
    Moment(Handle<SocketAddr>),
}

/// Finds who listens, or listens. Without certainty about the key nobody is called a stranger.
pub(super) async fn find(
    config: &Config,
    answers: &Answers,
    mark: Mark<'_>,
    nonce: &[u8; 16],
    is_certain: bool,
) -> Result<Host, Finding> {
    match TcpListener::bind(config.listen) {
        Ok(socket) => serve(config, socket, answers.clone()).await,
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            let asked = question::question(mark, SystemClock.now(), nonce);
            let reply = exchange::ask(&place(config), &asked, None).await;
            match reply {
                Ok(reply) if super::proxy::is_ours(&reply, mark, nonce) => Ok(Host::Running),
                _ if !is_certain => {
                    Err(Finding::skipped("without the right master key nobody can tell who listens"))
                }
                _ => Err(TAKEN.met(format!("{} is taken, and not by this installation", config.listen))),
            }
        }
        Err(error) => Err(UNUSABLE.met(format!("{}: {error}", config.listen))),
    }
}

/// The listener itself, past every proxy.
fn place(config: &Config) -> Place {
    let ip = match config.listen.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    Place {
        host: ip.to_string(),
        port: config.listen.port(),
        https: config.tls.is_some(),
        authority: config.public_url.host().to_owned(),
    }
}

async fn serve(config: &Config, socket: TcpListener, answers: Answers) -> Result<Host, Finding> {
    let unusable = |error: std::io::Error| UNUSABLE.met(format!("{}: {error}", config.listen));
    socket.set_nonblocking(true).map_err(unusable)?;
    let router = Router::new().fallback(move |request: Request| async move {
        let answer = answers.to(SystemClock.now(), &request);
        answer.unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let handle = Handle::new();
    match &config.tls {
        None => {
            let server = axum_server::from_tcp(socket).map_err(unusable)?.handle(handle.clone());
            tokio::spawn(server.serve(service));
        }
        Some(files) => {
            // The look at the certificate says what is wrong with it.
            let Ok(tls) = listener::tls(files).await else {
                return Err(Finding::skipped("the certificate cannot be used"));
            };
            let server = axum_server::from_tcp_rustls(socket, tls).map_err(unusable)?.handle(handle.clone());
            tokio::spawn(server.serve(service));
        }
    }
    handle.listening().await;
    Ok(Host::Moment(handle))
}
