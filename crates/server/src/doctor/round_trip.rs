//! The way from the outside to the listener, gone once by ourselves.

use std::path::PathBuf;

use identity::master_key::Purpose;
use identity::ports::Entropy as _;
use identity::{MasterKey, Timestamp};
use rustls::pki_types::CertificateDer;
use upstream::tls::Wrong;
use web::Clock as _;
use web::clock::SystemClock;

use super::answer::Answers;
use super::exchange::{self, Place, Reply, Silence};
use super::finding::{Finding, Rule};
use super::listener::{self, Host};
use super::question::{self, Seen};
use super::{certificate, proxy};
use crate::config::{self, Config};
use crate::entropy::SystemEntropy;

pub(super) static RULES: &[&Rule] =
    &[&NAME, &UNREACHABLE, &NOT_TLS, &IS_TLS, &HANDSHAKE, &UNVOUCHED, &WRONG_NAME];

static NAME: Rule = Rule::fault(
    "public_url_unresolved",
    "public_url",
    "the host of public_url has no address",
    "Enter the name into DNS, or correct public_url",
);
static UNREACHABLE: Rule = Rule::fault(
    "public_url_unreachable",
    "public_url",
    "nothing answers at public_url, asked from this machine",
    "Start the proxy there, open the port, or correct host and port of public_url; many routers lead no machine \
     back to itself, then give the name a local address (/etc/hosts)",
);
static NOT_TLS: Rule = Rule::fault(
    "public_url_not_tls",
    "public_url",
    "public_url begins with https://, and there is no TLS",
    "End TLS at a proxy or with [tls], or let public_url begin with http://",
);
static IS_TLS: Rule = Rule::fault(
    "public_url_is_tls",
    "public_url",
    "public_url begins with http://, and there is TLS: cookies lack Secure, links lead nowhere",
    "Let public_url begin with https://",
);
static HANDSHAKE: Rule = Rule::fault(
    "public_url_handshake",
    "public_url",
    "no encrypted connection to public_url comes about",
    "Mend the TLS settings of the proxy, or of [tls]: TLS 1.2 or 1.3 is wanted",
);
static UNVOUCHED: Rule = Rule::warning(
    "public_url_unvouched",
    "public_url",
    "no public authority vouches for the certificate at public_url, or its chain is not whole",
    "Serve the whole chain; for an authority of your own name its certificate with --roots",
);
static WRONG_NAME: Rule = Rule::fault(
    "public_url_wrong_name",
    "public_url",
    "the certificate at public_url is for other names",
    "Get one for that name, or correct public_url",
);

/// What is known before the way is gone.
pub(super) struct Luggage {
    /// The installation's key; without one there is a key for the moment.
    pub(super) key: Option<MasterKey>,
    /// Whether nothing is wrong with the key.
    pub(super) is_certain: bool,
    /// The listener's own certificate, which has been looked at.
    pub(super) leaf: Option<CertificateDer<'static>>,
    /// Authorities that are believed besides the public ones.
    pub(super) roots: Option<PathBuf>,
}

/// What was met on the way.
#[derive(Default)]
pub(super) struct Met {
    /// The clock of whoever answered, as it wrote it.
    pub(super) date: Option<String>,
    /// What the running server saw.
    pub(super) running: Option<Seen>,
}

