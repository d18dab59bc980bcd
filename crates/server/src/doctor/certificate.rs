//! The listener's own certificate and key.

use identity::Timestamp;
use rustls::client::verify_server_name;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;

use super::finding::{Finding, Rule};
use super::x509;
use crate::config::{Config, Tls};

pub(super) static RULES: &[&Rule] = &[&UNUSABLE, &KEY, &EXPIRED, &NOT_YET, &SOON, &NAME];

static UNUSABLE: Rule = Rule::fault(
    "certificate_unusable",
    "tls.certificate_file",
    "the certificate or its key is not there, cannot be read, or is no PEM",
    "Name two PEM files that the user that runs vestibule may read: the chain, leaf first, and its key",
);
static KEY: Rule = Rule::fault(
    "certificate_key",
    "tls.key_file",
    "the key is not that of the certificate",
    "Name the key that the certificate was made for; of a chain the leaf comes first",
);
static EXPIRED: Rule = Rule::fault(
    "certificate_expired",
    "tls.certificate_file",
    "the certificate has ended",
    "Renew it; the server reads the new files by itself",
);
static NOT_YET: Rule = Rule::fault(
    "certificate_not_yet",
    "tls.certificate_file",
    "the certificate has not begun",
    "Set the machine's clock, or wait until the certificate begins",
);
static SOON: Rule = Rule::warning(
    "certificate_soon",
    "tls.certificate_file",
    "the certificate ends within 14 days",
    "Renew it, and find out why that has not happened by itself",
);
static NAME: Rule = Rule::fault(
    "certificate_name",
    "tls.certificate_file",
    "the certificate is not for the host of public_url",
    "Get one for that name, or correct public_url",
);

/// How long before its end a certificate should have been renewed, in seconds.
const EARLY: i64 = 14 * 24 * 60 * 60;

/// The leaf, and what is wrong with it.
pub(super) fn look(config: &Config, now: Timestamp) -> (Option<CertificateDer<'static>>, Vec<Finding>) {
    let Some(files) = &config.tls else {
        return (None, vec![Finding::skipped("the listener speaks plain HTTP")]);
    };
    let (chain, key) = match read(files) {
        Ok(pair) => pair,
        Err(seen) => return (None, vec![UNUSABLE.met(seen)]),
    };
    let Some(leaf) = chain.first().cloned() else {
        let seen = format!("{} holds no certificate", files.certificate_file.display());
        return (None, vec![UNUSABLE.met(seen)]);
    };
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    if let Err(error) = CertifiedKey::from_der(chain, key, &provider) {
        let finding = if matches!(error, rustls::Error::InconsistentKeys(_)) {
            KEY.met(format!("{} is another certificate's", files.key_file.display()))
        } else {
            UNUSABLE.met(error.to_string())
        };
        return (Some(leaf), vec![finding]);
    }
    let mut findings: Vec<Finding> = timely(&leaf, now).into_iter().collect();
    if !is_for(&leaf, config.public_url.host()) {
        findings.push(NAME.met(format!("public_url is {}", config.public_url)));
    }
    if findings.is_empty() {
        findings.push(Finding::fine(format!("{} is good", files.certificate_file.display())));
    }
    (Some(leaf), findings)
}

/// What is wrong with the times of a certificate, if anything is.
pub(super) fn timely(certificate: &CertificateDer<'_>, now: Timestamp) -> Option<Finding> {
    let (begin, end) = x509::validity(certificate)?;
    let now = now.millis().div_euclid(1000);
    if now < begin.as_second() {
        Some(NOT_YET.met(format!("it begins at {begin}")))
    } else if now > end.as_second() {
        Some(EXPIRED.met(format!("it ended at {end}")))
    } else if now > end.as_second().saturating_sub(EARLY) {
        Some(SOON.met(format!("it ends at {end}")))
    } else {
        None
    }
}

fn read(files: &Tls) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), String> {
    let wrong =
        |path: &std::path::Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let chain = CertificateDer::pem_file_iter(&files.certificate_file)
        .and_then(Iterator::collect)
        .map_err(|error| wrong(&files.certificate_file, &error))?;
    let key =
        PrivateKeyDer::from_pem_file(&files.key_file).map_err(|error| wrong(&files.key_file, &error))?;
    Ok((chain, key))
}

fn is_for(certificate: &CertificateDer<'_>, host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let (Ok(parsed), Ok(name)) = (ParsedCertificate::try_from(certificate), ServerName::try_from(bare))
    else {
        return false;
    };
    verify_server_name(&parsed, &name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 60 * 60 * 1000;

    fn made(names: &[&str]) -> CertificateDer<'static> {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut wanted = rcgen::CertificateParams::new(names).unwrap();
        wanted.not_before = rcgen::date_time_ymd(2026, 1, 1);
        wanted.not_after = rcgen::date_time_ymd(2026, 4, 1);
        wanted.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().der().clone()
    }

    #[test]
    fn a_certificate_is_renewed_two_weeks_before_its_end() {
        let (certificate, begin) = (made(&["a.example"]), 1_767_225_600_000);
        let named = |millis| {
            timely(&certificate, Timestamp::from_millis(millis))
                .and_then(|it| it.rule)
                .map_or("", |it| it.name)
        };
        assert_eq!(named(begin - 1000), "certificate_not_yet");
        assert_eq!(named(begin), "");
        assert_eq!(named(begin + 75 * DAY), "");
        assert_eq!(named(begin + 77 * DAY), "certificate_soon");
        assert_eq!(named(begin + 91 * DAY), "certificate_expired");
    }

    #[test]
    fn a_certificate_is_for_its_names_and_addresses() {
        let certificate = made(&["login.example", "*.house.example", "192.0.2.1", "2001:db8::1"]);
        for host in ["login.example", "a.house.example", "192.0.2.1", "[2001:db8::1]"] {
            assert!(is_for(&certificate, host), "{host}");
        }
        for host in ["example", "house.example", "a.b.house.example", "192.0.2.2", "[::1]"] {
            assert!(!is_for(&certificate, host), "{host}");
        }
    }
}
