//! SSRF by discovery and JWKS (GHSA-5rr4-8452-hf4v; requirement 46): a provider cannot lead the server into its own
//! network, neither by a redirect nor by what it writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use identity::Timestamp;
use identity::federation::upstream::{AuthorizationRequest, Upstream as _, UpstreamError, UpstreamFault};
use tokio::net::TcpListener;
use upstream::provider::{ProviderSettings, Providers};

use crate::house::{House, acme, settings};
use crate::provider::{Endpoint, Mode};

/// A listener on this machine, and how many connections it took.
async fn trap() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&taken);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    (port, taken)
}

fn guarded(issuer: &str) -> Result<Providers, String> {
    Providers::new(vec![ProviderSettings { allow_private_addresses: false, ..settings(issuer) }])
}

async fn asked(providers: &Providers) -> Result<String, UpstreamError> {
    let request =
        AuthorizationRequest { redirect_uri: "https://us.example/", state: "s", nonce: "n", verifier: "v" };
    providers.authorization_url(Timestamp::from_millis(0), &acme(), &request).await
}

/// security 1, outgoing-calls; security 2, no. 46.
#[tokio::test]
async fn a_private_address_is_refused_when_it_is_configured() {
    for host in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001"] {
        let error = guarded(&format!("https://{host}")).unwrap_err();
        assert!(error.starts_with("provider acme: ") && error.contains("allow_private_addresses"), "{error}");
    }
    assert!(guarded("http://login.example").is_err(), "plain HTTP");
}

/// security 1, outgoing-calls; security 2, no. 46.
#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_refused() {
    let (port, taken) = trap().await;
    let error = asked(&guarded(&format!("https://localhost:{port}")).unwrap()).await.unwrap_err();
    assert_eq!(error.fault, UpstreamFault::Untrusted);
    assert!(error.reason.contains("private or reserved address"), "{error}");
    assert_eq!(taken.load(Ordering::SeqCst), 0, "nothing was connected to");
}

#[tokio::test]
async fn the_same_is_gone_to_when_it_is_allowed() {
    let (port, taken) = trap().await;
    let settings = settings(&format!("http://localhost:{port}"));
    let asking = tokio::spawn(async move { asked(&Providers::new(vec![settings]).unwrap()).await });
    while taken.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    asking.abort();
}

/// security 1, outgoing-calls; security 2, no. 46.
#[tokio::test]
async fn no_redirect_is_followed_wherever_it_leads() {
    let (port, taken) = trap().await;
    for endpoint in [Endpoint::Discovery, Endpoint::Jwks, Endpoint::Token] {
        let house = House::new().await;
        house
            .provider
            .misbehave(endpoint, Mode::Redirect(format!("http://127.0.0.1:{port}/latest/meta-data")));
        let fault = match house.authorization_url().await {
            Ok(_) => house.fault().await,
            Err(error) => Some(error.fault),
        };
        assert_eq!(fault, Some(UpstreamFault::Unavailable), "{endpoint:?}");
    }
    assert_eq!(taken.load(Ordering::SeqCst), 0);
}
