//! contracts 3.2, no. 6: DELETE `/auth/sign-out`.

use insta::assert_snapshot;
use serde_json::json;

use super::{CLEARED, SIGN_OUT, ask, house, house_with, jwt, login, opens, violations};

/// `logout-all` is false by default: this session only. The cookie goes.
#[tokio::test]
async fn the_session_that_asks_is_ended() {
    let server = house().await;
    let (first, second) = (jwt(&server, "ann").await, jwt(&server, "ann").await);
    assert_snapshot!(ask(&server, &first, "DELETE", SIGN_OUT).send().await, @r#"
    200 OK
    content-type: application/json
    set-cookie: jwt=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax

    {"ret-url":null,"success":true}
    "#);
    assert_eq!((opens(&server, &first).await, opens(&server, &second).await), (401, 200));
    assert_eq!(ask(&server, &first, "DELETE", SIGN_OUT).send().await.status, 401, "once");
    let by_cookie = server.anonymous().ask("DELETE", SIGN_OUT).header("cookie", format!("jwt={second}"));
    let answer = by_cookie.send().await;
    assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (200, Some(CLEARED)));
    assert_eq!(opens(&server, &second).await, 401);
}

/// `logout-all=true`, in each of its spellings: all.
#[tokio::test]
async fn all_are_ended_when_asked() {
    for (query, others) in [
        ("?logout-all=true", 401),
        ("?logout-all=1", 401),
        ("?logout-all=false", 200),
        ("?logout-all=0", 200),
        ("", 200),
    ] {
        let server = house().await;
        let (first, second) = (login(&server, "ann").await, login(&server, "ann").await);
        let answer = ask(&server, &first.jwt, "DELETE", &format!("{SIGN_OUT}{query}")).send().await;
        assert_eq!(answer.json(), json!({"ret-url": null, "success": true}));
        assert_eq!(
            (opens(&server, &first.jwt).await, opens(&server, &second.jwt).await),
            (401, others),
            "{query}"
        );
        assert_eq!(opens(&server, &first.api_token).await, 200, "no session");
    }
}

/// An API token has no session: nothing is ended, unless all are.
#[tokio::test]
async fn an_api_token_has_no_session() {
    let server = house().await;
    let super::Login { jwt, api_token } = login(&server, "ann").await;
    let answer = ask(&server, &api_token, "DELETE", SIGN_OUT).send().await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({"ret-url": null, "success": false})));
    assert_eq!((opens(&server, &jwt).await, opens(&server, &api_token).await), (200, 200));
    let answer = ask(&server, &api_token, "DELETE", &format!("{SIGN_OUT}?logout-all=true")).send().await;
    assert_eq!(answer.json(), json!({"ret-url": null, "success": true}));
    assert_eq!((opens(&server, &jwt).await, opens(&server, &api_token).await), (401, 200));
}

/// `ret-url` is repeated where pages may lead to it, and `null` otherwise.
#[tokio::test]
async fn the_return_url_is_repeated_if_allowed() {
    let server = house_with("return_urls = [\"https://app.example/\"]\n").await;
    for (query, repeated) in [
        ("ret-url=https://app.example/bye", json!("https://app.example/bye")),
        ("ret-url=https%3A%2F%2Fapp.example%2Fbye", json!("https://app.example/bye")),
        ("ret-url=https://app.example.evil.example/", json!(null)),
        ("ret-url=https://app.example@evil.example/", json!(null)),
        ("ret-url=", json!(null)),
        ("", json!(null)),
    ] {
        let jwt = jwt(&server, "ann").await;
        let answer = ask(&server, &jwt, "DELETE", &format!("{SIGN_OUT}?{query}")).send().await;
        assert_eq!(answer.json()["ret-url"], repeated, "{query}");
    }
}

/// 3.7: what is wrong with the query is told, and ends nothing.
#[tokio::test]
async fn a_bad_flag_is_400() {
    let server = house().await;
    let jwt = jwt(&server, "ann").await;
    for flag in ["yes", "True", "", "2"] {
        let answer = ask(&server, &jwt, "DELETE", &format!("{SIGN_OUT}?logout-all={flag}")).send().await;
        let expected = json!(["#/logout-all: expected boolean, but got string"]);
        assert_eq!(violations(&answer, "query"), expected, "{flag}");
    }
    assert_eq!(opens(&server, &jwt).await, 200);
}
