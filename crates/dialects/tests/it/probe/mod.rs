//! The probe dialect, clause by clause of its contract; each test names its clause.

mod account;
mod api_token;
mod attacks;
mod browser;
mod carriers;
mod forms;
mod jwt;
mod ledger;
mod oauth_sign_in;
mod password;
mod restore;
mod restricted;
mod session;
mod sign_in;
mod sign_in_refused;
mod sign_out;
mod silence;
mod user;
mod user_list;
mod validation;

use identity::mail::{Mail, MailKind};
use serde_json::{Value, json};
use testkit::{Answer, Ask, TestServer};

const SIGN_IN: &str = "/frontend/api/v1/auth/sign-in";
const OAUTH_SIGN_IN: &str = "/frontend/api/v1/auth/oauth-sign-in";
const SESSION: &str = "/frontend/api/v1/auth/session";
const SIGN_OUT: &str = "/frontend/api/v1/auth/sign-out";
const CHANGE: &str = "/frontend/api/v1/auth/current/password";
const VERIFY: &str = "/frontend/api/v1/auth/verify";
const SIGN_UP: &str = "/frontend/api/v1/auth/sign-up";
const RESTORE: &str = "/frontend/api/v1/auth/password-restore";
const RESTORE_VERIFY: &str = "/frontend/api/v1/auth/password-restore-verify";
const API_TOKEN: &str = "/frontend/api/v1/auth/api-token";
const JWT: &str = "/frontend/api/v1/auth/jwt";
const USER: &str = "/frontend/api/v1/user";
const CURRENT: &str = "/frontend/api/v1/user/current";

const PASSWORD: &str = "correct horse";
/// What takes the cookie away.
const CLEARED: &str = r#"jwt=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax"#;
const UNAUTHENTICATED: &str =
    "{\"status\":\"UNAUTHENTICATED\",\"error\":\"unauthenticated: invalid or expired token\"}\n";
const WRONG: &str =
    "{\"status\":\"UNAUTHENTICATED\",\"error\":\"unauthenticated: wrong email or password\"}\n";

/// A server on which `ann@example.org`, number 1, may sign in with [`PASSWORD`].
async fn house() -> TestServer {
    house_with("").await
}

/// The same with these settings.
async fn house_with(settings: &str) -> TestServer {
    let server = TestServer::with(settings);
    server.user("ann", PASSWORD).await;
    server
}

fn form(name: &str, password: &str) -> Value {
    json!({"email": format!("{name}@example.org"), "password": password})
}

async fn sign_in(server: &TestServer, name: &str, password: &str) -> Answer {
    server.anonymous().post(SIGN_IN).json(&form(name, password)).send().await
}

/// What a login gives.
struct Login {
    jwt: String,
    api_token: String,
}

fn login_in(answer: &Answer) -> Login {
    assert_eq!(answer.status, 200, "{answer}");
    let body = answer.json();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    Login { jwt: text(&body["jwt-token"]["token"]), api_token: text(&body["api-token"]) }
}

/// A fresh login of somebody's.
async fn login(server: &TestServer, name: &str) -> Login {
    login_in(&sign_in(server, name, PASSWORD).await)
}

async fn jwt(server: &TestServer, name: &str) -> String {
    login(server, name).await.jwt
}

/// A request with this JWT or API token in the header.
fn ask<'a>(server: &'a TestServer, token: &str, method: &str, path: &str) -> Ask<'a> {
    server.bearing(format!("Bearer {token}")).ask(method, path)
}

/// The status that a JWT or an API token gets where somebody is needed.
async fn opens(server: &TestServer, token: &str) -> u16 {
    ask(server, token, "GET", CURRENT).send().await.status.as_u16()
}

/// The id of the session of the only JWT there is, or of one among several: the `sid` in its claims.
fn session_id(jwt: &str) -> String {
    claims(jwt)["sid"].as_str().expect("a session").to_owned()
}

fn claims(jwt: &str) -> Value {
    serde_json::from_slice(&base64url(jwt.split('.').nth(1).expect("claims"))).expect("JSON")
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn base64url(text: &str) -> Vec<u8> {
    let mut bits = 0_u32;
    let mut held = 0;
    let mut bytes = Vec::new();
    for digit in text.bytes() {
        let value = DIGITS.iter().position(|it| *it == digit).expect("base64url");
        bits = bits << 6 | u32::try_from(value).expect("six bits");
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).expect("a byte"));
        }
    }
    bytes
}

fn to_base64url(bytes: &[u8]) -> String {
    let digit = |six: u32| char::from(DIGITS[usize::try_from(six & 63).expect("six bits")]);
    bytes
        .chunks(3)
        .flat_map(|chunk| {
            let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
                << (8 * (3 - chunk.len()));
            [bits >> 18, bits >> 12, bits >> 6, bits]
                .into_iter()
                .take(chunk.len() + 1)
                .map(digit)
                .collect::<Vec<_>>()
        })
        .collect()
}

/// The one message of this kind, and its token.
async fn mailed(server: &TestServer, kind: MailKind) -> (Mail, String) {
    let mut mails: Vec<Mail> = server.mails().await.into_iter().filter(|mail| mail.kind == kind).collect();
    assert_eq!(mails.len(), 1, "{mails:?}");
    let mail = mails.remove(0);
    let token = mail.token.as_ref().expect("a token").secret.expose().to_owned();
    (mail, token)
}

/// With what a browser answers to whoever tells people from programs.
fn person<'a>(server: &'a TestServer, path: &str) -> Ask<'a> {
    server.anonymous().post(path).header("x-recaptcha-token", "answer")
}

/// The violations of a part of the request.
fn violations(answer: &Answer, place: &str) -> Value {
    assert_eq!(answer.status, 400, "{answer}");
    let body = answer.json();
    assert_eq!(body["error"], "invalid argument: validation failed", "{answer}");
    body["context"][place].clone()
}
