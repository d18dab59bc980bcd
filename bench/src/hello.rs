//! The limit that checks are held against: a plain answer of the same size and type from the same stack, with the
//! server's runtime, connection settings and build profile. No layer, no log, no header but the type, no work.

use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use hyper_util::rt::TokioTimer;

use crate::process::{self, Process};

/// As the server's own.
const HEAD_PATIENCE: Duration = Duration::from_secs(15);

/// Serves until the process is ended: GET `/N` gives N bytes.
pub(crate) fn serve(listen: SocketAddr, lengths: &[usize]) -> anyhow::Result<()> {
    let mut router = Router::new();
    for length in lengths {
        let body = Bytes::from(vec![b' '; *length]);
        let answer = move || {
            let body = body.clone();
            async move { ([(CONTENT_TYPE, "application/json")], body) }
        };
        router = router.route(&path(*length), get(answer));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let socket = TcpListener::bind(listen)?;
        socket.set_nonblocking(true)?;
        let mut server = axum_server::from_tcp(socket)?;
        let connections = server.http_builder();
        connections.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_PATIENCE);
        connections.http2().timer(TokioTimer::new());
        server.serve(router.into_make_service()).await?;
        Ok(())
    })
}

/// Starts it as a process of its own, for bodies of these lengths.
pub(crate) fn start(lengths: &[usize]) -> anyhow::Result<Process> {
    let address = process::free_address()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["hello", "--listen", &address.to_string()]).args(lengths.iter().map(usize::to_string));
    Process::start(&mut command, address, &path(lengths.first().copied().unwrap_or_default()))
}

/// A request for so many bytes, with a credential to read as a check has one.
pub(crate) fn request(length: usize, credential: &str) -> Vec<u8> {
    crate::door::get(&path(length), credential)
}

fn path(length: usize) -> String {
    format!("/{length}")
}
