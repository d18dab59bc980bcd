//! contracts 3.1: the five carriers, their order, and what a bad one means.

use insta::assert_snapshot;

use super::{CLEARED, CURRENT, SESSION, UNAUTHENTICATED, house, login};

/// 3.1: each of the five opens what is protected.
#[tokio::test]
async fn each_carrier_is_taken() {
    let server = house().await;
    let super::Login { jwt, api_token } = login(&server, "ann").await;
    let anonymous = server.anonymous();
    for ask in [
        anonymous.get(SESSION).header("authorization", format!("Bearer {jwt}")),
        anonymous.get(SESSION).header("authorization", format!("bearer  {jwt} ")),
        anonymous.get(SESSION).header("authorization", format!("Bearer {api_token}")),
        anonymous.get(&format!("{SESSION}?jwt={jwt}")),
        anonymous.get(&format!("{SESSION}?token={api_token}")),
        anonymous.get(&format!("{SESSION}?a=1&%6awt={jwt}&b")),
        anonymous.get(SESSION).header("cookie", format!("a=1; jwt={jwt}")),
    ] {
        let answer = ask.send().await;
        assert_eq!(answer.status, 200, "{answer}");
        assert_eq!(answer.header("set-cookie"), None);
    }
}

/// 3.1: a carrier takes what is its own: no API token in the query `jwt` or the cookie, no JWT in the query `token`.
#[tokio::test]
async fn no_carrier_takes_the_other_kind() {
    let server = house().await;
    let super::Login { jwt, api_token } = login(&server, "ann").await;
    let anonymous = server.anonymous();
    for ask in [
        anonymous.get(&format!("{SESSION}?jwt={api_token}")),
        anonymous.get(&format!("{SESSION}?token={jwt}")),
        anonymous.get(SESSION).header("cookie", format!("jwt={api_token}")),
    ] {
        let answer = ask.send().await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (401, UNAUTHENTICATED), "{answer}");
    }
}

/// 3.2: without a credential, 401 with the error object and a challenge.
#[tokio::test]
async fn nobody_is_401() {
    let server = house().await;
    assert_snapshot!(server.anonymous().get(SESSION).send().await, @r#"
    401 Unauthorized
    content-type: application/json
    www-authenticate: Bearer

    {"status":"UNAUTHENTICATED","error":"unauthenticated: no credentials"}
    "#);
    for (name, value) in [
        ("authorization", "Basic YTpi"),
        ("authorization", "Token abc"),
        ("authorization", ""),
        ("cookie", "jwt="),
    ] {
        let answer = server.anonymous().get(SESSION).header(name, value).send().await;
        assert!(answer.body.ends_with("no credentials\"}\n"), "{name}: {value}: {answer}");
    }
}

/// The first carrier that is there decides: header, query `jwt`, query `token`, cookie.
#[tokio::test]
async fn the_first_carrier_decides() {
    let server = house().await;
    let super::Login { jwt, api_token } = login(&server, "ann").await;
    let (good_header, good_cookie) = (format!("Bearer {jwt}"), format!("jwt={jwt}"));
    // From here on each request has one good and one bad credential.
    for (query, header, cookie, expected) in [
        ("?jwt=a.b.c&token=x".to_owned(), Some(good_header.as_str()), Some("jwt=a.b.c"), 200),
        (format!("?jwt={jwt}"), Some("Bearer x"), Some(good_cookie.as_str()), 401),
        (format!("?jwt={jwt}&token=x"), None, Some("jwt=a.b.c"), 200),
        (format!("?jwt=a.b.c&token={api_token}"), None, Some(good_cookie.as_str()), 401),
        (format!("?token={api_token}"), None, Some("jwt=a.b.c"), 200),
        ("?token=x".to_owned(), None, Some(good_cookie.as_str()), 401),
        (format!("?jwt=&token={api_token}"), None, None, 401),
        (String::new(), Some("Basic YTpi"), Some(good_cookie.as_str()), 200),
    ] {
        let mut ask = server.anonymous().get(&format!("{SESSION}{query}"));
        for (name, value) in [("authorization", header), ("cookie", cookie)] {
            if let Some(value) = value {
                ask = ask.header(name, value);
            }
        }
        assert_eq!(ask.send().await.status, expected, "{query} {header:?} {cookie:?}");
    }
}

/// What is sent twice is nobody's.
#[tokio::test]
async fn two_credentials_in_one_carrier_are_none() {
    let server = house().await;
    let super::Login { jwt, api_token } = login(&server, "ann").await;
    let header = format!("Bearer {jwt}");
    let anonymous = server.anonymous();
    for ask in [
        anonymous.get(SESSION).header("authorization", &header).header("authorization", &header),
        anonymous.get(SESSION).header("authorization", format!("Bearer {jwt} {jwt}")),
        anonymous.get(SESSION).header("authorization", "Bearer"),
        anonymous.get(&format!("{SESSION}?jwt={jwt}&jwt={jwt}")),
        anonymous.get(&format!("{SESSION}?token={api_token}&token={api_token}")),
        anonymous.get(SESSION).header("cookie", format!("jwt={jwt}; jwt=a.b.c")),
    ] {
        assert_eq!(ask.send().await.status, 401);
    }
}

/// decision 9: the refusal of a bad cookie takes it away; that of another carrier leaves it.
#[tokio::test]
async fn a_bad_cookie_is_taken_away() {
    let server = house().await;
    for path in [SESSION, CURRENT] {
        let answer = server.anonymous().get(path).header("cookie", "jwt=a.b.c").send().await;
        assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (401, Some(CLEARED)));
        let answer =
            server.anonymous().get(path).header("cookie", "jwt=a.b.c").header("authorization", "Bearer x");
        assert_eq!(answer.send().await.header("set-cookie"), None);
    }
}

/// 8.5: a URL with a credential in it is told to nobody; neither is one that might have one.
#[tokio::test]
async fn urls_are_told_to_nobody() {
    let server = house().await;
    let super::Login { jwt, .. } = login(&server, "ann").await;
    let by_query = format!("{SESSION}?jwt={jwt}");
    let unknown = format!("/frontend/api/v1/nothing?jwt={jwt}");
    for (method, path) in
        [("GET", by_query.as_str()), ("PATCH", &by_query), ("GET", &unknown), ("GET", CURRENT)]
    {
        let answer = server.anonymous().ask(method, path).send().await;
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{method} {path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{method} {path}");
    }
}

/// A query that is no text is nobody's.
#[tokio::test]
async fn a_query_that_is_no_text_is_400() {
    let server = house().await;
    let answer = server.anonymous().get(&format!("{SESSION}?jwt=%ff")).send().await;
    assert_eq!(
        (answer.status.as_u16(), answer.body.as_str()),
        (400, "{\"status\":\"INVALID_ARGUMENT\",\"error\":\"invalid argument: failed to decode request\"}\n")
    );
}
