//! Dev only: the whole server in the test's own process, on a real throw-away database, with time that stands still
//! and entropy that repeats.
//!
//! Nothing is replaced but the clock, the random numbers and the socket. Hashes cost next to nothing. The database is
//! SQLite's, or PostgreSQL's with `TEST_ENGINE=postgres` in the environment: the same tests hold on both.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot set up its server, or its provider, fails at once"
)]

mod answer;
mod clock;
mod entropy;
mod mail;
mod place;
mod principal;
pub mod provider;
pub mod token;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use identity::audit::Event;
use identity::mail::Mail;
use identity::ports::{Change, Commit, Entropy as _, Store as _};
use identity::user::{PersonName, Role, Status, User};
use identity::{Actor, Door, Identity, MasterKey, NewAccount, NewPassword, Op, Origin, RequestId};
use password::{Cost, HashPool, Lane, Password, PoolSettings};
pub use server::served::Served;
use store::Store;
use web::{Clock as _, Networks, ReturnUrls, Shared, Site, TrustedProxies, Web};

pub use answer::Answer;
pub use clock::ManualClock;
pub use entropy::SeededEntropy;
pub use mail::CapturedMail;
use place::Place;
pub use principal::{Ask, Principal};
pub use server::mount::DIALECTS;

/// The address that requests of a test come from.
pub const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

/// Hashes that cost next to nothing: the first lines of a `[password]` section, for a test that sets others in it.
pub const CHEAP_HASHES: &str = "memory_kib = 8\niterations = 1\nhash_threads = 2\n";

/// A server in the test's own process.
pub struct TestServer {
    /// Its time; stands still until it is moved.
    pub clock: ManualClock,
    /// Its core.
    pub identity: Identity,
    entropy: Arc<SeededEntropy>,
    served: Served,
    // A handle of its own on the same database, as another process would have.
    store: Store,
    place: Arc<Place>,
}

impl TestServer {
    /// A server with the default configuration and cheap hashes.
    pub fn start() -> Self {
        Self::with("")
    }

    /// A server with these settings, as in `vestibule.toml`; a `[password]` section
    /// replaces the cheap one, see [`CHEAP_HASHES`].
    pub fn with(settings: &str) -> Self {
        Self::on(Arc::new(Place::new()), settings, ManualClock::default(), Arc::new(SeededEntropy::new(1)))
    }

    /// The same database under other settings: what a restart after a change of the configuration is.
    pub fn restarted_with(&self, settings: &str) -> Self {
        Self::on(Arc::clone(&self.place), settings, self.clock.clone(), Arc::clone(&self.entropy))
    }

    fn on(place: Arc<Place>, settings: &str, clock: ManualClock, entropy: Arc<SeededEntropy>) -> Self {
        let cheap = match settings.contains("[password]") {
            true => String::new(),
            false => format!(
                "[password]
{CHEAP_HASHES}"
            ),
        };
        let text = format!(
            "{}
{settings}
{cheap}",
            place.settings()
        );
        let config = server::config::parse("test", &text, []).expect("good settings").config;
        let key = MasterKey::new([7; 32]);
        let identity =
            server::house::build(&config, place::open(&config), entropy.clone(), key).expect("a core");
        let web = Web::new(Shared {
            identity: identity.clone(),
            clock: Arc::new(clock.clone()),
            entropy: entropy.clone(),
            site: Site {
                origin: config.public_url.origin().as_str().to_owned(),
                secure: config.public_url.is_https(),
            },
            return_urls: ReturnUrls::new(config.public_url.origin().as_str(), config.return_urls.clone()),
            proxies: TrustedProxies::new(config.trusted_proxies.clone()),
            trusted_addresses: Networks::new(config.limits.trusted_addresses.clone()),
            limits: config.limits.of_a_request(),
        });
        let served = server::mount::served(&config, &web).expect("dialects that do not overlap");
        let store = place::open(&config);
        Self { clock, identity, entropy, served, store, place }
    }

