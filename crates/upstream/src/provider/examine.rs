//! What an operator should know of a provider before people meet it: its description, its keys, and whether it knows us.
//!
//! Nobody is signed in, and nothing is kept. Its authorization endpoint is asked with `prompt=none` (OpenID Connect Core
//! section 3.1.2.1), which shows no page and, without a session there, leads straight back with an error: one that leads
//! back knows our redirect URI. Its token endpoint is asked with a code that is none: `invalid_client` says that it does
//! not know us, any other error that it does.

use std::sync::Arc;

use identity::federation::upstream::{AuthorizationRequest, Redemption};
use jose::Algorithm;
use serde::Deserialize;
use url::Url;

use super::description::{self, Description, Told};
use super::{Provider, ProviderSettings, object, quoted};
use crate::http::{Answer, HttpError, MAX_BODY_BYTES};

/// A code that no provider gave out, and what goes with it; none of it is a secret.
const NOTHING: &str = "vestibule-doctor-looks-and-signs-nobody-in";
/// How much of a page of errors is read for the name of what is wrong.
const READ_OF_PAGE: usize = 16 * 1024;

/// What came out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Examination {
    /// The provider's clock, as it wrote it (RFC 9110 section 6.6.1).
    pub date: Option<String>,
    /// What stands in the way of every login, the first that was met.
    pub complaint: Option<Complaint>,
    /// What became of each redirect URI, in the order given; empty beside a complaint.
    pub redirect_uris: Vec<(String, Registration)>,
}

/// Why nobody can sign in with a provider. The texts are clauses behind its name and hold no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Complaint {
    /// The settings themselves.
    Settings(String),
    /// It is on a private network, and that is not allowed.
    Private,
    /// It does not answer, or nothing that describes it.
    Unreachable(String),
    /// It calls itself something else.
    Issuer(String),
    /// One of its endpoints cannot be used.
    Endpoint(String),
    /// It signs with nothing that is verified here.
    Algorithms(String),
    /// Its keys cannot be had.
    Keys(String),
    /// It does not know us by our id and secret.
    Client(String),
}

/// Whether a provider leads back to a redirect URI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registration {
    /// It led there.
    Accepted,
    /// It says that it would not.
    Refused(String),
    /// It showed something else, such as a page to sign in at.
    Unknown(String),
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

/// Asks a provider what can be known without a login.
pub async fn examine(settings: ProviderSettings, redirect_uris: &[String]) -> Examination {
    let mut found = Examination::default();
    if let Err(wrong) = settings.check() {
        return Examination { complaint: Some(Complaint::Settings(wrong)), ..found };
    }
    let provider = match Provider::new(settings) {
        Ok(provider) => Arc::new(provider),
        Err(wrong) => return Examination { complaint: Some(Complaint::Settings(wrong)), ..found },
    };
    match provider.looked_up(&mut found).await {
        Err(complaint) => found.complaint = Some(complaint),
        Ok(description) => {
            for uri in redirect_uris {
                let registration = provider.registration(&description, uri).await;
                found.redirect_uris.push((uri.clone(), registration));
            }
        }
    }
    found
}

impl Provider {
    async fn looked_up(self: &Arc<Self>, found: &mut Examination) -> Result<Description, Complaint> {
        let url = self.well_known().map_err(|error| Complaint::Settings(error.reason))?;
        let answer = self.client.get(&url, None, MAX_BODY_BYTES).await.map_err(|error| unreached(&error))?;
        found.date.clone_from(&answer.date);
        if answer.status != 200 {
            return Err(Complaint::Unreachable(format!("answers {} at {url}", answer.status)));
        }
        let told: Told = object(&answer.body)
            .ok_or_else(|| Complaint::Unreachable(format!("has no description of a provider at {url}")))?;
        if told.issuer != self.settings.issuer {
            return Err(Complaint::Issuer(told.issuer));
        }
        let algorithms = told.id_token_signing_alg_values_supported.as_deref();
        if description::algorithms(algorithms).is_empty() {
            let names = algorithms.unwrap_or_default().iter().map(|name| quoted(name)).collect::<Vec<_>>();
            return Err(Complaint::Algorithms(names.join(", ")));
        }
        let description = self.described(&told).map_err(|error| Complaint::Endpoint(error.reason))?;
        self.fetch_keys(&description).await.map_err(|error| Complaint::Keys(error.reason))?;
        self.knows_us(&description).await?;
        Ok(description)
    }

