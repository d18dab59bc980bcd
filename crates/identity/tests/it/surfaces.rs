//! What a door declares about its sessions and what the core makes of it.

use identity::audit::EventKind;
use identity::{Caller, Door, ErrorKind, PasswordSignIn, Result, SignedIn, Surface};
use testkit::{CHEAP_HASHES, TestServer};

use super::{PASSWORD, check, house, live, refused, surface, told};

async fn sign_in(
    server: &TestServer,
    surface: &Surface,
    name: &str,
    password: &str,
    presented: Option<Caller>,
) -> Result<SignedIn> {
    let command =
        PasswordSignIn { name: name.to_owned(), password: password.to_owned(), presented, end_others: false };
    server.identity.sign_in.with_password(&server.visitor(&surface.door), surface, command).await
}

/// security 1, session-fixation: where a client holds one secret, what it held before a login is not valid after it.
#[tokio::test]
async fn a_login_ends_the_session_that_came_with_it_where_clients_hold_one() {
    let (server, john) = house().await;
    let jar = Surface { one_per_client: true, ..surface() };
    let old = sign_in(&server, &jar, "john", PASSWORD, None).await.expect("good");
    let elsewhere = sign_in(&server, &jar, "john", PASSWORD, None).await.expect("good");
    let presented = check(&server, &old.secret).await.expect("live");
    let before = server.events().await.len();
    let new = sign_in(&server, &jar, "john", PASSWORD, Some(presented)).await.expect("good");

    assert_eq!(refused(check(&server, &old.secret).await), ErrorKind::CredentialInvalid);
    assert!(check(&server, &new.secret).await.is_ok());
    assert!(check(&server, &elsewhere.secret).await.is_ok(), "other clients keep theirs");
    assert_eq!(live(&server, &john).await, 2);
    let events = server.events().await.split_off(before);
    let sessions: Vec<_> = events.iter().map(|event| (event.kind, event.session)).collect();
    assert_eq!(
        sessions,
        [(EventKind::SignedIn, Some(new.session.id)), (EventKind::SessionEnded, Some(old.session.id))]
    );
}

#[tokio::test]
async fn the_session_of_another_user_ends_as_well() {
    let (server, john) = house().await;
    server.user("ann", PASSWORD).await;
    let jar = Surface { one_per_client: true, ..surface() };
    let old = sign_in(&server, &jar, "john", PASSWORD, None).await.expect("good");
    let presented = check(&server, &old.secret).await.expect("live");
    sign_in(&server, &jar, "ann", PASSWORD, Some(presented)).await.expect("good");
    assert_eq!(live(&server, &john).await, 0);
    let last = server.events().await.pop().expect("an event");
    assert_eq!((last.user, last.detail.as_str()), (Some(john.id), "replaced"));
}

#[tokio::test]
async fn a_login_that_fails_ends_nothing_and_neither_does_one_where_clients_hold_many() {
    let (server, john) = house().await;
    let jar = Surface { one_per_client: true, ..surface() };
    let old = sign_in(&server, &jar, "john", PASSWORD, None).await.expect("good");
    let presented = check(&server, &old.secret).await.expect("live");
    let failed = sign_in(&server, &jar, "john", "wrong", Some(presented.clone())).await;
    assert_eq!(refused(failed), ErrorKind::InvalidCredentials);
    let before = server.events().await.len();
    sign_in(&server, &surface(), "john", PASSWORD, Some(presented)).await.expect("good");
    assert_eq!(live(&server, &john).await, 2);
    assert_eq!(told(&server, before).await, [(EventKind::SignedIn, String::new())]);
}

/// The session that came with the login may end while the password is hashed: the login goes on.
#[tokio::test]
async fn a_session_that_ended_meanwhile_is_no_obstacle() {
    let (server, john) = house().await;
    let jar = Surface { one_per_client: true, ..surface() };
    let old = sign_in(&server, &jar, "john", PASSWORD, None).await.expect("good");
    let presented = check(&server, &old.secret).await.expect("live");
    server.identity.sessions.revoke(&server.operator(), old.session.id).await.expect("revoked");
    sign_in(&server, &jar, "john", PASSWORD, Some(presented)).await.expect("good");
    assert_eq!(live(&server, &john).await, 1);
}

/// design, "must change password": doors that cannot show it refuse when told to; one that can lets in.
#[tokio::test]
async fn a_door_that_asks_for_a_new_password_lets_in_who_must_choose_one() {
    let server = TestServer::with(&format!("[password]\n{CHEAP_HASHES}must_change_blocks = true\n"));
    server.user_with("ann", PASSWORD, |account| account.must_change_password = true).await;
    let asking = Surface { asks_for_new_password: true, door: Door::new("asking"), ..surface() };
    let refusal = refused(sign_in(&server, &surface(), "ann", PASSWORD, None).await);
    assert_eq!(refusal, ErrorKind::PasswordChangeRequired);
    let signed_in = sign_in(&server, &asking, "ann", PASSWORD, None).await.expect("good");
    assert!(signed_in.user.must_change_password);
}
