//! `POST /auth/logout/` (contracts 2.2).

use identity::audit::EventKind;
use insta::{allow_duplicates, assert_snapshot};

use super::{BASES, house, logout, statuses, token, who};

/// contracts 2.2, "200 on success"; decision 7: an empty body, and so no type of one.
#[tokio::test]
async fn a_logout_is_200_with_an_empty_body_at_both_bases() {
    let server = house().await;
    for base in BASES {
        let bearer = server.bearing(format!("Token {}", token(&server).await));
        let answer = bearer.post(&format!("{base}/auth/logout/")).send().await;
        allow_duplicates!(assert_snapshot!(answer, @"
        200 OK
        allow: POST, OPTIONS
        "));
        assert_eq!((answer.body.as_str(), answer.header("content-type")), ("", None));
    }
}

/// contracts 2.2, "logout": the token used can no longer authenticate, others still do.
#[tokio::test]
async fn a_logout_ends_the_token_used_and_no_other() {
    let server = house().await;
    server.user("jane", super::PASSWORD).await;
    let (used, other) = (token(&server).await, token(&server).await);
    let janes = super::token_in(&super::login(&server, "jane", super::PASSWORD).await);
    assert_eq!(logout(&server, &used).await.status, 200);
    assert_eq!(statuses(&server, &[&used, &other, &janes]).await, [401, 200, 200]);
}

/// contracts 2.2, "unknown, expired or already used".
#[tokio::test]
async fn a_token_that_was_logged_out_is_invalid_everywhere() {
    let server = house().await;
    let used = token(&server).await;
    logout(&server, &used).await;
    assert_snapshot!(logout(&server, &used).await, @r#"
    401 Unauthorized
    content-type: application/json
    vary: Accept
    www-authenticate: Token
    allow: POST, OPTIONS

    {"detail":"Invalid token."}
    "#);
    assert_eq!(super::logout_all(&server, &used).await.body, r#"{"detail":"Invalid token."}"#);
    assert_eq!(who(&server, &used).await.body, r#"{"detail":"Invalid token."}"#);
}

/// contracts 2.2, "none": the answer to nobody.
#[tokio::test]
async fn a_logout_without_a_token_is_401() {
    let server = house().await;
    assert_snapshot!(server.anonymous().post("/auth/logout/").send().await, @r#"
    401 Unauthorized
    content-type: application/json
    vary: Accept
    www-authenticate: Token
    allow: POST, OPTIONS

    {"detail":"Authentication credentials were not provided."}
    "#);
}

/// contracts 2.2, "non-empty or broken body": ignored, whatever its type.
#[tokio::test]
async fn a_body_is_not_looked_at() {
    let server = house().await;
    for path in ["/auth/logout/", "/auth/logoutall/"] {
        for (media_type, body) in [
            ("application/json", "{\"broken\":"),
            ("application/json", "{\"token\":\"other\"}"),
            ("text/plain", "text"),
            ("application/x-www-form-urlencoded", "a=b"),
        ] {
            let bearer = server.bearing(format!("Token {}", token(&server).await));
            let answer = bearer.post(path).body(media_type, body).send().await;
            assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""), "{path} {body}");
        }
    }
}

/// contracts 2.1, "406", for these routes; the token lives on.
#[tokio::test]
async fn a_client_that_accepts_no_json_is_406_and_not_logged_out() {
    let server = house().await;
    let token = token(&server).await;
    for path in ["/auth/logout/", "/auth/logoutall/"] {
        let bearer = server.bearing(format!("Token {token}"));
        let answer = bearer.post(path).header("accept", "text/html").send().await;
        assert_eq!(answer.body, r#"{"detail":"Could not satisfy the request Accept header."}"#);
        assert_eq!(answer.status, 406);
    }
    assert_eq!(who(&server, &token).await.status, 200);
}

/// contracts 2.2, "logout": of two at once with one token, one ends it.
#[tokio::test]
async fn of_two_logouts_at_once_one_finds_the_token_ended() {
    let server = house().await;
    let token = token(&server).await;
    let (one, two) = tokio::join!(logout(&server, &token), logout(&server, &token));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}

/// A logout is recorded once, with who, by which door and from where.
#[tokio::test]
async fn a_logout_is_recorded() {
    let server = house().await;
    let token = token(&server).await;
    logout(&server, &token).await;
    logout(&server, &token).await;
    let john = server.identity.accounts.find("john").await.expect("john");
    let events = server.events().await;
    let ended: Vec<_> = events.iter().filter(|event| event.kind == EventKind::SessionEnded).collect();
    let [ended] = ended.as_slice() else { panic!("one event is wanted: {ended:?}") };
    assert_eq!((ended.user, ended.actor.as_str()), (Some(john.id), "user"));
    assert_eq!(ended.door.as_ref().map(identity::Door::as_str), Some("knox"));
    assert_eq!((ended.address.as_str(), ended.detail.as_str()), ("192.0.2.1", "signed_out"));
    assert!(ended.session.is_some());
}
