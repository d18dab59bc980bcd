//! A handshake that is looked at: it goes on whatever the other side's certificate is, and tells what is wrong with it. For
//! connections over which nothing is told that others may not know.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};

use super::public_and;

/// What is wrong with a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// It has ended.
    Expired,
    /// It has not begun.
    NotYetValid,
    /// It is for other names.
    Name,
    /// Nobody vouches for it who is believed.
    Issuer,
    /// Something else.
    Other(String),
}

/// A certificate that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The server's own.
    pub certificate: CertificateDer<'static>,
    /// What is wrong with it.
    pub wrong: Option<Wrong>,
}

/// Settings for one connection, and what was seen of it.
#[derive(Debug)]
pub struct Observed {
    verifier: Arc<WebPkiServerVerifier>,
    seen: Mutex<Option<Sighting>>,
}

impl Observed {
    /// Settings that believe the public authorities and those of a PEM file, and the observer.
    ///
    /// # Errors
    /// A clause that names the file and what is wrong with it.
    pub fn new(roots: Option<&Path>) -> Result<(ClientConfig, Arc<Self>), String> {
        let (roots, provider) = (public_and(roots)?, Arc::new(aws_lc_rs::default_provider()));
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build();
        let verifier = verifier.map_err(|error| error.to_string())?;
        let observed = Arc::new(Self { verifier, seen: Mutex::new(None) });
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&observed) as Arc<dyn ServerCertVerifier>)
            .with_no_client_auth();
        Ok((config, observed))
    }

    /// What was shown last.
    #[must_use]
    pub fn sighting(&self) -> Option<Sighting> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn wrong(error: &Error) -> Wrong {
    let Error::InvalidCertificate(reason) = error else { return Wrong::Other(error.to_string()) };
    if matches!(reason, CertificateError::Expired | CertificateError::ExpiredContext { .. }) {
        Wrong::Expired
    } else if matches!(reason, CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }) {
        Wrong::NotYetValid
    } else if matches!(
        reason,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
    ) {
        Wrong::Name
    } else if matches!(reason, CertificateError::UnknownIssuer) {
        Wrong::Issuer
    } else {
        Wrong::Other(reason.to_string())
    }
}

impl ServerCertVerifier for Observed {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified =
            self.verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let sighting = Sighting {
            certificate: end_entity.clone().into_owned(),
            wrong: verified.err().map(|error| wrong(&error)),
        };
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(sighting);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}
