//! TLS as a client: whose certificates are believed. A server's name is always verified.

mod observed;

use std::path::Path;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

pub use observed::{Observed, Sighting, Wrong};

/// The settings of connections to servers whose certificate is signed by one of `roots`, a PEM file; without it, by one
/// of the public authorities as Mozilla lists them. The list is built in: what the system's says does not matter.
///
/// # Errors
/// A clause that names the file and what is wrong with it.
pub fn client_config(roots: Option<&Path>) -> Result<Arc<ClientConfig>, String> {
    let roots = match roots {
        Some(file) => read(file).map_err(|error| format!("{}: {error}", file.display()))?,
        None => RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() },
    };
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// The public authorities, and those of a PEM file besides.
///
/// # Errors
/// A clause that names the file and what is wrong with it.
fn public_and(file: Option<&Path>) -> Result<RootCertStore, String> {
    let mut roots = match file {
        Some(file) => read(file).map_err(|error| format!("{}: {error}", file.display()))?,
        None => RootCertStore::empty(),
    };
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    Ok(roots)
}

fn read(file: &Path) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| error.to_string())? {
        roots.add(certificate.map_err(|error| error.to_string())?).map_err(|error| error.to_string())?;
    }
    if roots.is_empty() { Err("it holds no certificate".to_owned()) } else { Ok(roots) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_roots_that_is_of_no_use_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("roots.pem");
        assert!(client_config(Some(&file)).unwrap_err().starts_with(&format!("{}: ", file.display())));
        std::fs::write(&file, "no certificate").unwrap();
        let error = client_config(Some(&file)).unwrap_err();
        assert!(error.ends_with("it holds no certificate"), "{error}");
        std::fs::write(&file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
        assert!(client_config(Some(&file)).is_err());
    }

    #[test]
    fn without_a_file_the_public_authorities_are_believed() {
        assert!(client_config(None).is_ok());
        assert!(webpki_roots::TLS_SERVER_ROOTS.len() > 50);
    }
}
