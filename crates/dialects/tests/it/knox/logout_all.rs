//! `POST /auth/logoutall/` (contracts 2.2; decision 4).

use insta::{allow_duplicates, assert_snapshot};

use super::{
    BASES, PASSWORD, house, house_with, john_logs_in, login, logout_all, opens_another_door,
    secret_of_another_door, statuses, token, token_in,
};

/// contracts 2.2, "200 on success"; decision 7.
#[tokio::test]
async fn a_logout_of_all_is_200_with_an_empty_body_at_both_bases() {
    let server = house().await;
    for base in BASES {
        let bearer = server.bearing(format!("Token {}", token(&server).await));
        let answer = bearer.post(&format!("{base}/auth/logoutall/")).send().await;
        allow_duplicates!(assert_snapshot!(answer, @"
        200 OK
        allow: POST, OPTIONS
        "));
        assert_eq!((answer.body.as_str(), answer.header("content-type")), ("", None));
    }
}

/// contracts 2.2, "logoutall"; knox's view tests: only the target's tokens.
#[tokio::test]
async fn a_logout_of_all_ends_every_token_of_the_user_and_of_nobody_else() {
    let server = house().await;
    server.user("jane", PASSWORD).await;
    let (used, other, third) = (token(&server).await, token(&server).await, token(&server).await);
    let janes = token_in(&login(&server, "jane", PASSWORD).await);
    assert_eq!(logout_all(&server, &used).await.status, 200);
    assert_eq!(statuses(&server, &[&used, &other, &third, &janes]).await, [401, 401, 401, 200]);
}

/// contracts 2.2, "unknown, expired or already used".
#[tokio::test]
async fn a_second_logout_of_all_finds_the_token_ended() {
    let server = house().await;
    let used = token(&server).await;
    logout_all(&server, &used).await;
    assert_snapshot!(logout_all(&server, &used).await, @r#"
    401 Unauthorized
    content-type: application/json
    vary: Accept
    www-authenticate: Token
    allow: POST, OPTIONS

    {"detail":"Invalid token."}
    "#);
}

/// contracts 2.2, "logoutall": a login afterwards is a new beginning.
#[tokio::test]
async fn a_login_after_a_logout_of_all_lives() {
    let server = house().await;
    let old = token(&server).await;
    logout_all(&server, &old).await;
    let new = token_in(&john_logs_in(&server).await);
    assert_eq!(statuses(&server, &[&old, &new]).await, [401, 200]);
}

/// Decision 4; contracts 8.8: this dialect's sessions only, unless `scope` says otherwise.
#[tokio::test]
async fn a_logout_of_all_leaves_other_doors_alone_by_default() {
    let server = house().await;
    let elsewhere = secret_of_another_door(&server).await;
    let (used, other) = (token(&server).await, token(&server).await);
    assert_eq!(logout_all(&server, &used).await.status, 200);
    assert_eq!(statuses(&server, &[&used, &other]).await, [401, 401]);
    assert!(opens_another_door(&server, &elsewhere).await);
}

/// Decision 4: `scope = "account"`.
#[tokio::test]
async fn a_logout_of_all_ends_every_door_with_the_scope_account() {
    let server = house_with("[dialects.knox]\nscope = \"account\"\n").await;
    server.user("jane", PASSWORD).await;
    let elsewhere = secret_of_another_door(&server).await;
    let (used, other) = (token(&server).await, token(&server).await);
    let janes = token_in(&login(&server, "jane", PASSWORD).await);
    assert_eq!(logout_all(&server, &used).await.status, 200);
    assert_eq!(statuses(&server, &[&used, &other, &janes]).await, [401, 401, 200]);
    assert!(!opens_another_door(&server, &elsewhere).await);
}

/// Decision 4: a logout of one token never reaches further, whatever the scope.
#[tokio::test]
async fn a_plain_logout_ends_one_token_with_either_scope() {
    let server = house_with("[dialects.knox]\nscope = \"account\"\n").await;
    let elsewhere = secret_of_another_door(&server).await;
    let (used, other) = (token(&server).await, token(&server).await);
    assert_eq!(super::logout(&server, &used).await.status, 200);
    assert_eq!(statuses(&server, &[&used, &other]).await, [401, 200]);
    assert!(opens_another_door(&server, &elsewhere).await);
}
