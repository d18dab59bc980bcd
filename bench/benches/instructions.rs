//! The hot paths, each run so many times, for `bench/instructions` to count their instructions under callgrind: a check
//! from the request to the answer without its socket, the making of a token, and the readers of what strangers send. Time
//! stands still and random numbers repeat, as far as they are ours. It measures nothing itself.
//!
//! Callgrind counts in [`counted`] only and writes the sum down each time it is left. The paths are told on standard
//! output in the order in which that happens.

use std::future::Future;
use std::hint::black_box;
use std::io::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderValue};
use axum::http::{Request, StatusCode};
use identity::keyring::KeyUse;
use identity::session::SessionId;
use identity::token::minting::{Minting, TokenNames};
use identity::user::User;
use identity::{InternalTokenForm, MasterKey, SubjectForm};
use jose::{Algorithm, Expected, HeaderRules, KeyKind, KeySet, MacKey, Pkcs8, SigningKey};
use serde_json::{Value, json};
use testkit::{PEER, SeededEntropy, Served, TestServer};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;
use uuid::Uuid;
use web::Clock as _;
use web::cookie::{Carried, carried};
use web::drf::parser;
use web::drf::token_header::TokenHeader;

/// How often each path is run before it is counted: what is done once only is no part of it.
const BEFORE: u32 = 20;
const PASSWORD: &str = "correct horse battery";
/// Answers are short.
const MOST: usize = 64 * 1024;

fn main() -> anyhow::Result<()> {
    let times = std::env::args().nth(1).context("how often is wanted")?.parse()?;
    let paths = Paths { times, runtime: tokio::runtime::Builder::new_current_thread().enable_all().build()? };
    let server = TestServer::start();
    let user = paths.runtime.block_on(server.user("ann", PASSWORD));
    paths.checks(&server)?;
    paths.minting(&server, &user)?;
    paths.parsing(&server)
}

struct Paths {
    times: u32,
    runtime: Runtime,
}

/// What callgrind looks for: its name is in `bench/instructions`.
#[inline(never)]
fn counted(times: u32, once: &mut dyn FnMut() -> anyhow::Result<()>) -> anyhow::Result<()> {
    (0..times).try_for_each(|_| once())
}

