//! `GET /auth/user/`: our addition, whose token this is.

use insta::{allow_duplicates, assert_snapshot};

use super::{BASES, PASSWORD, house, login, token, token_in, who};

/// Decision 2: `pk` is the user's number.
#[tokio::test]
async fn the_user_of_a_token_is_told_at_both_bases() {
    let server = house().await;
    let token = token(&server).await;
    for base in BASES {
        let answer = server.bearing(format!("Token {token}")).get(&format!("{base}/auth/user/")).send().await;
        allow_duplicates!(assert_snapshot!(answer, @r#"
        200 OK
        content-type: application/json
        vary: Accept
        allow: GET, HEAD, OPTIONS

        {"pk":1,"username":"john","email":"john@example.org"}
        "#));
    }
}

/// Decision 2: numbers are not given out again.
#[tokio::test]
async fn a_number_is_never_reused() {
    let server = house().await;
    let jane = server.user("jane", PASSWORD).await;
    server.identity.accounts.delete(&server.operator(), &jane).await.expect("deleted");
    server.user("june", PASSWORD).await;
    let token = token_in(&login(&server, "june", PASSWORD).await);
    assert_eq!(who(&server, &token).await.json()["pk"], 3);
}

/// A user without a username is called by the address, one without an address has an empty one: never null.
#[tokio::test]
async fn a_user_with_one_name_only_is_still_two_texts() {
    let server = house().await;
    server.user_with("mail", PASSWORD, |user| user.username = None).await;
    server.user_with("plain", PASSWORD, |user| user.email = None).await;
    let token = token_in(&login(&server, "mail@example.org", PASSWORD).await);
    let answer = who(&server, &token).await;
    assert_eq!(answer.body, r#"{"pk":2,"username":"mail@example.org","email":"mail@example.org"}"#);
    let token = token_in(&login(&server, "plain", PASSWORD).await);
    assert_eq!(who(&server, &token).await.body, r#"{"pk":3,"username":"plain","email":""}"#);
}

/// contracts 2.2, "none": the answer to nobody.
#[tokio::test]
async fn the_user_of_no_token_is_401() {
    let server = house().await;
    assert_snapshot!(server.anonymous().get("/auth/user/").send().await, @r#"
    401 Unauthorized
    content-type: application/json
    vary: Accept
    www-authenticate: Token
    allow: GET, HEAD, OPTIONS

    {"detail":"Authentication credentials were not provided."}
    "#);
}

/// contracts 6, "HEAD": as GET where GET exists.
#[tokio::test]
async fn head_is_get_without_the_body() {
    let server = house().await;
    let bearer = server.bearing(format!("Token {}", token(&server).await));
    let full = bearer.get("/auth/user/").send().await;
    let head = bearer.ask("HEAD", "/auth/user/").send().await;
    assert_snapshot!(head, @"
    200 OK
    content-type: application/json
    vary: Accept
    allow: GET, HEAD, OPTIONS
    ");
    assert_eq!(head.body, "");
    assert_eq!(head.header("content-length"), Some(full.body.len().to_string().as_str()));
}

/// contracts 6, "no credential", for HEAD.
#[tokio::test]
async fn head_without_a_token_is_401() {
    let server = house().await;
    let answer = server.anonymous().ask("HEAD", "/auth/user/").send().await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (401, ""));
    assert_eq!(answer.header("www-authenticate"), Some("Token"));
}
