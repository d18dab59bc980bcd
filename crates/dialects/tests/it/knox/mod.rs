//! The knox dialect, clause by clause of its contract; each test names its clause.

mod account;
mod browser;
mod lifetimes;
mod limits;
mod login;
mod login_refused;
mod logout;
mod logout_all;
mod names;
mod silence;
mod token_header;
mod user;
mod wire;

use identity::{Door, Idle, PasswordSignIn, Scope, SecretForm, Surface};
use serde_json::json;
use testkit::{Answer, TestServer};

/// Where the document's paths are served: as written, and behind the product's prefix.
const BASES: [&str; 2] = ["", "/api"];
const PASSWORD: &str = "correct horse";
/// The answer to a login that tells nothing but that it failed.
const WRONG: &str = r#"{"non_field_errors":["Unable to log in with provided credentials."]}"#;

/// A server on which `john` may log in with [`PASSWORD`].
async fn house() -> TestServer {
    house_with("").await
}

/// The same with these settings.
async fn house_with(settings: &str) -> TestServer {
    let server = TestServer::with(settings);
    server.user("john", PASSWORD).await;
    server
}

async fn login(server: &TestServer, name: &str, password: &str) -> Answer {
    let login = json!({"username": name, "password": password});
    server.anonymous().post("/auth/login/").json(&login).send().await
}

/// The answer to `john`'s login.
async fn john_logs_in(server: &TestServer) -> Answer {
    login(server, "john", PASSWORD).await
}

/// A fresh token of `john`'s.
async fn token(server: &TestServer) -> String {
    token_in(&john_logs_in(server).await)
}

/// The token in the answer to a good login.
fn token_in(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer}");
    answer.json()["token"].as_str().expect("a token").to_owned()
}

/// The answer to `GET /auth/user/` with this token: whether it still opens anything.
async fn who(server: &TestServer, token: &str) -> Answer {
    server.bearing(format!("Token {token}")).get("/auth/user/").send().await
}

/// The statuses of [`who`], token by token.
async fn statuses(server: &TestServer, tokens: &[&String]) -> Vec<u16> {
    let mut statuses = Vec::new();
    for token in tokens {
        statuses.push(who(server, token).await.status.as_u16());
    }
    statuses
}

async fn logout(server: &TestServer, token: &str) -> Answer {
    server.bearing(format!("Token {token}")).post("/auth/logout/").send().await
}

async fn logout_all(server: &TestServer, token: &str) -> Answer {
    server.bearing(format!("Token {token}")).post("/auth/logoutall/").send().await
}

/// The answer to a login with its token, which must be `prefix` and so many lowercase hex digits, called by that.
fn without_token(answer: &Answer, prefix: &str, digits: usize) -> String {
    let token = token_in(answer);
    let hex = token.strip_prefix(prefix).expect("the prefix");
    assert_eq!(hex.len(), digits, "{token}");
    assert!(hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{token}");
    answer.to_string().replace(hex, &format!("[{digits} hex digits]"))
}

/// A door that is not knox, with secrets that look like knox's.
fn other_door() -> Surface {
    Surface {
        door: Door::new("elsewhere"),
        form: SecretForm::Hex { prefix: String::new(), digits: 64 },
        token: None,
        idle: None::<Idle>,
        absolute: None,
        limit_per_user: None,
        scope: Scope::Dialect,
        asks_for_new_password: false,
        sign_up: false,
        one_per_client: false,
        organizations: false,
        own_page: false,
    }
}

/// The secret of a session of `john`'s by [`other_door`].
async fn secret_of_another_door(server: &TestServer) -> String {
    let surface = other_door();
    let command = PasswordSignIn {
        name: "john".to_owned(),
        password: PASSWORD.to_owned(),
        presented: None,
        end_others: false,
    };
    let op = server.visitor(&surface.door);
    let signed_in = server.identity.sign_in.with_password(&op, &surface, command).await.expect("a session");
    signed_in.secret.expose().to_owned()
}

/// Whether a secret still opens its session by [`other_door`].
async fn opens_another_door(server: &TestServer, secret: &str) -> bool {
    let surface = other_door();
    let presented = identity::Secret::presented(secret).expect("a secret");
    server.identity.sessions.check(&server.visitor(&surface.door), &surface, &presented).await.is_ok()
}
