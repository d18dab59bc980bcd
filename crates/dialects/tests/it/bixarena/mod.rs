//! The bixarena dialect, clause by clause of its contract; each test names its clause. The provider is a real one, on a
//! port of this machine.

mod attacks;
mod browser;
mod callback;
mod callback_refused;
mod jwks;
mod login;
mod logout;
mod oauth2;
mod service_token;
mod session;
mod silence;
mod start;
mod token;
mod userinfo;

use testkit::provider::{Callback, Person, TestProvider};
use testkit::{Answer, Ask, TestServer};
use web::Clock as _;

const START: &str = "/v1/auth/oidc/start";
const CALLBACK: &str = "/v1/auth/oidc/callback";
const LOGOUT: &str = "/v1/auth/logout";
const TOKEN: &str = "/v1/token";
const JWKS: &str = "/v1/.well-known/jwks.json";
const LOGIN: &str = "/v1/auth/login";
const FOR_AUDIENCE: &str = "/v1/oauth2/token";
const FOR_SERVICE: &str = "/v1/oauth2/service-token";
const USERINFO: &str = "/v1/userinfo";

/// Where the server believes itself to be.
const SITE: &str = "http://127.0.0.1:8080";
/// Keys that are made in no time.
const EDDSA: &str = "algorithm = \"EdDSA\"\n";

/// A server, and the one provider that it has.
struct House {
    server: TestServer,
    provider: TestProvider,
}

/// A house that signs with Ed25519.
async fn house() -> House {
    house_with(EDDSA).await
}

/// One with these lines in its section.
async fn house_with(section: &str) -> House {
    house_at("", section, "").await
}

/// One with these lines before all sections, in the dialect's own, and in the provider's.
async fn house_at(top: &str, section: &str, provider_section: &str) -> House {
    let provider = TestProvider::start().await;
    let provider_section = format!("{}{provider_section}", provider.settings("acme"));
    let server = TestServer::with(&format!("{top}\n[dialects.bixarena]\n{section}\n{provider_section}"));
    let clock = server.clock.clone();
    provider.follow(move || clock.now());
    House { server, provider }
}

/// A browser that was sent to the provider.
struct Browser {
    location: String,
    /// The value of `JSESSIONID`.
    secret: String,
}

impl House {
    async fn begin(&self) -> Browser {
        self.begin_at(START).await
    }

    async fn begin_at(&self, path: &str) -> Browser {
        let answer = self.server.anonymous().get(path).send().await;
        Browser { location: location(&answer), secret: secret(&answer) }
    }

    /// Somebody signs in at the provider, and the browser comes back.
    async fn come_back(&self, browser: &Browser, subject: &str) -> Answer {
        let back = self.provider.login(&browser.location, &Person::new(subject));
        self.bring(&browser.secret, &back).send().await
    }

    /// A browser with this cookie brings this answer of the provider's.
    fn bring(&self, secret: &str, back: &Callback) -> Ask<'_> {
        self.ask(secret, "GET", &format!("{CALLBACK}?{}", back.query()))
    }

    /// A session of whoever has this subject at the provider.
    async fn session(&self, subject: &str) -> String {
        let answer = self.come_back(&self.begin().await, subject).await;
        assert_eq!(answer.status, 200, "{answer}");
        secret(&answer)
    }

    fn ask(&self, secret: &str, method: &str, path: &str) -> Ask<'_> {
        with_cookie(&self.server, secret, method, path)
    }

    /// The status of `userinfo` by this cookie.
    async fn opens(&self, secret: &str) -> u16 {
        self.ask(secret, "GET", USERINFO).send().await.status.as_u16()
    }

    /// The status of `userinfo` by this token.
    async fn bears(&self, token: &str) -> u16 {
        self.server.bearing(format!("Bearer {token}")).get(USERINFO).send().await.status.as_u16()
    }

    /// The token of a session.
    async fn token(&self, secret: &str) -> String {
        access_token(&self.ask(secret, "POST", TOKEN).send().await)
    }
}

fn with_cookie<'a>(server: &'a TestServer, secret: &str, method: &str, path: &str) -> Ask<'a> {
    server.anonymous().ask(method, path).header("cookie", format!("JSESSIONID={secret}"))
}

fn access_token(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer}");
    answer.json()["access_token"].as_str().expect("a token").to_owned()
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 302, "{answer}");
    answer.header("location").expect("a location").to_owned()
}

/// The value of the cookie that an answer sets.
fn set(answer: &Answer) -> Option<&str> {
    answer.header("set-cookie")?.strip_prefix("JSESSIONID=")?.split(';').next()
}

fn secret(answer: &Answer) -> String {
    let secret = set(answer).expect("a cookie");
    let digit = |byte: u8| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte);
    assert!(secret.len() == 32 && secret.bytes().all(digit), "{secret}");
    secret.to_owned()
}

/// An answer with what is another one each time replaced.
fn shown(answer: &Answer) -> String {
    let text = answer.to_string();
    match set(answer).filter(|secret| !secret.is_empty()) {
        Some(secret) => text.replace(secret, "[32 OF 0-9A-F]"),
        None => text,
    }
}

/// One text out of several that must be the same.
fn one(mut texts: Vec<String>) -> String {
    texts.dedup();
    assert_eq!(texts.len(), 1, "{texts:?}");
    texts.remove(0)
}

/// The parameter of a URL's query.
fn parameter(url: &str, name: &str) -> Option<String> {
    let url: url::Url = url.parse().expect("a URL");
    let mut pairs = url.query_pairs();
    pairs.find(|(theirs, _)| theirs == name).map(|(_, value)| value.into_owned())
}
