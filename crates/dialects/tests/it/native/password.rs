//! The own password, by the old one or by a fresh login.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::TestServer;

use super::{CHANGE, PASSWORD, house, opens, problem, send, session, sign_in};

const NEW: &str = "battery staple";

fn change(old: Option<&str>, new: &str, end: bool) -> Value {
    match old {
        Some(old) => json!({"old_password": old, "new_password": new, "end_other_sessions": end}),
        None => json!({"new_password": new, "end_other_sessions": end}),
    }
}

#[tokio::test]
async fn the_old_password_changes_it_at_any_time_and_the_others_end_when_asked() {
    let server = house().await;
    let (here, there) = (session(&server, "john").await, session(&server, "john").await);
    server.advance(Duration::from_hours(1));
    let wrong = send(&server, &here, CHANGE, change(Some("wrong"), NEW, false)).await;
    assert_eq!(problem(&wrong), (403, "old_password_wrong".to_owned()));
    assert_eq!(send(&server, &here, CHANGE, change(Some(PASSWORD), NEW, false)).await.status, 204);
    assert_eq!((opens(&server, &here).await, opens(&server, &there).await), (200, 200));
    assert_eq!(send(&server, &here, CHANGE, change(Some(NEW), PASSWORD, true)).await.status, 204);
    assert_eq!((opens(&server, &here).await, opens(&server, &there).await), (200, 401));
    assert_eq!(sign_in(&server, "john", NEW).await.status, 401);
}

/// NIST SP 800-63B-4, 3.1.1.2: the reason is told, for people and for programs.
#[tokio::test]
async fn why_a_password_is_weak_is_told() {
    let server = house().await;
    let here = session(&server, "john").await;
    for (new, reason) in [("password1", "common"), ("john-2024", "context"), ("correcthorse", "guessable")] {
        let weak = send(&server, &here, CHANGE, change(Some(PASSWORD), new, false)).await;
        assert_eq!(problem(&weak), (400, "password_weak".to_owned()));
        assert_eq!(weak.json()["reason"], json!(reason));
        assert!(!weak.body.contains(new), "{}", weak.body);
    }
    let short = send(&server, &here, CHANGE, change(Some(PASSWORD), "short", false)).await;
    assert_eq!(short.json().get("reason"), None, "it has no other reason than its code");
}

#[tokio::test]
async fn without_the_old_one_the_login_must_be_fresh() {
    let server = TestServer::start();
    server.user_with("ann", PASSWORD, |account| account.must_change_password = true).await;
    let here = session(&server, "ann").await;
    let short = send(&server, &here, CHANGE, change(None, "short", false)).await;
    assert_eq!(problem(&short), (400, "password_too_short".to_owned()));
    assert_eq!(send(&server, &here, CHANGE, change(None, NEW, false)).await.status, 204);
    let again = sign_in(&server, "ann", NEW).await.json();
    assert_eq!(again["must_change_password"], json!(false));
    server.advance(Duration::from_mins(10));
    let late = send(&server, &here, CHANGE, change(None, PASSWORD, false)).await;
    assert_eq!(problem(&late), (403, "fresh_login_required".to_owned()));
}