    /// Whether checks are remembered: what `Ask::send_at_once` needs.
    pub fn remembers_checks(&self) -> bool {
        self.place.is_sqlite()
    }

    /// Somebody without a credential.
    pub fn anonymous(&self) -> Principal<'_> {
        Principal::new(self, None)
    }

    /// Somebody with this `Authorization` header.
    pub fn bearing(&self, authorization: impl Into<String>) -> Principal<'_> {
        Principal::new(self, Some(authorization.into()))
    }

    /// Makes an active user with this username, the address `{username}@example.org` and this password.
    pub async fn user(&self, username: &str, password: &str) -> User {
        self.user_with(username, password, |_| {}).await
    }

    /// Makes a user as [`TestServer::user`] does, after a change.
    pub async fn user_with(
        &self,
        username: &str,
        password: &str,
        change: impl FnOnce(&mut NewAccount),
    ) -> User {
        let mut account = NewAccount {
            username: Some(username.to_owned()),
            email: Some(format!("{username}@example.org")),
            email_verified: true,
            name: PersonName::default(),
            role: Role::User,
            status: Status::Active,
            parent: None,
            password: NewPassword::Given(zeroize::Zeroizing::new(password.to_owned())),
            must_change_password: false,
        };
        change(&mut account);
        self.identity.accounts.create(&self.operator(), account).await.expect("a user").user
    }

    /// Makes a user as [`TestServer::user`] does, whose password is from before there was a policy: any text will do.
    pub async fn user_from_before(&self, username: &str, password: &str) -> User {
        let user = self.user_with(username, "", |account| account.password = NewPassword::Generated).await;
        let cost = Cost { memory_kib: 8, iterations: 1, parallelism: 1 };
        let settings = PoolSettings { cost, threads: 1, queue: 1, ..PoolSettings::default() };
        let pool = HashPool::start(settings).expect("a thread");
        let typed = Password::new(password).expect("no longer than passwords are");
        let hash = pool.hash(Lane(0), typed, [7; 16]).await.expect("a hash").as_str().to_owned();
        let (number, version, at) = (user.number, user.credential_version, self.clock.now());
        let change = Change::SetPassword { user: number, version, hash, must_change: false, at };
        self.store.commit(Commit { changes: vec![change], events: Vec::new() }).await.expect("a password");
        self.store.user(number).await.expect("an answer").expect("the user")
    }

    /// A request of somebody not recognised yet, at this door, from [`PEER`], now.
    pub fn visitor(&self, door: &Door) -> Op {
        let origin = Origin { address: Some(PEER), door: Some(door.clone()), ..Origin::default() };
        Op { origin, actor: Actor::Anonymous, ..self.operator() }
    }

    /// A request of the operator, now.
    pub fn operator(&self) -> Op {
        let mut random = [0; 16];
        self.entropy.fill(&mut random);
        Op {
            now: self.clock.now(),
            origin: Origin::default(),
            request: RequestId(uuid::Uuid::from_bytes(random)),
            actor: Actor::Operator,
        }
    }

    /// The audit trail so far.
    pub async fn events(&self) -> Vec<Event> {
        let events = self.store.events(0, 10_000).await.expect("the audit trail");
        events.into_iter().map(|(_, event)| event).collect()
    }

    /// Delivers the mail that is due, and returns it.
    pub async fn mails(&self) -> Vec<Mail> {
        let mailer = CapturedMail::default();
        let op = self.operator();
        let delivering = self.identity.mail.deliver(&op, || self.clock.now(), &mailer);
        delivering.await.expect("a database");
        mailer.all().into_iter().map(|(_, mail)| mail).collect()
    }

    /// What answers, for who asks it without [`Principal`] and what that looks at in every answer. A request needs a
    /// `ConnectInfo`.
    pub fn served(&self) -> Served {
        self.served.clone()
    }

    /// Moves the time on.
    pub fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// The store as another process sees it.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Everything the data folder and the database hold, to look for what must not be there.
    pub fn stored_bytes(&self) -> Vec<u8> {
        self.place.stored_bytes()
    }
}
