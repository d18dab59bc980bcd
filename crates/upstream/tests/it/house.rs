//! One provider, and us as its relying party, with a clock for both.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use identity::federation::ProviderId;
use identity::federation::upstream::{
    AuthorizationRequest, Claims, Redemption, Upstream as _, UpstreamError, UpstreamFault,
};
use identity::{Secret, Timestamp};
use upstream::provider::{ProviderSettings, Providers};
use zeroize::Zeroizing;

use crate::provider::{CLIENT_ID, CLIENT_SECRET, Callback, Person, TestProvider};

pub(crate) const REDIRECT_URI: &str = "https://us.example/v1/auth/oidc/callback";
pub(crate) const STATE: &str = "state-of-this-login";
pub(crate) const NONCE: &str = "nonce-of-this-login";
pub(crate) const VERIFIER: &str = "verifier-of-this-login-with-43-characters-or-more";

/// A provider and its relying party.
pub(crate) struct House {
    pub(crate) provider: TestProvider,
    pub(crate) relying: Arc<Providers>,
    clock: Arc<AtomicI64>,
}

pub(crate) fn acme() -> ProviderId {
    ProviderId::new("acme").expect("an id")
}

pub(crate) fn settings(issuer: &str) -> ProviderSettings {
    ProviderSettings {
        id: acme(),
        issuer: issuer.to_owned(),
        client_id: CLIENT_ID.to_owned(),
        client_secret: Some(Zeroizing::new(CLIENT_SECRET.to_owned())),
        scopes: ["openid", "profile", "email"].map(str::to_owned).to_vec(),
        allow_private_addresses: true,
    }
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(TestProvider::start().await, |_| {})
    }

    pub(crate) fn with(provider: TestProvider, change: impl FnOnce(&mut ProviderSettings)) -> Self {
        let mut settings = settings(&provider.issuer());
        change(&mut settings);
        let clock = Arc::new(AtomicI64::new(1_767_355_200_000));
        let theirs = Arc::clone(&clock);
        provider.follow(move || Timestamp::from_millis(theirs.load(Ordering::SeqCst)));
        let relying = Arc::new(Providers::new(vec![settings]).expect("good settings"));
        Self { provider, relying, clock }
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.load(Ordering::SeqCst))
    }

    pub(crate) fn advance(&self, span: Duration) {
        self.clock.fetch_add(i64::try_from(span.as_millis()).expect("a short span"), Ordering::SeqCst);
    }

    pub(crate) async fn authorization_url(&self) -> Result<String, UpstreamError> {
        let request = AuthorizationRequest {
            redirect_uri: REDIRECT_URI,
            state: STATE,
            nonce: NONCE,
            verifier: VERIFIER,
        };
        self.relying.authorization_url(self.now(), &acme(), &request).await
    }

    pub(crate) async fn logout_url(&self, return_to: &str) -> Result<Option<String>, UpstreamError> {
        self.relying.logout_url(self.now(), &acme(), return_to).await
    }

    /// Somebody comes back from the provider.
    pub(crate) async fn back(&self, person: &Person) -> Callback {
        self.provider.login(&self.authorization_url().await.expect("a provider that is up"), person)
    }

    pub(crate) async fn redeem(&self, back: &Callback) -> Result<Claims, UpstreamError> {
        self.redeem_with(back, |_| {}).await
    }

    pub(crate) async fn redeem_with(
        &self,
        back: &Callback,
        change: impl FnOnce(&mut Redemption<'_>),
    ) -> Result<Claims, UpstreamError> {
        let mut redemption = Redemption {
            code: back.code.as_deref().expect("a code"),
            redirect_uri: REDIRECT_URI,
            nonce: NONCE,
            verifier: VERIFIER,
            issuer: back.iss.as_deref(),
        };
        change(&mut redemption);
        self.relying.redeem(self.now(), &acme(), &redemption).await
    }

    /// A whole login.
    pub(crate) async fn login(&self, person: &Person) -> Result<Claims, UpstreamError> {
        self.redeem(&self.back(person).await).await
    }

    /// A whole login of somebody, of which only the fault counts.
    pub(crate) async fn fault(&self) -> Option<UpstreamFault> {
        self.login(&Person::new("ann")).await.err().map(|error| error.fault)
    }

    pub(crate) async fn inspect(&self, token: &str) -> Result<Claims, UpstreamError> {
        let token = Secret::presented(token).expect("a plausible token");
        self.relying.inspect(self.now(), &acme(), &token).await
    }

    /// What is wrong with an access token.
    pub(crate) async fn refused(&self, token: &str) -> Option<UpstreamFault> {
        self.inspect(token).await.err().map(|error| error.fault)
    }
}
