//! The server's side of the question: what it saw, told to whoever can show this installation's mark.
//!
//! It stands before the answer at paths that no route owns, so that to everybody else this path is one of those.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request};
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::{IntoResponse as _, Response};
use identity::Timestamp;
use web::{CredentialCookie, Site, TrustedProxies};

use super::question::{self, Mark, Seen};
use crate::config::{self, Config};
use crate::connections;

/// Makes this installation's marks.
type Marking = dyn Fn(&[u8]) -> [u8; 32] + Send + Sync;

/// Answers the doctor.
#[derive(Clone)]
pub struct Answers {
    mark: Arc<Marking>,
    proxies: TrustedProxies,
    site: Site,
    tls: bool,
    configuration: String,
}

impl Answers {
    /// For a server with this configuration and these marks.
    pub fn new(config: &Config, mark: impl Fn(&[u8]) -> [u8; 32] + Send + Sync + 'static) -> Self {
        let configuration = question::configuration_mark(&mark, &config::show(config));
        Self {
            mark: Arc::new(mark),
            proxies: TrustedProxies::new(config.trusted_proxies.clone()),
            site: Site {
                origin: config.public_url.origin().as_str().to_owned(),
                secure: config.public_url.is_https(),
            },
            tls: config.tls.is_some(),
            configuration,
        }
    }

    /// The answer, if this is a question of this installation's.
    pub fn to(&self, now: Timestamp, request: &Request) -> Option<Response> {
        let is_question = request.method() == Method::GET && request.uri().path() == question::PATH;
        let presented = request.headers().get(question::HEADER).filter(|_| is_question)?.to_str().ok()?;
        let mark: Mark<'_> = &*self.mark;
        let nonce = question::nonce_of(mark, now, presented)?;
        let body = serde_json::to_vec(&self.seen(request)).ok()?;
        let told = HeaderValue::from_str(&question::answer_mark(mark, &nonce, &body)).ok()?;
        let json = HeaderValue::from_static("application/json");
        let answer = ([(CONTENT_TYPE, json), (HeaderName::from_static(question::HEADER), told)], body);
        let cookie = CredentialCookie::new(question::COOKIE, &self.site);
        Some(cookie.set(answer.into_response(), "seen", now, None))
    }

    fn seen(&self, request: &Request) -> Seen {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
        let headers = request.headers();
        Seen {
            peer: peer.map(|peer| peer.to_string()).unwrap_or_default(),
            client: peer.map(|peer| self.proxies.client(peer.ip(), headers).to_string()).unwrap_or_default(),
            tls: self.tls,
            x_forwarded_for: values(headers, "x-forwarded-for"),
            x_forwarded_proto: values(headers, "x-forwarded-proto"),
            x_forwarded_host: values(headers, "x-forwarded-host"),
            forwarded: values(headers, "forwarded"),
            host: host(request),
            open_files: connections::open_files(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            configuration: self.configuration.clone(),
        }
    }
}

fn values(headers: &HeaderMap, name: &str) -> Vec<String> {
    let all = headers.get_all(name).iter();
    all.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect()
}

fn host(request: &Request) -> String {
    let header = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    header.or_else(|| request.uri().authority().map(|it| it.as_str())).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use identity::MasterKey;
    use identity::master_key::Purpose;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_767_355_200_000);

    fn mark(data: &[u8]) -> [u8; 32] {
        MasterKey::new([1; 32]).keyed_digest(Purpose::Doctor, data)
    }

    fn asked(method: &str, path: &str, question: Option<&str>) -> Option<Response> {
        let config = config::parse("x", "", []).unwrap().config;
        let mut request = Request::builder().method(method).uri(path);
        if let Some(question) = question {
            request = request.header(question::HEADER, question);
        }
        Answers::new(&config, mark).to(NOW, &request.body(Body::empty()).unwrap())
    }

    #[test]
    fn only_a_question_with_the_installations_mark_is_answered() {
        let good = question::question(&mark, NOW, &[7; 16]);
        assert!(asked("GET", question::PATH, Some(&good)).is_some());
        assert!(asked("GET", question::PATH, None).is_none());
        assert!(asked("GET", question::PATH, Some(good.trim_start_matches(char::is_numeric))).is_none());
        assert!(asked("POST", question::PATH, Some(&good)).is_none());
        assert!(asked("GET", "/id/doctor/", Some(&good)).is_none());
    }
}
