//! The syntho dialect, clause by clause of its contract; each test names its clause.

mod browser;
mod login;
mod login_refused;
mod oidc;
mod password;
mod sign_out;
mod silence;
mod users;

use serde_json::{Value, json};
use testkit::{Answer, Ask, TestServer};

const AUTH: &str = "/api/v1/auth/";
const USERS: &str = "/api/v1/users/";
const ME: &str = "/api/v1/users/me/";
const CHANGE: &str = "/api/v1/users/me/password/";
const PASSWORD: &str = "correct horse";
/// The answer to a login that tells nothing but that it failed.
const WRONG: &str = r#"{"non_field_errors":["Unable to log in with provided credentials."]}"#;
const NOT_PROVIDED: &str = r#"{"detail":"Authentication credentials were not provided."}"#;
const INCORRECT: &str = r#"{"detail":"Incorrect authentication credentials."}"#;
/// What takes the cookie away.
const CLEARED: &str =
    r#"sessionid=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax"#;

/// A server on which `john@example.org` may sign in with [`PASSWORD`].
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
    json!({"email": format!("{name}@example.org"), "password": password})
}

async fn sign_in(server: &TestServer, name: &str, password: &str) -> Answer {
    server.anonymous().post(AUTH).json(&form(name, password)).send().await
}

/// The value of the cookie that a good login sets.
fn session_in(answer: &Answer) -> String {
    assert_eq!(answer.status, 201, "{answer}");
    let cookie = answer.header("set-cookie").and_then(|cookie| cookie.strip_prefix("sessionid="));
    cookie.and_then(|cookie| cookie.split(';').next()).expect("a cookie").to_owned()
}

/// A fresh session of somebody's.
async fn session(server: &TestServer, name: &str) -> String {
    session_in(&sign_in(server, name, PASSWORD).await)
}

/// A request that carries this session.
fn ask<'a>(server: &'a TestServer, session: &str, method: &str, path: &str) -> Ask<'a> {
    server.anonymous().ask(method, path).header("cookie", format!("sessionid={session}"))
}

/// The answer to `GET /api/v1/users/me/` with this session: whether it still opens anything.
async fn who(server: &TestServer, session: &str) -> Answer {
    ask(server, session, "GET", ME).send().await
}
