//! The limits that checks are held against: a plain answer of the same size and type from the same stack, with the
//! server's runtime, connection settings and build profile, no layer, no log, no header but the type and no work; and the
//! same after one read of PostgreSQL by the bare driver, of what the check reads.

use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use hyper_util::rt::TokioTimer;
use tokio_postgres::{Client, Statement};

use crate::postgres;
use crate::process::{self, Process};

/// As the server's own.
const HEAD_PATIENCE: Duration = Duration::from_secs(15);

/// Reads share as many connections as the server's do.
const CONNECTIONS: usize = 4;
/// What most checks read: a session with its owner, by the digest.
const READ: &str = "SELECT s.id, s.user_number, s.door, s.created, s.last_seen, s.idle_end, s.absolute_end, s.ended,
        s.end_reason, s.address, s.user_agent, s.permissions,
        u.number, u.id, u.username, u.email, u.email_verified, u.name, u.given_name, u.family_name, u.role, u.status,
        u.parent, u.must_change_password, u.password_hash IS NOT NULL, u.created, u.updated, u.last_sign_in, u.deleted,
        u.credential_version
    FROM sessions AS s JOIN users AS u ON u.number = s.user_number
    WHERE s.digest = $1 AND s.digest_kind = $2";
/// What those read that tell what the owner belongs to: that as well, a row for each.
const READ_WITH_MEMBERSHIPS: &str = "SELECT m.id, m.organization, m.user_number, m.role, m.created, m.updated,
        o.id, o.name, o.registerable, o.created, o.updated,
        s.id, s.user_number, s.door, s.created, s.last_seen, s.idle_end, s.absolute_end, s.ended,
        s.end_reason, s.address, s.user_agent, s.permissions,
        u.number, u.id, u.username, u.email, u.email_verified, u.name, u.given_name, u.family_name, u.role, u.status,
        u.parent, u.must_change_password, u.password_hash IS NOT NULL, u.created, u.updated, u.last_sign_in, u.deleted,
        u.credential_version
    FROM sessions AS s JOIN users AS u ON u.number = s.user_number
    LEFT JOIN memberships AS m ON m.user_number = u.number
    LEFT JOIN organizations AS o ON o.id = m.organization
    WHERE s.digest = $1 AND s.digest_kind = $2";
/// So many sessions are read in turn.
const READ_IN_TURN: &str = "SELECT digest FROM sessions WHERE door = 'knox' ORDER BY digest LIMIT 10000";

/// What stands before an answer, where there is a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// A session with its owner.
    Session,
    /// That with what the owner belongs to.
    Memberships,
}

const READS: [Read; 2] = [Read::Session, Read::Memberships];

/// Serves until the process is ended: GET `/session/N` and `/memberships/N` give N bytes, after that read of the database where
/// there is one.
pub(crate) fn serve(listen: SocketAddr, database: Option<&str>, lengths: &[usize]) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let router = match database {
            None => router(lengths),
            Some(url) => reading(lengths, Reads::open(url).await?),
        };
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

fn router(lengths: &[usize]) -> Router {
    each(lengths).fold(Router::new(), |router, (read, length)| {
        let body = Bytes::from(vec![b' '; length]);
        let answer = move || {
            let body = body.clone();
            async move { ([(CONTENT_TYPE, "application/json")], body) }
        };
        router.route(&path(read, length), get(answer))
    })
}

fn reading(lengths: &[usize], reads: Reads) -> Router {
    let reads = Arc::new(reads);
    each(lengths).fold(Router::new(), |router, (read, length)| {
        let (reads, body) = (Arc::clone(&reads), Bytes::from(vec![b' '; length]));
        let answer = move || {
            let (reads, body) = (Arc::clone(&reads), body.clone());
            async move {
                let found = reads.one(read).await.is_ok_and(|found| found);
                let status = if found { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR };
                (status, [(CONTENT_TYPE, "application/json")], body)
            }
        };
        router.route(&path(read, length), get(answer))
    })
}

fn each(lengths: &[usize]) -> impl Iterator<Item = (Read, usize)> {
    READS.into_iter().flat_map(|read| lengths.iter().map(move |length| (read, *length)))
}

/// Bare reads.
struct Reads {
    lines: Vec<Line>,
    digests: Vec<Vec<u8>>,
    next: AtomicUsize,
}

struct Line {
    client: Client,
    session: Statement,
    memberships: Statement,
}

impl Reads {
    async fn open(url: &str) -> anyhow::Result<Self> {
        let (mut lines, mut digests) = (Vec::new(), Vec::new());
        for _ in 0..CONNECTIONS {
            let client = postgres::connect(url).await?;
            let session = client.prepare(READ).await?;
            let memberships = client.prepare(READ_WITH_MEMBERSHIPS).await?;
            if digests.is_empty() {
                let rows = client.query(READ_IN_TURN, &[]).await?;
                digests = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
            }
            lines.push(Line { client, session, memberships });
        }
        Ok(Self { lines, digests, next: AtomicUsize::new(0) })
    }

    /// Whether the next one was found.
    async fn one(&self, read: Read) -> anyhow::Result<bool> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let line = self.lines.get(turn % self.lines.len().max(1));
        let digest = self.digests.get(turn % self.digests.len().max(1));
        let Some((line, digest)) = line.zip(digest) else { return Ok(false) };
        let statement = match read {
            Read::Session => &line.session,
            Read::Memberships => &line.memberships,
        };
        Ok(!line.client.query(statement, &[digest, &"sha256"]).await?.is_empty())
    }
}

/// Starts it as a process of its own, for bodies of these lengths.
pub(crate) fn start(lengths: &[usize], database: Option<&str>) -> anyhow::Result<Process> {
    let address = process::free_address()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["hello", "--listen", &address.to_string()]);
    if let Some(url) = database {
        command.args(["--database", url]);
    }
    command.args(lengths.iter().map(usize::to_string));
    Process::start(&mut command, address, &path(Read::Session, lengths.first().copied().unwrap_or_default()))
}

/// A request for so many bytes, with the header line of a credential to read as a check has one.
pub(crate) fn request(read: Read, length: usize, credential: &str) -> Vec<u8> {
    crate::request::get(&path(read, length), credential)
}

fn path(read: Read, length: usize) -> String {
    match read {
        Read::Session => format!("/session/{length}"),
        Read::Memberships => format!("/memberships/{length}"),
    }
}
