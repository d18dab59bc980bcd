//! The audit trail: one event a fact, with who did it, to whom, by which door and in which request.

use identity::audit::trail::Trail;
use identity::audit::{Event, EventKind};
use identity::keyring::KeyUse;
use identity::user::Status;
use identity::{Actor, ChangePassword, Door, ErrorKind, NewPassword, Op};
use testkit::TestServer;

use super::{PASSWORD, caller, check, house, log_in, login, login_from, op_of, refused, session_of, surface};

/// The trail, a line an event: kind, actor, door, detail.
async fn trail(server: &TestServer) -> Vec<String> {
    let line = |event: Event| {
        let door = event.door.as_ref().map_or("-", Door::as_str).to_owned();
        [event.kind.as_str(), &event.actor, &door, &event.detail].join(" ").trim_end().to_owned()
    };
    server.events().await.into_iter().map(line).collect()
}

/// A login, good or bad, is one event.
/// security 2, no. 49.
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

/// security 2, no. 49: who acted, and to whom it was done, are both on record, by ids that outlive the account.
#[tokio::test]
async fn who_acts_is_on_record_beside_whom_it_concerns() {
    let (server, john) = house().await;
    let caller = caller(&server, "john", PASSWORD).await;
    let op = op_of(&server, &caller);
    let change = ChangePassword {
        old: PASSWORD.to_owned().into(),
        new: "another good one".to_owned().into(),
        end_others: false,
    };
    server.identity.accounts.change_password(&op, &caller, change).await.expect("changed");
    server.identity.accounts.suspend(&server.operator(), &john).await.expect("suspended");
    let whose = |event: Event| (event.kind, event.user, event.by);
    let told: Vec<_> = server.events().await.into_iter().map(whose).collect();
    assert_eq!(
        told,
        [
            (EventKind::UserCreated, Some(john.id), None),
            (EventKind::SignedIn, Some(john.id), None),
            (EventKind::PasswordChanged, Some(john.id), Some(john.id)),
            (EventKind::UserSuspended, Some(john.id), None),
        ]
    );
}

/// security 2, no. 49: a try that a limit refused is on record, once a minute for each limit and what it counts.
#[tokio::test]
async fn a_throttled_try_is_recorded_once_a_minute() {
    let server = TestServer::with("[limits]\naccount_failures_free = 1\n");
    let john = server.user("john", PASSWORD).await;
    let throttled = async || {
        let events = server.events().await.into_iter();
        events.filter(|event| event.kind == EventKind::Throttled).collect::<Vec<_>>()
    };
    for name in ["john", "nobody"] {
        refused(login(&server, name, "wrong").await);
    }
    assert_eq!(throttled().await.len(), 0);
    for _ in 0..5 {
        for name in ["john", "nobody"] {
            assert!(matches!(
                refused(login_from(&server, "192.0.2.2", name, PASSWORD).await),
                ErrorKind::Throttled { .. }
            ));
        }
    }
    let told = throttled().await;
    let of: Vec<_> = told.iter().map(|event| (event.user, event.detail.as_str())).collect();
    assert_eq!(of, [(Some(john.id), "account_failures"), (None, "account_failures")]);
    assert_eq!(
        (told[0].address.as_str(), told[0].door.as_ref().map(Door::as_str)),
        ("192.0.2.2", Some("front"))
    );
    // The next minute, and another limit.
    refused(login_from(&server, "192.0.2.1", "john", "wrong").await);
    let details: Vec<_> = throttled().await.into_iter().skip(2).map(|event| event.detail).collect();
    assert_eq!(details, ["account_failures_of_network"]);
}

/// security 2, no. 49: what somebody typed, sent or named is not in the trail, however long it is and whatever it would
/// do to a terminal or to who reads it line by line.
#[tokio::test]
async fn nothing_that_somebody_typed_is_recorded() {
    let (server, _) = house().await;
    let long = "x".repeat(10_000);
    for typed in [
        "mark-1\r\n1999-01-01 signed_in admin",
        "mark-2\u{1b}[2J\u{1b}]0;owned\u{7}",
        "mark-3\u{202e}\0",
        &long,
    ] {
        let mut op = server.visitor(&surface().door);
        op.origin.user_agent = typed.to_owned();
        refused(log_in(&server.identity, op.clone(), typed, PASSWORD).await);
        refused(log_in(&server.identity, op.clone(), "john", typed).await);
        server.advance(std::time::Duration::from_hours(1));
        log_in(&server.identity, Op { now: server.visitor(&surface().door).now, ..op }, "john", PASSWORD)
            .await
            .expect("good");
    }
    let events = server.events().await;
    assert_eq!(events.len(), 12, "a user, and three tries of each kind; a password of 10 KB is none");
    for event in events {
        let fields = format!("{event:?}");
        assert!(!fields.contains("mark-") && !fields.contains("xxxx") && !fields.contains("\\u"), "{fields}");
        assert!(event.detail.chars().all(|c| c.is_ascii_graphic() || c == ' ') && event.detail.len() < 80);
    }
}

/// The first key that signs is a fact like every later one.
#[tokio::test]
async fn the_first_signing_key_is_recorded() {
    let (server, _) = house().await;
    let op = server.operator();
    server.identity.keyring.tend(&op, KeyUse::BixArena).await.expect("a key");
    server.identity.keyring.tend(&op, KeyUse::BixArena).await.expect("the same key");
    assert_eq!(trail(&server).await[1..], ["signing_key_created operator - bixarena"]);
}

/// `[audit] retention`: what is older is forgotten, a few at a time, and the rest is not.
#[tokio::test]
async fn what_was_kept_long_enough_is_forgotten() {
    let (server, _) = house().await;
    let days = |days: u64| std::time::Duration::from_hours(24 * days);
    server.advance(days(300));
    log_in(&server.identity, server.visitor(&surface().door), "john", PASSWORD).await.expect("good");
    server.advance(days(65));
    let trail_of = &server.identity.trail;
    assert_eq!(
        trail_of.forget_some(&server.operator()).await.expect("a database"),
        0,
        "365 days, to the moment"
    );
    server.advance(std::time::Duration::from_millis(1));
    assert_eq!(trail_of.forget_some(&server.operator()).await.expect("a database"), 1);
    assert_eq!(trail(&server).await, ["signed_in anonymous front"]);
    let for_ever = server.restarted_with("[audit]\nretention = \"\"\n");
    server.advance(days(9_999));
    assert_eq!(for_ever.identity.trail.forget_some(&server.operator()).await.expect("a database"), 0);
    assert!(!Trail::is_more(499) && Trail::is_more(500));
}
