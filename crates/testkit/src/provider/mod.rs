//! An OpenID Connect provider for tests: a real HTTP server on a loopback port, with keys of its own and a clock that
//! is handed in, which lies or fails as it is told to. It is not for anything but tests: whoever comes is let in.
//!
//! ```text
//! let provider = TestProvider::start().await;
//! let server = TestServer::with(&provider.settings("acme"));
//! let clock = server.clock.clone();
//! provider.follow(move || clock.now());
//!
//! // The server led a browser here; somebody signs in, and the browser comes back with this query.
//! let back = provider.login(location, &Person::new("subject-1"));
//! server.anonymous().get(&format!("/v1/auth/oidc/callback?{}", back.query())).await;
//!
//! // What must not be believed.
//! provider.lie(Lie::NonceWrong);
//! // What must be survived.
//! provider.misbehave(Endpoint::Token, Mode::Status(503));
//! provider.down().await;
//! ```
//!
//! It runs in the runtime of the test that started it and ends with it. Unless it is told otherwise it signs with
//! RS256, has one confidential client (`client_secret_basic` and `client_secret_post`), gives out opaque access tokens,
//! and tells who somebody is in the ID token and by userinfo alike.

mod keys;
mod lie;
mod mint;
mod person;
mod routes;
mod state;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use identity::Timestamp;
use jose::Algorithm;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

pub use lie::{Endpoint, Lie, Mode};
pub use person::{Callback, Person};
pub use state::{AccessTokens, Asked, Told};

use keys::Key;
use state::State;

/// The one client that the provider knows.
pub const CLIENT_ID: &str = "vestibule client";
/// Its secret. Both need an escape in a form.
pub const CLIENT_SECRET: &str = "s&cret:=of the client+%";

/// A running provider.
pub struct TestProvider {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    serving: Mutex<Option<JoinHandle<()>>>,
}

impl TestProvider {
    /// A provider whose issuer is the bare origin, as in `http://127.0.0.1:4711`.
    pub async fn start() -> Self {
        Self::start_at("").await
    }