    /// Whether the token endpoint takes our id and secret. What cannot be told is no complaint.
    async fn knows_us(&self, description: &Description) -> Result<(), Complaint> {
        let redemption = Redemption {
            code: NOTHING,
            redirect_uri: self.settings.issuer.as_str(),
            nonce: NOTHING,
            verifier: NOTHING,
            issuer: None,
        };
        let answer = self.ask_for_tokens(description, &redemption).await;
        let answer = answer.map_err(|error| Complaint::Endpoint(error.reason))?;
        match object::<Refusal>(&answer.body) {
            Some(refusal) if refusal.error == "invalid_client" => Err(Complaint::Client(refusal.error)),
            _ => Ok(()),
        }
    }

    async fn registration(self: &Arc<Self>, description: &Description, uri: &str) -> Registration {
        let request =
            AuthorizationRequest { redirect_uri: uri, state: NOTHING, nonce: NOTHING, verifier: NOTHING };
        let mut url = self.authorization_url_at(description, &request);
        url.query_pairs_mut().append_pair("prompt", "none");
        match self.client.get(&url, None, READ_OF_PAGE).await {
            Ok(answer) => judged(&answer, uri, &url),
            Err(error) => Registration::Unknown(error.to_string()),
        }
    }
}

/// What an answer of the authorization endpoint says of a redirect URI.
fn judged(answer: &Answer, uri: &str, asked: &Url) -> Registration {
    let leads_to = answer.location.as_deref().and_then(|place| asked.join(place).ok());
    if let (300..=399, Some(place)) = (answer.status, &leads_to) {
        let bare = place.as_str().split(['?', '#']).next().unwrap_or_default();
        return if bare == uri {
            Registration::Accepted
        } else if names_the_uri(place.query().unwrap_or_default()) {
            Registration::Refused(format!("it leads to {}", quoted(bare)))
        } else {
            Registration::Unknown(format!("it leads to {}", quoted(bare)))
        };
    }
    let page = String::from_utf8_lossy(&answer.body);
    if (400..=499).contains(&answer.status) && names_the_uri(&page) {
        return Registration::Refused(format!("it answers {}", answer.status));
    }
    Registration::Unknown(format!("it answers {}", answer.status))
}

/// Whether a text is about redirect URIs, in the words of RFC 6749 or of those who write pages.
fn names_the_uri(text: &str) -> bool {
    let plain: String =
        text.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
    ["redirecturi", "redirecturl", "redirectionuri"].iter().any(|name| plain.contains(name))
}

fn unreached(error: &HttpError) -> Complaint {
    match error {
        HttpError::NotPublic => Complaint::Private,
        HttpError::Failed(_) | HttpError::TimedOut | HttpError::TooLong(_) => {
            Complaint::Unreachable(format!("cannot be reached: {error}"))
        }
    }
}

/// What this server verifies ID tokens with, by name.
#[must_use]
pub fn verified_algorithms() -> String {
    Algorithm::ALL.iter().map(|algorithm| algorithm.name()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "https://us.example/login/callback";

    fn answered(status: u16, location: Option<&str>, body: &str) -> Registration {
        let answer = Answer {
            status,
            media_type: String::new(),
            body: body.as_bytes().to_vec(),
            date: None,
            location: location.map(str::to_owned),
        };
        judged(&answer, OURS, &"https://them.example/authorize?redirect_uri=x".parse().unwrap())
    }

    #[test]
    fn whoever_is_led_back_is_registered() {
        let back = format!("{OURS}?error=login_required&state=x");
        assert_eq!(answered(302, Some(&back), ""), Registration::Accepted);
        assert!(matches!(answered(302, Some("/login?next=x"), ""), Registration::Unknown(_)));
        assert!(matches!(answered(302, Some("https://us.example/"), ""), Registration::Unknown(_)));
    }

    #[test]
    fn a_refusal_is_one_that_names_the_redirect_uri() {
        let page = "<p>Invalid parameter: redirect_uri</p>";
        assert!(matches!(answered(400, None, page), Registration::Refused(_)));
        let page = "{\"error\": \"The 'redirect_uri' does not match\"}";
        assert!(matches!(answered(403, None, page), Registration::Refused(_)));
        assert!(matches!(answered(400, None, "no such client"), Registration::Unknown(_)));
        assert!(matches!(answered(200, None, page), Registration::Unknown(_)), "a page to sign in at");
        let elsewhere = answered(302, Some("/error?error=redirect_uri_mismatch"), "");
        assert!(matches!(elsewhere, Registration::Refused(_)), "{elsewhere:?}");
    }
}
