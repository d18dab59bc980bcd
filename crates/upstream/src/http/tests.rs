//! Where the guarded client does not go, and what both send and take.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::HeaderMap;
use tokio::net::TcpListener;

use super::*;

/// A listener on every local address of IPv4, and how many connections it took.
async fn trap() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&taken);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    (port, taken)
}

async fn asked(client: &Client, url: &str) -> Result<Answer, HttpError> {
    client.get(&url.parse().expect("a URL"), None, MAX_BODY_BYTES).await
}

#[tokio::test]
async fn the_guarded_client_goes_to_no_private_address_however_it_is_written() {
    let (port, taken) = trap().await;
    let client = Client::guarded().unwrap();
    for host in [
        "127.0.0.1",
        "127.1",
        "0x7f000001",
        "2130706433",
        "0177.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "localhost",
        "LOCALHOST",
        "10.0.0.1",
        "169.254.169.254",
        "[fe80::1]",
        "[fd00::1]",
    ] {
        let error = asked(&client, &format!("https://{host}:{port}/")).await.unwrap_err();
        assert_eq!(error, HttpError::NotPublic, "{host}");
    }
    assert_eq!(taken.load(Ordering::SeqCst), 0, "nothing was connected to");
    // The trap is one: without the guard it is walked into.
    assert_ne!(
        asked(&Client::new().unwrap(), &format!("https://localhost:{port}/")).await,
        Err(HttpError::NotPublic)
    );
    assert!(taken.load(Ordering::SeqCst) > 0);
}

#[tokio::test]
async fn the_guarded_client_goes_by_tls_only() {
    let client = Client::guarded().unwrap();
    let error = asked(&client, "http://192.0.9.1/").await.unwrap_err().to_string();
    assert!(error.contains("URL scheme is not allowed"), "{error}");
}

/// A server that says what it was asked with.
async fn mirror() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(|headers: HeaderMap, body: String| async move {
        let authorization = headers.get("authorization").map_or("", |value| value.to_str().unwrap());
        ([("content-type", "Application/JSON; charset=utf-8")], format!("{authorization}|{body}"))
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/").parse().unwrap()
}

#[tokio::test]
async fn rfc_6749_2_3_1_client_id_and_secret_are_form_encoded_before_basic() {
    let answer =
        Client::new().unwrap().post_form_as(&mirror().await, &[("a", "b c")], "an id", "s:+&").await.unwrap();
    // "an+id:s%3A%2B%26"
    assert_eq!(str::from_utf8(&answer.body), Ok("Basic YW4raWQ6cyUzQSUyQiUyNg==|a=b+c"));
    assert_eq!((answer.status, answer.media_type.as_str()), (200, "application/json"));
}

#[tokio::test]
async fn rfc_6750_2_1_a_token_goes_in_the_header() {
    let (client, url) = (Client::new().unwrap(), mirror().await);
    let answer = client.get(&url, Some("a.b-c"), MAX_BODY_BYTES).await.unwrap();
    assert_eq!(str::from_utf8(&answer.body), Ok("Bearer a.b-c|"));
    let error = client.get(&url, Some("evil\r\nX-Header: 1"), MAX_BODY_BYTES).await.unwrap_err();
    assert!(!error.to_string().contains("evil"), "{error}");
}

#[tokio::test]
async fn a_call_says_how_much_it_reads() {
    let (client, url) = (Client::new().unwrap(), mirror().await);
    assert!(client.get(&url, Some("x"), 9).await.is_ok());
    assert_eq!(client.get(&url, Some("x"), 8).await, Err(HttpError::TooLong(8)));
}