    /// A provider whose issuer has this path, such as `/realms/acme` or `/tenant/`.
    pub async fn start_at(path: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State::new(format!("http://{address}{path}"))));
        let provider = Self { address, state, serving: Mutex::new(None) };
        provider.serve(listener);
        provider
    }

    /// The issuer identifier, as clients must be told it.
    pub fn issuer(&self) -> String {
        self.state().issuer.clone()
    }

    /// This provider as a `[[providers]]` section of `vestibule.toml`.
    pub fn settings(&self, id: &str) -> String {
        let secret = match self.state().public_client {
            true => String::new(),
            false => format!("client_secret = {CLIENT_SECRET:?}\n"),
        };
        format!(
            "\n[[providers]]\nid = {id:?}\nname = {id:?}\nissuer = {:?}\nclient_id = {CLIENT_ID:?}\n{secret}\
             allow_private_addresses = true\n",
            self.issuer()
        )
    }

    /// From now on its time is this clock's. Until then it stands still at noon of 2026-01-02, UTC, where
    /// `ManualClock` begins.
    pub fn follow(&self, now: impl Fn() -> Timestamp + Send + Sync + 'static) {
        self.state().now = Box::new(now);
    }

    // ---- what a browser and a person do

    /// Follows the URL that the relying party led to, signs in as this person, agrees, and comes back.
    ///
    /// # Panics
    /// When the request is one that a provider refuses; the text says why.
    pub fn login(&self, authorization_url: &str, person: &Person) -> Callback {
        self.state().authorize(authorization_url, person).expect("a request that a provider takes")
    }

    /// The same with a person who does not agree: comes back with `error=access_denied`.
    ///
    /// # Panics
    /// As [`TestProvider::login`].
    pub fn deny(&self, authorization_url: &str) -> Callback {
        let back = self.login(authorization_url, &Person::new("nobody"));
        Callback { code: None, error: Some("access_denied".to_owned()), ..back }
    }

    /// Who signs in when a real browser comes to the authorization endpoint; it asks nothing and leads back at once.
    pub fn next_browser_is(&self, person: &Person) {
        self.state().browser = person.clone();
    }

    // ---- what it gives out

    /// An access token of this person, in the form of [`TestProvider::access_tokens`], good for an hour.
    pub fn access_token(&self, person: &Person) -> String {
        self.state().access_token(person)
    }

    /// A token with exactly these claims, signed by the present key. The header gets `alg` and `kid` where it has none.
    /// Userinfo does not know it.
    pub fn signed(&self, header: Value, claims: &Value) -> String {
        self.state().signed(header, claims)
    }

    /// From now on this token is refused by userinfo.
    pub fn revoke(&self, access_token: &str) {
        self.state().tokens.remove(access_token);
    }

    // ---- what it is like

    /// Which form access tokens have from now on.
    pub fn access_tokens(&self, form: AccessTokens) {
        self.state().access_tokens = form;
    }

    /// Where it tells who somebody is from now on.
    pub fn tell_in(&self, told: Told) {
        self.state().told = told;
    }

    /// From now on its client has no secret and is known by PKCE alone.
    pub fn public_client(&self) {
        self.state().public_client = true;
    }

    /// From now on it signs with a new key for this algorithm, the only one it publishes.
    pub fn sign_with(&self, algorithm: Algorithm) {
        let mut state = self.state();
        let key = Key::fresh(algorithm, &state.unique("key"));
        state.keys = vec![key];
    }

    /// From now on it signs with a new key; the ones before are published still, or not.
    pub fn rotate(&self, keep_the_old: bool) {
        let mut state = self.state();
        let key = Key::fresh(state.key().algorithm, &state.unique("key"));
        if !keep_the_old {
            state.keys.clear();
        }
        state.keys.push(key);
    }

    /// Changes its description (OpenID Connect Discovery 1.0 section 3) each time it is told.
    pub fn describe(&self, change: impl Fn(&mut Value) + Send + Sync + 'static) {
        self.state().describe = Box::new(change);
    }

    /// Changes the claims of each ID token before it is signed, after the lies.
    pub fn claim(&self, change: impl Fn(&mut Value) + Send + Sync + 'static) {
        self.state().claim = Box::new(change);
    }

    // ---- how it goes wrong

    /// Tells this lie from now on.
    pub fn lie(&self, lie: Lie) {
        self.state().lies.insert(lie);
    }

    /// Tells the truth again.
    pub fn be_honest(&self) {
        self.state().lies.clear();
    }

    /// From now on this endpoint answers so.
    pub fn misbehave(&self, endpoint: Endpoint, mode: Mode) {
        self.state().modes.insert(endpoint, mode);
    }

    /// Every endpoint answers as it should again.
    pub fn behave(&self) {
        self.state().modes.clear();
    }

    /// Connections are refused from now on, and open ones are closed at their next answer.
    pub async fn down(&self) {
        let serving = lock(&self.serving).take();
        if let Some(serving) = serving {
            serving.abort();
            // It ends by having been aborted, and with it the socket.
            let _ = serving.await;
        }
    }

    /// Comes back at the same address, knowing what it knew.
    pub async fn up(&self) {
        self.serve(TcpListener::bind(self.address).await.expect("the same port"));
    }

    // ---- what it saw

    /// How often this endpoint was asked.
    pub fn count(&self, endpoint: Endpoint) -> usize {
        self.asked(endpoint).len()
    }

    /// What this endpoint was asked, in order.
    pub fn asked(&self, endpoint: Endpoint) -> Vec<Asked> {
        self.state().asked.iter().filter(|asked| asked.endpoint == endpoint).cloned().collect()
    }

    /// The URL of this endpoint.
    pub fn url(&self, endpoint: Endpoint) -> Url {
        self.state().url(endpoint).parse().expect("a URL")
    }

    fn serve(&self, listener: TcpListener) {
        let router = routes::router(Arc::clone(&self.state));
        let serving = tokio::spawn(async move {
            // Ends only by being aborted.
            let _ = axum::serve(listener, router).await;
        });
        *lock(&self.serving) = Some(serving);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
