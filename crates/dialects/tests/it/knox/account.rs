//! What an operator does to an account, as its owner's tokens see it (contracts 2.2, "owner inactive"; 8.8).

use identity::NewPassword;
use insta::assert_snapshot;

use super::{
    PASSWORD, WRONG, house, house_with, john_logs_in, login, logout, statuses, token, token_in, who,
};

/// contracts 2.2, "owner inactive"; 8.8, "user disabled".
#[tokio::test]
async fn the_token_of_a_suspended_user_says_so() {
    let server = house().await;
    let token = token(&server).await;
    let john = server.identity.accounts.find("john").await.expect("john");
    server.identity.accounts.suspend(&server.operator(), &john).await.expect("suspended");
    assert_snapshot!(logout(&server, &token).await, @r#"
    401 Unauthorized
    content-type: application/json
    vary: Accept
    www-authenticate: Token
    allow: POST, OPTIONS

    {"detail":"User inactive or deleted."}
    "#);
    assert_eq!(who(&server, &token).await.body, r#"{"detail":"User inactive or deleted."}"#);
    assert_eq!(john_logs_in(&server).await.body, WRONG);
}

/// security 1, disabled-user: what a suspension ended stays ended when it is lifted.
#[tokio::test]
async fn a_token_from_before_a_suspension_is_invalid_after_it() {
    let server = house().await;
    let old = token(&server).await;
    let john = server.identity.accounts.find("john").await.expect("john");
    server.identity.accounts.suspend(&server.operator(), &john).await.expect("suspended");
    server.identity.accounts.activate(&server.operator(), &john).await.expect("activated");
    assert_eq!(who(&server, &old).await.body, r#"{"detail":"Invalid token."}"#);
    let new = token(&server).await;
    assert_eq!(statuses(&server, &[&old, &new]).await, [401, 200]);
}

/// A token that its owner ended before the suspension is not told the owner's state.
#[tokio::test]
async fn a_token_logged_out_before_the_suspension_is_invalid_only() {
    let server = house().await;
    let token = token(&server).await;
    logout(&server, &token).await;
    let john = server.identity.accounts.find("john").await.expect("john");
    server.identity.accounts.suspend(&server.operator(), &john).await.expect("suspended");
    assert_eq!(who(&server, &token).await.body, r#"{"detail":"Invalid token."}"#);
}

/// contracts 2.2, "User inactive or deleted."; 8.2: the names are not given out again.
#[tokio::test]
async fn the_token_of_a_deleted_user_says_so() {
    let server = house().await;
    let token = token(&server).await;
    let john = server.identity.accounts.find("john").await.expect("john");
    server.identity.accounts.delete(&server.operator(), &john).await.expect("deleted");
    assert_eq!(who(&server, &token).await.body, r#"{"detail":"User inactive or deleted."}"#);
    assert_eq!(john_logs_in(&server).await.body, WRONG);
}

/// design, "Decided once": a password set in the owner's place ends every session.
#[tokio::test]
async fn a_new_password_ends_every_token() {
    let server = house().await;
    let (one, two) = (token(&server).await, token(&server).await);
    let john = server.identity.accounts.find("john").await.expect("john");
    let given = NewPassword::Given("battery staple".to_owned().into());
    server.identity.accounts.set_password(&server.operator(), &john, given).await.expect("set");
    assert_eq!(statuses(&server, &[&one, &two]).await, [401, 401]);
    assert_eq!(who(&server, &one).await.body, r#"{"detail":"Invalid token."}"#);
    assert_eq!(john_logs_in(&server).await.body, WRONG);
    assert_eq!(login(&server, "john", "battery staple").await.status, 200);
}

/// security 1, revoked-session: what another process revokes fails at the next request here.
#[tokio::test]
async fn what_another_process_revokes_fails_at_the_next_request() {
    let server = house().await;
    let other = server.restarted_with("");
    let one = token(&server).await;
    server.advance(std::time::Duration::from_millis(1));
    let two = token(&server).await;
    assert_eq!(statuses(&server, &[&one, &two]).await, [200, 200]);
    let john = other.identity.accounts.find("john").await.expect("john");
    let sessions = other.identity.sessions.list(&other.operator(), john.number, false).await.expect("a list");
    other.identity.sessions.revoke(&other.operator(), sessions[0].id).await.expect("revoked");
    assert_eq!(statuses(&server, &[&one, &two]).await, [401, 200]);
    other.identity.accounts.suspend(&other.operator(), &john).await.expect("suspended");
    assert_eq!(who(&server, &two).await.body, r#"{"detail":"User inactive or deleted."}"#);
}

/// contracts 8.3, "`new_password_required`": this door cannot ask for a new password and signs in as usual.
#[tokio::test]
async fn who_must_change_the_password_signs_in_by_default() {
    let server = house().await;
    server.user_with("jane", PASSWORD, |user| user.must_change_password = true).await;
    let token = token_in(&login(&server, "jane", PASSWORD).await);
    assert_eq!(who(&server, &token).await.status, 200);
}

/// design, "Decided once": `[password] must_change_blocks = true` makes it refuse, and only the right password tells.
#[tokio::test]
async fn who_must_change_the_password_is_refused_when_that_blocks() {
    let settings = format!("[password]\n{}must_change_blocks = true\n", testkit::CHEAP_HASHES);
    let server = house_with(&settings).await;
    server.user_with("jane", PASSWORD, |user| user.must_change_password = true).await;
    assert_snapshot!(login(&server, "jane", PASSWORD).await, @r#"
    403 Forbidden
    content-type: application/json
    vary: Accept
    allow: POST, OPTIONS

    {"detail":"A new password is required."}
    "#);
    assert_eq!(login(&server, "jane", "wrong").await.body, WRONG);
    assert_eq!(john_logs_in(&server).await.status, 200);
}

/// `[password] sign_in = false`: nobody logs in with a password; tokens from before still work.
#[tokio::test]
async fn no_login_is_answered_where_password_login_is_off() {
    let server = house().await;
    let old = token(&server).await;
    let settings = format!("[password]\n{}sign_in = false\n", testkit::CHEAP_HASHES);
    let closed = server.restarted_with(&settings);
    let refused = john_logs_in(&closed).await;
    assert_snapshot!(refused, @r#"
    403 Forbidden
    content-type: application/json
    vary: Accept
    allow: POST, OPTIONS

    {"detail":"Password login is disabled."}
    "#);
    for (name, password) in [("john", "wrong"), ("nobody", PASSWORD)] {
        assert_eq!(login(&closed, name, password).await.to_string(), refused.to_string());
    }
    assert_eq!(who(&closed, &old).await.status, 200);
}
