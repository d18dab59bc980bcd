//! The socket and, when configured, its certificate: taken at the start, read anew on SIGHUP or when a file changes.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, anyhow};
use axum_server::tls_rustls::RustlsConfig;

use crate::config::Tls;
use crate::signals::Hangup;

/// How often the certificate files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Takes the address.
///
/// # Errors
/// One sentence with the remedy.
pub fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).map_err(|error| {
        if error.kind() == std::io::ErrorKind::AddrInUse {
            anyhow!(
                "the address {address} is taken: stop the program that listens there, or set listen \
                 (VESTIBULE_LISTEN) to another one"
            )
        } else {
            anyhow!(
                "cannot listen on {address} ({error}): set listen (VESTIBULE_LISTEN) to an address of this machine"
            )
        }
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Reads the certificate and its key.
///
/// # Errors
/// One sentence with the remedy.
pub async fn tls(files: &Tls) -> anyhow::Result<RustlsConfig> {
    // The first caller decides for the process; a second start in one process finds it done.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    RustlsConfig::from_pem_file(&files.certificate_file, &files.key_file).await.with_context(|| {
        format!(
            "the certificate {} and its key {} cannot be used: check that both are readable PEM files that belong \
             together",
            files.certificate_file.display(),
            files.key_file.display()
        )
    })
}

/// Reads the certificate anew whenever SIGHUP comes or a file changes. A pair that does not fit is told in the log,
/// and the one in use stays. Without a certificate SIGHUP does nothing, and does not end the process either.
pub async fn reload(tls: Option<(RustlsConfig, Tls)>, mut hangup: Hangup) {
    let mut seen = tls.as_ref().map(|(_, files)| changed(files));
    let mut look = tokio::time::interval(LOOK_EVERY);
    loop {
        let told = tokio::select! {
            () = hangup.told() => true,
            _ = look.tick() => false,
        };
        let Some((tls, files)) = &tls else { continue };
        let now = Some(changed(files));
        if !told && now == seen {
            continue;
        }
        seen = now;
        match tls.reload_from_pem_file(&files.certificate_file, &files.key_file).await {
            Ok(()) => tracing::info!("the certificate was read anew"),
            Err(error) => tracing::error!(%error, "the new certificate cannot be used, the old one stays"),
        }
    }
}

fn changed(files: &Tls) -> [Option<SystemTime>; 2] {
    let of = |path: &Path| std::fs::metadata(path).and_then(|file| file.modified()).ok();
    [of(&files.certificate_file), of(&files.key_file)]
}
