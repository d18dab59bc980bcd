//! `vestibule serve`: from the configuration to a clean end.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum_server::Handle;
use axum_server::accept::DefaultAcceptor;
use axum_server::tls_rustls::RustlsAcceptor;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use identity::keyring::KeyUse;
use tokio::sync::oneshot;
use web::clock::SystemClock;
use web::{Networks, ReturnUrls, Shared, Site, TrustedProxies, Web};

use crate::config::{Config, DatabaseUrl, Limits, Loaded};
use crate::connections::Places;
use crate::house::{self, House};
use crate::patience::Patient;
use crate::served::{Connections, Served};
use crate::signals::{Hangup, Signals, Stop};
use crate::{jobs, listener, log, mail, master_key_file, mount, pages};

/// Serves until SIGTERM or SIGINT, then drains.
///
/// # Errors
/// One sentence with the remedy.
pub async fn run(loaded: &Loaded, how_to_begin: &str) -> anyhow::Result<()> {
    let config = &loaded.config;
    let _log = log::start(&config.log).context("the log's thread cannot be started")?;
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    // Before anything says that we are there: a signal that comes early must find its handler.
    let signals = Signals::take()?;
    let house = house::open(config).await?;
    for secret in secret_files(config) {
        if master_key_file::is_exposed(secret) {
            tracing::warn!(file = %secret.display(), "others than its owner may read this file: chmod 600");
        }
    }
    let mailer = mail::mailer(config)?;
    let web = web(config, &house);
    tell_how_to_begin(config, &web, how_to_begin).await?;
    let served = mount::served(config, &web)?;
    let socket = listener::bind(config.listen)?;

    let (writing_goes_on, stop_writing) = oneshot::channel();
    let writing = tokio::spawn(jobs::run(web.clone(), stop_writing));
    let mut jobs =
        vec![tokio::spawn(jobs::deliver(web.clone(), mailer)), tokio::spawn(jobs::age(web.clone()))];
    if config.dialects.bixarena.enabled {
        jobs.push(tokio::spawn(jobs::tend(web.clone(), KeyUse::BixArena)));
    }
    let handle = Handle::new();
    let Signals { stop, hangup } = signals;
    let stop = tokio::spawn(stop_when_told(stop, handle.clone(), config.shutdown_timeout));
    listen(config, socket, handle, served, hangup).await?;
    stop.abort();
    jobs.iter().for_each(tokio::task::JoinHandle::abort);
    drop(writing_goes_on);
    if let Err(error) = writing.await {
        // What it did not take from memory is still there.
        tracing::error!(%error, "the job that writes uses of sessions and refusals had failed");
    }
    jobs::flush_refusals(&web).await;
    web.identity.sessions.flush().await.context("the last uses of sessions could not be written")?;
    tracing::info!("stopped");
    Ok(())
}

/// While there is no user, says how to make the first one. The link holds a ticket, which no other line of the log may: it
/// is good for an hour and once, and whoever reads this log runs this server.
async fn tell_how_to_begin(config: &Config, web: &Web, command: &str) -> anyhow::Result<()> {
    let accounts = &web.identity.accounts;
    if !accounts.is_empty().await? {
        return Ok(());
    }
    // Whom the link makes signs in with a password.
    if web.identity.sign_in.takes_passwords() && accounts.awaits_set_up().await? {
        let ticket = accounts.set_up_ticket(web.clock.now());
        let link = format!("{}{}#{}", config.public_url, pages::SET_UP, ticket.expose());
        tracing::warn!(%link, %command, "no user exists yet: open the link within an hour, or run the command");
    } else {
        tracing::info!(%command, "no user exists: run the command to make one");
    }
    Ok(())
}

/// The files that nobody but their owner should be able to read.
pub(crate) fn secret_files(config: &Config) -> Vec<&Path> {
    let database = match &config.database {
        DatabaseUrl::Sqlite(file) => Some(file.as_path()),
        DatabaseUrl::Postgres(_) => None,
    };
    let captcha = config.captcha.as_ref().and_then(|captcha| captcha.secret.file());
    let one_each = [
        Some(config.master_key_file.as_path()),
        database,
        config.mail.smtp_password_file.as_deref(),
        captcha,
    ];
    let providers = config.providers.iter().filter_map(|provider| provider.client_secret.as_ref()?.file());
    let services = config.dialects.bixarena.service_clients.iter().map(|client| client.secret_file.as_path());
    one_each.into_iter().flatten().chain(providers).chain(services).collect()
}