impl Paths {
    fn path(&self, name: &str, mut once: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<()> {
        (0..BEFORE).try_for_each(|_| once())?;
        black_box(counted(self.times, &mut once))?;
        writeln!(std::io::stdout().lock(), "{name}")?;
        Ok(())
    }

    fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    fn checks(&self, server: &TestServer) -> anyhow::Result<()> {
        let served = server.served();
        let login =
            |path: &str, body: &Value| self.wait(answer(&served, request("POST", path, None, Some(body))?));
        let email = "ann@example.org";
        let knox = login("/auth/login/", &json!({"username": "ann", "password": PASSWORD}))?;
        let knox = format!("Token {}", text(&knox.body, "/token")?);
        let syntho = login("/api/v1/auth/", &json!({"email": email, "password": PASSWORD}))?.cookie()?;
        let probe = login("/frontend/api/v1/auth/sign-in", &json!({"email": email, "password": PASSWORD}))?;
        let [jwt, key] = ["/jwt-token/token", "/api-token"].map(|at| text(&probe.body, at));
        let [jwt, key] = [format!("Bearer {}", jwt?), format!("Bearer {}", key?)];
        let native = login("/id/v1/login", &json!({"identifier": "ann", "password": PASSWORD}))?.cookie()?;
        for (name, path, credential) in [
            ("check, knox token", "/auth/user/", (AUTHORIZATION.as_str(), &knox)),
            ("check, syntho cookie", "/api/v1/users/me/", (COOKIE.as_str(), &syntho)),
            ("check, probe JWT", "/frontend/api/v1/user/current", (AUTHORIZATION.as_str(), &jwt)),
            ("check, probe API key", "/frontend/api/v1/user/current", (AUTHORIZATION.as_str(), &key)),
            ("check, native cookie", "/id/v1/me", (COOKIE.as_str(), &native)),
        ] {
            self.path(name, || {
                let answer = self.wait(answer(&served, request("GET", path, Some(credential), None)?))?;
                ensure!(answer.status == StatusCode::OK, "{name}: {}", answer.status);
                Ok(())
            })?;
        }
        Ok(())
    }

    fn minting(&self, server: &TestServer, user: &User) -> anyhow::Result<()> {
        let form = InternalTokenForm {
            key_use: KeyUse::BixArena,
            issuer: "https://login.example.org".to_owned(),
            audience: "vestibule".to_owned(),
            subject: SubjectForm::Id,
            life: Duration::from_mins(10),
            service_life: Duration::from_mins(5),
        };
        let (names, entropy) = (TokenNames::new(&MasterKey::new([7; 32])), SeededEntropy::new(2));
        let kinds = [(Algorithm::EdDsa, KeyKind::Ed25519), (Algorithm::Es256, KeyKind::P256)];
        for (algorithm, kind) in kinds {
            let key = SigningKey::from_pkcs8(algorithm, Pkcs8::generate(kind)?.expose())?;
            let key = key.with_kid(&Uuid::from_u128(3).to_string());
            let minting = Minting { form: &form, key: &key, names: &names, entropy: &entropy };
            let (now, session) = (server.clock.now(), SessionId(Uuid::from_u128(9)));
            self.path(&format!("mint, {}", algorithm.name()), || {
                black_box(minting.of_session(now, user, session, &["user"], &form.audience)?);
                Ok(())
            })?;
        }
        Ok(())
    }

    fn parsing(&self, server: &TestServer) -> anyhow::Result<()> {
        let word = "0123456789abcdef".repeat(4);
        let header = format!("Token {word}");
        self.path("parse, Token header", || {
            let read = TokenHeader::read([black_box(header.as_bytes())]);
            ensure!(matches!(read, TokenHeader::Token(_)));
            Ok(())
        })?;
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::try_from(format!("Bearer {word}"))?);
        headers.insert(COOKIE, HeaderValue::try_from(format!("theme=dark; sessionid={word}; lang=en"))?);
        self.path("parse, Bearer header", || {
            ensure!(web::authorization::bearer(black_box(&headers)).flatten().is_some());
            Ok(())
        })?;
        self.path("parse, cookie", || {
            ensure!(matches!(carried(black_box(&headers), "sessionid"), Carried::Value(_)));
            Ok(())
        })?;
        let body = json!({"username": "ann", "password": PASSWORD}).to_string();
        self.path("parse, JSON of a login", || {
            let read = parser::read(Some(b"application/json"), black_box(body.as_bytes()));
            ensure!(read.is_ok_and(|value| web::drf::field::mapping(&value).is_ok()));
            Ok(())
        })?;
        let now = server.clock.now().millis() / 1000;
        let claims = json!({"iss": "a", "aud": "b", "sub": "c", "jti": word, "iat": now, "exp": now + 600});
        let expected = Expected { issuer: Some("a"), audience: Some("b"), now, leeway: 0 };
        let mac = MacKey::from_bytes(&[7; 32]);
        let token = mac.sign(&claims)?;
        self.path("parse, JWT by HS256", || {
            black_box(mac.verify::<Value>(black_box(&token), &expected)?);
            Ok(())
        })?;
        let key = SigningKey::from_pkcs8(Algorithm::EdDsa, Pkcs8::generate(KeyKind::Ed25519)?.expose())?;
        let keys = KeySet::new([key.verifying_key().clone()]);
        let token = key.sign(&claims)?;
        self.path("parse, JWT by EdDSA", || {
            black_box(keys.verify::<Value>(black_box(&token), HeaderRules::Own, &expected)?);
            Ok(())
        })
    }
}

/// What a request got.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: axum::body::Bytes,
}

impl Answer {
    /// The cookie that it sets, as a client sends it back.
    fn cookie(&self) -> anyhow::Result<String> {
        let set = self.headers.get("set-cookie").context("no cookie")?.to_str()?;
        Ok(set.split(';').next().unwrap_or_default().to_owned())
    }
}

fn request(
    method: &str,
    path: &str,
    credential: Option<(&str, &String)>,
    body: Option<&Value>,
) -> anyhow::Result<Request<Body>> {
    let mut request = Request::builder().method(method).uri(path);
    if let Some((name, value)) = credential {
        request = request.header(name, value);
    }
    let mut request = match body {
        Some(body) => {
            request.header("content-type", "application/json").body(Body::from(body.to_string()))?
        }
        None => request.body(Body::empty())?,
    };
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(PEER, 4711)));
    Ok(request)
}

async fn answer(served: &Served, request: Request<Body>) -> anyhow::Result<Answer> {
    let (head, body) = served.clone().oneshot(request).await?.into_parts();
    Ok(Answer { status: head.status, headers: head.headers, body: to_bytes(body, MOST).await? })
}

fn text(body: &[u8], pointer: &str) -> anyhow::Result<String> {
    let body: Value = serde_json::from_slice(body)?;
    let text = body.pointer(pointer).and_then(Value::as_str).context("a login that went wrong")?;
    Ok(text.to_owned())
}