pub(super) async fn look(config: &Config, luggage: Luggage) -> (Met, Vec<Finding>) {
    if config.tls.is_some() && !config.public_url.is_https() {
        return (Met::default(), vec![IS_TLS.met("[tls] is set")]);
    }
    let mut nonce = [0; 16];
    SystemEntropy.fill(&mut nonce);
    let key = luggage.key.clone().unwrap_or_else(|| {
        let mut bytes = [0; 32];
        SystemEntropy.fill(&mut bytes);
        MasterKey::new(bytes)
    });
    let mark = move |data: &[u8]| key.keyed_digest(Purpose::Doctor, data);
    let answers = Answers::new(config, mark.clone());
    let host = match listener::find(config, &answers, &mark, &nonce, luggage.is_certain).await {
        Ok(host) => host,
        Err(finding) => return (Met::default(), vec![finding]),
    };
    let now = SystemClock.now();
    let asked = question::question(&mark, now, &nonce);
    let reply = exchange::ask(&place(config), &asked, luggage.roots.as_deref()).await;
    let mut met = Met::default();
    let findings = match reply {
        Err(silence) => vec![judge_silence(config, &silence)],
        Ok(reply) => {
            met.date = reply.headers.get("date").and_then(|date| date.to_str().ok()).map(str::to_owned);
            let mut findings: Vec<Finding> =
                judge_certificate(config, &luggage, &reply, now).into_iter().collect();
            if proxy::is_ours(&reply, &mark, &nonce) {
                let seen: Seen = serde_json::from_slice(&reply.body).unwrap_or_default();
                let configuration = question::configuration_mark(&mark, &config::show(config));
                let judged = proxy::judge(config, &configuration, &seen, reply.local);
                let is_outdated = seen.configuration != configuration;
                findings.extend(judged);
                if !is_outdated {
                    findings.extend(proxy::judge_cookie(config, &reply));
                }
                if findings.is_empty() {
                    findings.push(Finding::fine(told(config, &host, &seen, &reply)));
                }
                if matches!(host, Host::Running) {
                    met.running = Some(seen);
                }
            } else {
                findings.push(proxy::judge_stranger(config, &reply));
            }
            findings
        }
    };
    if let Host::Moment(handle) = host {
        handle.shutdown();
    }
    (met, findings)
}

fn place(config: &Config) -> Place {
    let url = &config.public_url;
    Place {
        host: url.host().trim_start_matches('[').trim_end_matches(']').to_owned(),
        port: url.port(),
        https: url.is_https(),
        authority: url.to_string().split_once("://").map_or(String::new(), |(_, rest)| rest.to_owned()),
    }
}

fn told(config: &Config, host: &Host, seen: &Seen, reply: &Reply) -> String {
    let who = match host {
        Host::Running => "the running server",
        Host::Moment(_) => "this command in the server's place",
    };
    let straight = reply.local.is_some_and(|local| local.to_string() == seen.peer);
    let way = if straight { "straight".to_owned() } else { format!("by way of {}", seen.peer) };
    format!("{} leads to {who}, {way}; the client was {}", config.public_url, seen.client)
}

fn judge_silence(config: &Config, silence: &Silence) -> Finding {
    let at = format!("at {}", config.public_url);
    match silence {
        Silence::Name(why) => NAME.met(format!("{} {why}", config.public_url.host())),
        Silence::Connect(why) => UNREACHABLE.met(why.clone()),
        Silence::NotTls => NOT_TLS.met(format!("what comes back {at} is no TLS")),
        Silence::IsTls => IS_TLS.met(format!("TLS is spoken {at}")),
        Silence::Handshake(why) => HANDSHAKE.met(format!("{at}: {why}")),
        Silence::Http(why) => UNREACHABLE.met(format!("{at}: {why}")),
        Silence::Roots(why) => Finding::skipped(format!("--roots: {why}")),
    }
}

/// What is wrong with the certificate that was shown, unless it is the one that was looked at as a file.
fn judge_certificate(config: &Config, luggage: &Luggage, reply: &Reply, now: Timestamp) -> Option<Finding> {
    let sighting = reply.sighting.as_ref()?;
    let is_own = luggage.leaf.as_ref() == Some(&sighting.certificate);
    let shown = format!("{} shows it", config.public_url);
    match &sighting.wrong {
        Some(Wrong::Issuer) => Some(UNVOUCHED.met(shown)),
        Some(Wrong::Name) if !is_own => Some(WRONG_NAME.met(shown)),
        Some(Wrong::Other(why)) => Some(HANDSHAKE.met(format!("{shown}: {why}"))),
        Some(Wrong::Expired | Wrong::NotYetValid | Wrong::Name) | None if is_own => None,
        Some(Wrong::Expired | Wrong::NotYetValid | Wrong::Name) | None => {
            let finding = certificate::timely(&sighting.certificate, now)?;
            Some(Finding {
                seen: format!("{shown}: {}", finding.seen),
                key: "public_url".to_owned(),
                ..finding
            })
        }
    }
}