/// What every surface is given.
pub fn web(config: &Config, house: &House) -> Web {
    Web::new(Shared {
        identity: house.identity.clone(),
        clock: Arc::new(SystemClock),
        entropy: Arc::clone(&house.entropy),
        site: Site {
            origin: config.public_url.origin().as_str().to_owned(),
            secure: config.public_url.is_https(),
        },
        return_urls: ReturnUrls::new(config.public_url.origin().as_str(), config.return_urls.clone()),
        proxies: TrustedProxies::new(config.trusted_proxies.clone()),
        trusted_addresses: Networks::new(config.limits.trusted_addresses.clone()),
        limits: config.limits.of_a_request(),
    })
}

async fn listen(
    config: &Config,
    socket: TcpListener,
    handle: Handle<SocketAddr>,
    served: Served,
    hangup: Hangup,
) -> anyhow::Result<()> {
    let service = Connections(served);
    let tls = match &config.tls {
        Some(files) => Some((listener::tls(files).await?, files.clone())),
        None => None,
    };
    let reloading = tokio::spawn(listener::reload(tls.clone(), hangup));
    let places = Places::new(&config.limits, &config.trusted_proxies);
    let address = socket.local_addr()?;
    let argon2_backend = house::backend(config.password.argon2_backend)?.name();
    let (public_url, version) = (&config.public_url, env!("CARGO_PKG_VERSION"));
    tracing::info!(%address, %public_url, version, argon2_backend, "listening");
    match tls {
        None => {
            let acceptor = Patient::new(DefaultAcceptor::new(), places, &config.limits);
            let mut server = axum_server::from_tcp(socket)?.handle(handle).acceptor(acceptor);
            bound(server.http_builder(), &config.limits);
            server.serve(service).await?;
        }
        Some((tls, _)) => {
            let acceptor = Patient::new(
                RustlsAcceptor::new(tls).handshake_timeout(config.limits.head_timeout),
                places,
                &config.limits,
            );
            let mut server = axum_server::from_tcp(socket)?.handle(handle).acceptor(acceptor);
            bound(server.http_builder(), &config.limits);
            server.serve(service).await?;
        }
    }
    reloading.abort();
    Ok(())
}

/// The bounds of the machinery below the routes. Where a request can be read the routes have narrower ones, and words
/// ([`web::limits`]); beyond these here the answer is a bare one of `hyper`'s, or the end of the connection.
fn bound(connections: &mut Builder<TokioExecutor>, limits: &Limits) {
    let head = limits.header_bytes.saturating_mul(2);
    let mut old = connections.http1();
    old.timer(TokioTimer::new()).header_read_timeout(limits.head_timeout).max_buf_size(head);
    // Up to its default of 100 it reads them without an allocation.
    if limits.header_fields >= 100 {
        old.max_headers(limits.header_fields.saturating_mul(2));
    }
    connections
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(head).unwrap_or(u32::MAX))
        .max_concurrent_streams(limits.http2_streams)
        // Streams that a client resets before we have seen them, and that we reset for its faults; beyond that the connection
        // ends (CVE-2023-44487 and its kin).
        .max_pending_accept_reset_streams(20)
        .max_local_error_reset_streams(100);
}

async fn stop_when_told(mut stop: Stop, handle: Handle<SocketAddr>, patience: Duration) {
    stop.told().await;
    tracing::info!(open_connections = handle.connection_count(), "stopping: finishing what has begun");
    handle.graceful_shutdown(Some(patience));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_with_a_secret_is_looked_at() {
        let text = "data_dir = \"d\"\nmail.smtp_url = \"smtps://me@mail.example\"\nmail.smtp_password_file = \"smtp\"\n\
                    captcha.verify_url = \"https://captcha.example\"\ncaptcha.secret_file = \"captcha\"\n\
                    [[providers]]\nid = \"a\"\nissuer = \"https://a.example\"\nclient_id = \"x\"\n\
                    client_secret_file = \"provider\"\n\
                    [[providers]]\nid = \"b\"\nissuer = \"https://b.example\"\nclient_id = \"x\"\nclient_secret = \"s\"\n\
                    [[dialects.bixarena.service_clients]]\nid = \"c\"\nsecret_file = \"service\"";
        let config = crate::config::parse("x", text, []).unwrap().config;
        let expected = ["d/master.key", "d/vestibule.db", "smtp", "captcha", "provider", "service"];
        assert_eq!(secret_files(&config), expected.map(Path::new));
    }
}
