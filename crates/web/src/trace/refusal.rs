//! What becomes of a refusal when its answer leaves: the id in a header, what really came, and the record.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, COOKIE, ORIGIN};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use identity::error::Observed;
use identity::refusal::{RefusalId, Refused};
use identity::{Origin, RequestId, Rule, Timestamp};

use crate::form::Sent;
use crate::mount::Spoken;
use crate::{Fault, Web};

/// The header that tells a refused client its id, and nothing else.
const HEADER: HeaderName = HeaderName::from_static("x-vestibule-refusal");

/// What may have to be told of a request's head, taken before a handler has the request. It costs no copy of a text.
pub(super) struct Head {
    origin: Option<HeaderValue>,
    has_cookie: bool,
    has_authorization: bool,
    /// The word with which a provider sends a browser back (RFC 6749 section 4.1.2.1).
    error: Option<Observed>,
}

impl Head {
    pub(super) fn of(request: &Request) -> Self {
        let headers = request.headers();
        let query = request.uri().query().filter(|query| query.contains("error="));
        Self {
            origin: headers.get(ORIGIN).cloned(),
            has_cookie: headers.contains_key(COOKIE),
            has_authorization: headers.contains_key(AUTHORIZATION),
            error: query.and_then(error_code),
        }
    }

    /// What really came, as far as it matters to this rule.
    fn observed(&self, rule: Rule) -> Option<Observed> {
        if matches!(rule, Rule::CrossSite | Rule::Preflight) {
            let origin = self.origin.as_ref().map(|origin| String::from_utf8_lossy(origin.as_bytes()));
            let told = origin.map(|origin| format!("Origin: {}", Observed::url(&origin).as_str()));
            return Some(Observed::text(told.as_deref().unwrap_or("no Origin header")));
        }
        if matches!(rule, Rule::CredentialMissing | Rule::LoginCookie | Rule::FormToken) {
            let (cookie, header) = (came(self.has_cookie), came(self.has_authorization));
            return Some(Observed::text(&format!("{cookie} Cookie header, {header} Authorization header")));
        }
        self.error.clone().filter(|_| rule == Rule::ProviderDenied)
    }
}

fn came(is_there: bool) -> &'static str {
    if is_there { "a" } else { "no" }
}

/// A word of the protocol's, or of the provider's own in its spelling. Anything else may be anything, and is left out.
fn error_code(query: &str) -> Option<Observed> {
    let Sent::Value(word) = Sent::of(Some(query), "error") else { return None };
    let is_word =
        (1..=40).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let told = if is_word { word.as_str() } else { "another error" };
    Some(Observed::text(&format!("error: {told}")))
}

/// A request, as it is told of.
pub(super) struct Came<'a> {
    pub(super) id: RequestId,
    pub(super) now: Timestamp,
    pub(super) address: Option<IpAddr>,
    pub(super) method: &'a str,
    pub(super) path: &'a str,
}

/// The fault of a refused request. What says no without one is the framework's own refusal.
pub(super) fn fault(response: &mut Response) -> Option<Fault> {
    let status = response.status();
    let extensions = response.extensions_mut();
    if extensions.get::<Fault>().is_none() && (status.is_client_error() || status.is_server_error()) {
        extensions.insert(Fault::of_status(status));
    }
    extensions.get::<Fault>().cloned()
}

/// Tells the client its id and notes the rest for the operator.
pub(super) fn tell(web: &Web, came: &Came<'_>, head: &Head, fault: &Fault, response: &mut Response) {
    let id = RefusalId::of(came.id);
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(HEADER, value);
    }
    let rule = fault.facts.rule;
    let observed = fault.observed.clone().or_else(|| head.observed(rule));
    let network = Origin { address: came.address, ..Origin::default() }.network();
    let door = response.extensions().get::<Spoken>().map(|spoken| spoken.0.to_owned());
    let status = response.status().as_u16();
    web.identity.refusals.note(rule, network, || Refused {
        id,
        at: came.now,
        request: came.id,
        door,
        method: Observed::text(came.method).as_str().to_owned(),
        route: Observed::text(came.path).as_str().to_owned(),
        status,
        outcome: fault.kind.to_owned(),
        rule: rule.name().to_owned(),
        seen: fault.facts.seen.to_owned(),
        wanted: fault.facts.wanted.to_owned(),
        observed: observed.map_or_else(String::new, |observed| observed.as_str().to_owned()),
        address: came.address.map(|address| address.to_canonical().to_string()).unwrap_or_default(),
        network: network.map_or([0; 9], identity::Network::to_bytes),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_providers_error_only_its_word_is_told() {
        let told = |query| error_code(query).map(|told| told.as_str().to_owned());
        assert_eq!(told("error=access_denied&state=s3cret").as_deref(), Some("error: access_denied"));
        assert_eq!(told("state=s3cret&error=a%20s3cret").as_deref(), Some("error: another error"));
        assert_eq!(told("error=").as_deref(), Some("error: another error"));
        assert_eq!(told("xerror=access_denied"), None);
        assert_eq!(told("error=a&error=b"), None);
    }
}
