//! The audit trail: one event a fact, with who did it, to whom, by which door and in which request.

use identity::audit::Event;
use identity::user::Status;
use identity::{Actor, Door, ErrorKind, NewPassword, Op};
use testkit::TestServer;

use super::{PASSWORD, check, house, log_in, login, refused, session_of, surface};

/// The trail, a line an event: kind, actor, door, detail.
async fn trail(server: &TestServer) -> Vec<String> {
    let line = |event: Event| {
        let door = event.door.as_ref().map_or("-", Door::as_str).to_owned();
        [event.kind.as_str(), &event.actor, &door, &event.detail].join(" ").trim_end().to_owned()
    };
    server.events().await.into_iter().map(line).collect()
}

/// A login, good or bad, is one event.
#[tokio::test]
async fn logins_are_recorded() {
    let (server, john) = house().await;
    let op = server.visitor(&surface().door);
    let signed_in = log_in(&server.identity, op.clone(), "john", PASSWORD).await.expect("good");
    refused(login(&server, "john", "wrong").await);
    refused(login(&server, "nobody", "wrong").await);
    assert_eq!(
        trail(&server).await,
        [
            "user_created operator -",
            "signed_in anonymous front",
            "sign_in_failed anonymous front wrong name or password",
            "sign_in_failed anonymous front wrong name or password",
        ]
    );
    let events = server.events().await;
    let users: Vec<_> = events.iter().map(|event| event.user).collect();
    assert_eq!(users, [Some(john.id), Some(john.id), Some(john.id), None]);
    let event = &events[1];
    assert_eq!((event.session, event.request, event.at), (Some(signed_in.session.id), op.request, op.now));
    assert_eq!(event.address, "192.0.2.1");
}

/// A login that is refused although the password is right says why, to the operator only.
#[tokio::test]
async fn the_reason_of_a_refused_login_is_recorded() {
    let settings = format!("[password]\n{}must_change_blocks = true\n", testkit::CHEAP_HASHES);
    let server = TestServer::with(&settings);
    server.user_with("suspended", PASSWORD, |user| user.status = Status::Suspended).await;
    server.user_with("changing", PASSWORD, |user| user.must_change_password = true).await;
    server.user("limited", PASSWORD).await;
    for (name, kind) in [
        ("suspended", ErrorKind::InvalidCredentials),
        ("changing", ErrorKind::PasswordChangeRequired),
        ("limited", ErrorKind::SessionLimit),
    ] {
        let surface = identity::Surface { limit_per_user: Some(0), ..surface() };
        let command = identity::PasswordSignIn {
            name: name.to_owned(),
            password: PASSWORD.to_owned(),
            presented: None,
            end_others: false,
        };
        let op = server.visitor(&surface.door);
        assert_eq!(refused(server.identity.sign_in.with_password(&op, &surface, command).await), kind);
    }
    let trail = trail(&server).await;
    assert_eq!(
        trail[3..],
        [
            "sign_in_failed anonymous front not active",
            "sign_in_failed anonymous front password_change_required",
            "sign_in_failed anonymous front session_limit",
        ]
    );
}

/// Whoever ends a session is recorded with the reason.
#[tokio::test]
async fn ends_of_sessions_are_recorded() {
    let (server, john) = house().await;
    let sessions = &server.identity.sessions;
    for scope in [identity::Scope::Dialect, identity::Scope::Account] {
        let secret = login(&server, "john", PASSWORD).await.expect("good").secret;
        let caller = check(&server, &secret).await.expect("live");
        let actor = Actor::User { user: john.number, id: john.id, session: session_of(&caller) };
        let op = Op { actor, ..server.visitor(&surface().door) };
        let surface = identity::Surface { scope, ..surface() };
        sessions.sign_out_everywhere(&op, &surface, &caller).await.expect("ended");
    }
    let secret = login(&server, "john", PASSWORD).await.expect("good").secret;
    let caller = check(&server, &secret).await.expect("live");
    let actor = Actor::User { user: john.number, id: john.id, session: session_of(&caller) };
    sessions.sign_out(&Op { actor, ..server.visitor(&surface().door) }, &caller).await.expect("ended");
    let session = login(&server, "john", PASSWORD).await.expect("good").session;
    sessions.revoke(&server.operator(), session.id).await.expect("ended");
    sessions.end_all_of(&server.operator(), &john).await.expect("ended");

    let ends: Vec<_> = trail(&server).await.into_iter().filter(|line| line.starts_with("session")).collect();
    assert_eq!(
        ends,
        [
            "sessions_ended user front signed_out_everywhere",
            "sessions_ended user front signed_out_everywhere",
            "session_ended user front signed_out",
            "session_ended operator - revoked",
            "sessions_ended operator - revoked",
        ]
    );
}

/// An administrator's acts, each with the user it was done to.
#[tokio::test]
async fn an_operators_acts_are_recorded() {
    let (server, john) = house().await;
    let accounts = &server.identity.accounts;
    accounts.suspend(&server.operator(), &john).await.expect("suspended");
    accounts.activate(&server.operator(), &john).await.expect("activated");
    let john = accounts.find("john").await.expect("john");
    accounts.set_password(&server.operator(), &john, NewPassword::Generated).await.expect("set");
    accounts.delete(&server.operator(), &john).await.expect("deleted");
    assert_eq!(
        trail(&server).await,
        [
            "user_created operator -",
            "user_suspended operator -",
            "user_activated operator -",
            "password_set operator -",
            "user_deleted operator -",
        ]
    );
    assert!(server.events().await.iter().all(|event| event.user == Some(john.id)));
}

/// What did not happen is not recorded.
#[tokio::test]
async fn an_act_that_fails_is_not_recorded() {
    let (server, john) = house().await;
    let stale = john.clone();
    let accounts = &server.identity.accounts;
    accounts.set_password(&server.operator(), &john, NewPassword::Generated).await.expect("set");
    let before = trail(&server).await;
    let again = accounts.set_password(&server.operator(), &stale, NewPassword::Generated).await;
    assert_eq!(refused(again), ErrorKind::Conflict);
    accounts.delete(&server.operator(), &john).await.expect("deleted");
    for outcome in [
        accounts.suspend(&server.operator(), &john).await,
        accounts.activate(&server.operator(), &john).await,
        accounts.delete(&server.operator(), &john).await,
    ] {
        assert_eq!(refused(outcome), ErrorKind::UserNotFound);
    }
    assert_eq!(trail(&server).await[before.len()..], ["user_deleted operator -"]);
}
