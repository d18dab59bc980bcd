//! The native dialect: Vestibule's own API.

mod browser;
mod confirm;
mod email;
mod identities;
mod key;
mod login;
mod login_refused;
mod password;
mod provider_login;
mod session;
mod silence;

use serde_json::{Value, json};
use testkit::provider::TestProvider;
use testkit::{Answer, Ask, TestServer};
use web::Clock as _;

const LOGIN: &str = "/id/v1/login";
const CONFIRM: &str = "/id/v1/confirm";
const LOGOUT: &str = "/id/v1/logout";
const ME: &str = "/id/v1/me";
const SESSIONS: &str = "/id/v1/sessions";
const END_OTHERS: &str = "/id/v1/sessions/end-others";
const CHANGE: &str = "/id/v1/password";
const EMAIL: &str = "/id/v1/email";
const EMAIL_VERIFY: &str = "/id/v1/email/verify";
const EMAIL_CONFIRM: &str = "/id/v1/email/confirm";
const KEYS: &str = "/id/v1/keys";
const PROVIDERS: &str = "/id/v1/providers";
const IDENTITIES: &str = "/id/v1/identities";
const BEGIN: &str = "/id/v1/login/provider";
const CALLBACK: &str = "/login/callback";

const PASSWORD: &str = "correct horse";
/// What takes the cookie away.
const CLEARED: &str =
    "vestibule=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly; SameSite=Lax";

/// A server on which `john` may sign in with [`PASSWORD`].
async fn house() -> TestServer {
    house_with("").await
}

/// The same with these settings.
async fn house_with(settings: &str) -> TestServer {
    let server = TestServer::with(settings);
    server.user("john", PASSWORD).await;
    server
}

fn form(name: &str, password: &str) -> Value {
    json!({"identifier": name, "password": password})
}

async fn sign_in(server: &TestServer, name: &str, password: &str) -> Answer {
    server.anonymous().post(LOGIN).json(&form(name, password)).send().await
}

/// A server with the providers `acme` and `other`, and these lines in the section of each.
async fn house_with_providers(lines: &str) -> (TestServer, TestProvider, TestProvider) {
    let (acme, other) = (TestProvider::start().await, TestProvider::start().await);
    let settings = format!("{}{lines}{}{lines}", acme.settings("acme"), other.settings("other"));
    let server = house_with(&settings).await;
    for provider in [&acme, &other] {
        let clock = server.clock.clone();
        provider.follow(move || clock.now());
    }
    (server, acme, other)
}

/// A browser that is at a provider.
struct Away {
    location: String,
    /// The value of its cookie.
    browser: String,
}

impl Away {
    fn of(location: &str, answer: &Answer) -> Self {
        let cookie = set(answer, "vestibule-login").expect("a cookie");
        Self { location: location.to_owned(), browser: cookie.to_owned() }
    }
}

/// A browser that was sent to a provider to sign in.
async fn begin(server: &TestServer, query: &str) -> Away {
    let answer = server.anonymous().get(&format!("{BEGIN}?{query}")).send().await;
    assert_eq!(answer.status, 303, "{answer}");
    Away::of(answer.header("location").expect("a location"), &answer)
}

/// The browser comes back with this query, and with this session where it has one.
async fn come_back(server: &TestServer, browser: &str, session: Option<&str>, query: &str) -> Answer {
    let session = session.map(|session| format!("; vestibule={session}")).unwrap_or_default();
    let ask = server.anonymous().get(&format!("{CALLBACK}?{query}"));
    ask.header("cookie", format!("vestibule-login={browser}{session}")).send().await
}

/// The value of this cookie that an answer sets.
fn set<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let mut values =
        cookies.filter_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('=')?.split(';').next());
    values.next()
}

/// The value of the cookie that an answer sets.
fn cookie_in(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie").and_then(|cookie| cookie.strip_prefix("vestibule="));
    let value = cookie.and_then(|cookie| cookie.split(';').next()).expect("a cookie").to_owned();
    assert!(value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit()), "{value}");
    value
}

/// A fresh session of somebody's.
async fn session(server: &TestServer, name: &str) -> String {
    let answer = sign_in(server, name, PASSWORD).await;
    assert_eq!(answer.status, 200, "{answer}");
    cookie_in(&answer)
}

/// A request that carries this session.
fn ask<'a>(server: &'a TestServer, session: &str, method: &str, path: &str) -> Ask<'a> {
    server.anonymous().ask(method, path).header("cookie", format!("vestibule={session}"))
}

/// Such a request with JSON.
async fn send(server: &TestServer, session: &str, path: &str, body: Value) -> Answer {
    ask(server, session, "POST", path).json(&body).send().await
}

/// The status of `me` with this session: whether it still opens anything.
async fn opens(server: &TestServer, session: &str) -> u16 {
    ask(server, session, "GET", ME).send().await.status.as_u16()
}

/// An answer's status and the code of its problem.
fn problem(answer: &Answer) -> (u16, String) {
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{answer}");
    let told = answer.json();
    assert_eq!(told["status"], answer.status.as_u16());
    (answer.status.as_u16(), told["code"].as_str().expect("a code").to_owned())
}

/// An answer with what is another one each time replaced: the cookie, and ids.
fn shown(answer: &Answer) -> String {
    let text = answer.to_string();
    let mut parts = text.split('"').map(|part| match uuid::Uuid::try_parse(part) {
        Ok(_) if part.len() == 36 => "[UUID]".to_owned(),
        _ => part.to_owned(),
    });
    let text = parts.by_ref().collect::<Vec<_>>().join("\"");
    match answer
        .header("set-cookie")
        .filter(|cookie| cookie.starts_with("vestibule=") && !cookie.contains("=;"))
    {
        Some(_) => text.replace(&cookie_in(answer), "[64 HEX]"),
        None => text,
    }
}

/// The parameter of a URL's query.
fn parameter(url: &str, name: &str) -> String {
    let url: url::Url = url.parse().expect("a URL");
    let mut pairs = url.query_pairs();
    pairs.find(|(theirs, _)| theirs == name).map(|(_, value)| value.into_owned()).expect("a parameter")
}
