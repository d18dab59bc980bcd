//! Bodies as each door reads them, in a server in this process: the first byte says which door, the rest is the body.
//!
//! Whatever it is, it is answered in the door's shape, is no fault of ours, and is not taken where no reader of JSON would.

use std::cell::RefCell;

use axum::http::StatusCode;
use dialects::{native, trieve};
use identity::{PasswordSignIn, Surface};
use serde::de::IgnoredAny;
use testkit::{Answer, TestServer};
use tokio::runtime::{Builder, Runtime};

const PASSWORD: &str = "a long correct password";
/// What the seeds send as a wrong password.
const SECRET: &str = "hunter2-hunter2";
/// A house gets full: another one is built after so many requests.
const REQUESTS: usize = 5_000;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// How a door reads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// As Django REST Framework does.
    Django,
    /// By `serde_json`.
    Serde,
    /// Pairs; the answer is JSON, or a page.
    Pairs { page: bool },
}

/// Whose session goes along.
#[derive(Clone, Copy)]
enum With {
    Nothing,
    Trieve,
    Native,
}

/// By the digit that an input begins with.
const DOORS: [(&str, Reader, With); 10] = [
    ("/auth/login/", Reader::Django, With::Nothing),
    ("/api/v1/auth/", Reader::Django, With::Nothing),
    ("/frontend/api/v1/auth/sign-in", Reader::Serde, With::Nothing),
    ("/frontend/api/v1/auth/sign-in", Reader::Pairs { page: false }, With::Nothing),
    ("/id/v1/login", Reader::Serde, With::Nothing),
    ("/id/v1/password", Reader::Serde, With::Native),
    ("/id/v1/keys", Reader::Serde, With::Native),
    ("/api/user/api_key", Reader::Serde, With::Trieve),
    ("/api/invitation", Reader::Serde, With::Trieve),
    ("/login", Reader::Pairs { page: true }, With::Nothing),
];

struct House {
    server: TestServer,
    trieve: String,
    native: String,
    asked: usize,
}

thread_local! {
    static RUNTIME: Runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    static HOUSE: RefCell<Option<House>> = const { RefCell::new(None) };
}

pub(crate) fn run(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let (path, reader, with) = DOORS[usize::from(first.wrapping_sub(b'0')) % DOORS.len()];
    let answer = RUNTIME.with(|runtime| {
        runtime.block_on(async {
            let kept = HOUSE.take().filter(|house| house.asked < REQUESTS);
            let mut house = match kept {
                Some(house) => house,
                None => build().await,
            };
            house.asked += 1;
            let answer = house.ask(path, reader, with, body).await;
            HOUSE.set(Some(house));
            answer
        })
    });
    judge(&answer, reader, body);
}

async fn build() -> House {
    let server = TestServer::start();
    server.user("john", PASSWORD).await;
    let trieve = format!("vault={}", signed_in(&server, &trieve::SURFACE).await);
    let native = format!("vestibule={}", signed_in(&server, &native::SURFACE).await);
    House { server, trieve, native, asked: 0 }
}

/// The secret of a session by this door, however it is that people sign in there.
async fn signed_in(server: &TestServer, surface: &Surface) -> String {
    let command = PasswordSignIn {
        name: "john".to_owned(),
        password: PASSWORD.to_owned(),
        presented: None,
        end_others: false,
    };
    let op = server.visitor(&surface.door);
    let signed_in = server.identity.sign_in.with_password(&op, surface, command).await;
    signed_in.expect("a session").secret.expose().to_owned()
}

impl House {
    async fn ask(&self, path: &str, reader: Reader, with: With, body: &[u8]) -> Answer {
        let declared = if matches!(reader, Reader::Pairs { .. }) { FORM } else { JSON };
        let ask = self.server.anonymous().post(path).body(declared, body);
        let ask = match with {
            With::Nothing => ask,
            With::Trieve => ask.header("cookie", &self.trieve),
            With::Native => ask.header("cookie", &self.native),
        };
        ask.send().await
    }
}

fn judge(answer: &Answer, reader: Reader, body: &[u8]) {
    assert!(!answer.status.is_server_error(), "{answer}");
    assert!(!answer.status.is_redirection() || reader == Reader::Pairs { page: true }, "{answer}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}");
    assert!(answer.header("x-request-id").is_some(), "{answer}");
    if reader != (Reader::Pairs { page: true }) {
        let shaped = answer.body.is_empty() || serde_json::from_str::<IgnoredAny>(&answer.body).is_ok();
        assert!(shaped, "{answer}");
    }
    let readable = match reader {
        Reader::Django => body.is_empty() || web::drf::json::parse(body).is_ok(),
        Reader::Serde => body.is_empty() || serde_json::from_slice::<IgnoredAny>(body).is_ok(),
        Reader::Pairs { .. } => web::form::pairs(body).is_ok(),
    };
    if !readable {
        assert!(answer.status.is_client_error() && answer.status != StatusCode::UNAUTHORIZED, "{answer}");
    }
    if is_sent_as_a_password(body) {
        assert!(!answer.body.contains(SECRET), "a password comes back: {answer}");
        let headers = answer.headers.values().any(|value| contains(value.as_bytes(), SECRET.as_bytes()));
        assert!(!headers, "a password comes back: {answer}");
    }
}

/// Whether the secret stands as a password in a body, and nowhere else.
fn is_sent_as_a_password(body: &[u8]) -> bool {
    let at = |part: &[u8]| body.windows(part.len()).filter(|at| *at == part).count();
    let [json, form] = ["assword\":\"", "assword="].map(|name| at(format!("{name}{SECRET}").as_bytes()));
    at(SECRET.as_bytes()) == 1 && json + form == 1
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|at| at == part)
}
