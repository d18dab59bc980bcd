//! The provider over HTTP: which endpoint was asked, and how it answers or fails.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use http_body_util::channel::Channel;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::lie::{Endpoint, Lie, Mode};
use super::lock;
use super::state::{Asked, State};

pub(super) fn router(state: Arc<Mutex<State>>) -> Router {
    Router::new().fallback(move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| async move {
        let mut response = answer(&state, &method, &uri, &headers, &body).await;
        // So that a provider that goes down is down at once.
        response.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
        response
    })
}

async fn answer(
    state: &Mutex<State>,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    let (honest, mode) = {
        let mut state = lock(state);
        let here = format!("{}{}", origin(&state.issuer), uri.path());
        let Some(endpoint) = Endpoint::ALL.into_iter().find(|it| state.url(*it) == here) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let wanted = if endpoint == Endpoint::Token { Method::POST } else { Method::GET };
        if method != wanted {
            return StatusCode::METHOD_NOT_ALLOWED.into_response();
        }
        let text = if endpoint == Endpoint::Token { body } else { uri.query().unwrap_or("").as_bytes() };
        let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let asked = Asked {
            endpoint,
            authorization: authorization.map(str::to_owned),
            parameters: form_urlencoded::parse(text).into_owned().collect(),
        };
        state.asked.push(asked.clone());
        let mode = state.modes.get(&endpoint).cloned();
        let honest = if matches!(mode, None | Some(Mode::Padded(_))) {
            served(&mut state, &asked, uri)
        } else {
            StatusCode::OK.into_response()
        };
        (honest, mode)
    };
    match mode {
        None => honest,
        Some(mode) => misbehaved(honest, mode).await,
    }
}

/// Scheme and authority of the issuer.
fn origin(issuer: &str) -> String {
    let url: url::Url = issuer.parse().expect("an issuer is a URL");
    url.origin().ascii_serialization()
}

fn served(state: &mut State, asked: &Asked, uri: &Uri) -> Response {
    match asked.endpoint {
        Endpoint::Discovery => ok(&state.description()),
        Endpoint::Jwks => ok(&state.key_set()),
        Endpoint::Authorize => {
            let person = state.browser.clone();
            match state.authorize(&format!("{}{uri}", origin(&state.issuer)), &person) {
                Ok(back) => (StatusCode::FOUND, [(header::LOCATION, back.url())]).into_response(),
                Err(reason) => (StatusCode::BAD_REQUEST, reason).into_response(),
            }
        }
        Endpoint::Token => match state.redeem(asked) {
            Ok(tokens) => ok(&tokens),
            Err((status, error)) => {
                let told = json!({"error": error, "error_description": "<b>a long story</b>"});
                (StatusCode::from_u16(status).expect("a status"), json_of(&told)).into_response()
            }
        },
        Endpoint::Userinfo => match state.userinfo(asked) {
            Some(claims) if state.lies(Lie::UserinfoSigned) => {
                let token = state.signed(json!({"typ": "JWT"}), &claims);
                ([(header::CONTENT_TYPE, "application/jwt")], token).into_response()
            }
            Some(claims) => ok(&claims),
            None => {
                let challenge = [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")];
                (StatusCode::UNAUTHORIZED, challenge).into_response()
            }
        },
    }
}

fn json_of(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

fn ok(value: &Value) -> Response {
    json_of(value)
}

async fn misbehaved(honest: Response, mode: Mode) -> Response {
    match mode {
        Mode::Slow => std::future::pending().await,
        Mode::Drip => drip(),
        Mode::Padded(blanks) => {
            let (head, body) = honest.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
            let padded = [&body[..], &vec![b' '; blanks]].concat();
            let content_type = head.headers.get(header::CONTENT_TYPE).cloned();
            let headers: HeaderMap =
                content_type.map(|value| (header::CONTENT_TYPE, value)).into_iter().collect();
            (head.status, headers, padded).into_response()
        }
        Mode::Status(status) => {
            (StatusCode::from_u16(status).expect("a status"), json_of(&json!({}))).into_response()
        }
        Mode::Says(status, text) => {
            let content_type = [(header::CONTENT_TYPE, "application/json")];
            (StatusCode::from_u16(status).expect("a status"), content_type, text).into_response()
        }
        Mode::Garbage => ([(header::CONTENT_TYPE, "text/html")], "<html>Welcome</html>").into_response(),
        Mode::Redirect(to) => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response(),
    }
}

fn drip() -> Response {
    let (mut sender, body) = Channel::<Bytes>::new(1);
    tokio::spawn(async move {
        while sender.send_data(Bytes::from_static(b" ")).await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    ([(header::CONTENT_TYPE, "application/json")], Body::new(body)).into_response()
}
