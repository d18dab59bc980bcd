//! Links to providers: made by a fresh login in its own browser, and never the last way in taken away.

use std::time::Duration;

use identity::audit::EventKind;
use identity::mail::MailKind;
use serde_json::{Value, json};
use testkit::provider::{Person, TestProvider};
use testkit::{Answer, CHEAP_HASHES, TestServer};

use super::{
    Away, IDENTITIES, ask, begin, come_back, house_with_providers, opens, problem, send, session, set, shown,
};

/// Begins to link a provider to the account of this session.
async fn begin_link(server: &TestServer, session: &str, provider: &str) -> Away {
    let answer = send(server, session, IDENTITIES, json!({"provider": provider})).await;
    assert_eq!(answer.status, 200, "{answer}");
    Away::of(answer.json()["location"].as_str().expect("a location"), &answer)
}

/// Links the identity that `person` has at a provider.
async fn link(server: &TestServer, session: &str, provider: (&str, &TestProvider), person: &str) -> Answer {
    let away = begin_link(server, session, provider.0).await;
    let back = provider.1.login(&away.location, &Person::new(person));
    come_back(server, &away.browser, Some(session), &back.query()).await
}

async fn linked(server: &TestServer, session: &str) -> Vec<Value> {
    let answer = ask(server, session, "GET", IDENTITIES).send().await;
    answer.json()["identities"].as_array().expect("a list").clone()
}

async fn unlink(server: &TestServer, session: &str, identity: &Value) -> Answer {
    let id = identity["id"].as_str().expect("an id");
    ask(server, session, "DELETE", &format!("{IDENTITIES}/{id}")).send().await
}

/// The session of whoever signs in by this provider as this person.
async fn by_provider(server: &TestServer, provider: (&str, &TestProvider), person: &str) -> Answer {
    let away = begin(server, &format!("provider={}", provider.0)).await;
    let back = provider.1.login(&away.location, &Person::new(person));
    come_back(server, &away.browser, None, &back.query()).await
}

#[tokio::test]
async fn a_linked_identity_signs_in_until_it_is_unlinked() {
    let (server, acme, _) = house_with_providers("sign_up = false\n").await;
    let here = session(&server, "john").await;
    assert_eq!(problem(&by_provider(&server, ("acme", &acme), "sue").await).0, 403);
    let answer = link(&server, &here, ("acme", &acme), "sue").await;
    assert_eq!(answer.status, 303, "{answer}");
    assert_eq!((set(&answer, "vestibule"), set(&answer, "vestibule-login")), (None, Some("")));
    assert_eq!(opens(&server, &here).await, 200, "to link is not to sign in");
    let list = ask(&server, &here, "GET", IDENTITIES).send().await;
    insta::assert_snapshot!(shown(&list).replace(&acme.issuer(), "[ISSUER]"), @r#"
    200 OK
    content-type: application/json

    {"identities":[{"id":"[UUID]","provider":"acme","provider_name":"acme","issuer":"[ISSUER]","subject":"sue","created":"2026-01-02T12:00:00Z"}]}
    "#);
    let again = link(&server, &here, ("acme", &acme), "sue").await;
    assert_eq!(again.status, 303, "it is as wanted");
    assert_eq!(by_provider(&server, ("acme", &acme), "sue").await.status, 303);

    let identity = linked(&server, &here).await.remove(0);
    assert_eq!(unlink(&server, &here, &identity).await.status, 204);
    assert_eq!(problem(&unlink(&server, &here, &identity).await), (404, "identity_not_found".to_owned()));
    assert_eq!(problem(&by_provider(&server, ("acme", &acme), "sue").await).0, 403);
    let told: Vec<_> = server.events().await.into_iter().map(|event| (event.kind, event.detail)).collect();
    for kind in [EventKind::IdentityLinked, EventKind::IdentityUnlinked] {
        assert_eq!(told.iter().filter(|told| **told == (kind, "acme".to_owned())).count(), 1);
    }
    let notices = server.mails().await.iter().filter(|mail| mail.kind == MailKind::WaysInChanged).count();
    assert_eq!(notices, 2, "security 2, no. 17: the owner is told");
}

/// ASVS 7.5.1: a session that was left open lets nobody else in.
#[tokio::test]
async fn links_are_made_and_taken_away_by_a_fresh_login() {
    let (server, acme, _) = house_with_providers("").await;
    let here = session(&server, "john").await;
    link(&server, &here, ("acme", &acme), "sue").await;
    let identity = linked(&server, &here).await.remove(0);
    server.advance(Duration::from_mins(10));
    let stale = send(&server, &here, IDENTITIES, json!({"provider": "acme"})).await;
    assert_eq!(problem(&stale), (403, "fresh_login_required".to_owned()));
    assert_eq!(problem(&unlink(&server, &here, &identity).await), (403, "fresh_login_required".to_owned()));
}

/// security 1, foreign-identity: a link under way is of one session, in one browser, and
/// never a login; a login under way is never a link.
#[tokio::test]
async fn a_link_is_finished_by_who_began_it_and_as_nothing_else() {
    let (server, acme, _) = house_with_providers("").await;
    server.user("ann", super::PASSWORD).await;
    let (here, anns) = (session(&server, "john").await, session(&server, "ann").await);
    let refused = (400, "flow_invalid".to_owned());
    for who in [None, Some(&anns)] {
        let away = begin_link(&server, &here, "acme").await;
        let back = acme.login(&away.location, &Person::new("sue"));
        let answer = come_back(&server, &away.browser, who.map(String::as_str), &back.query()).await;
        assert_eq!(problem(&answer), refused);
        assert_eq!(set(&answer, "vestibule"), None, "nobody is signed in by it");
    }
    // In another browser, and after the login was confirmed by another secret.
    let (away, other) = (begin_link(&server, &here, "acme").await, begin_link(&server, &here, "acme").await);
    let back = acme.login(&away.location, &Person::new("sue"));
    let answer = come_back(&server, &other.browser, Some(&here), &back.query()).await;
    assert_eq!(problem(&answer), refused);
    let confirmed = send(&server, &here, super::CONFIRM, json!({"password": super::PASSWORD})).await;
    let renewed = super::cookie_in(&confirmed);
    let answer = come_back(&server, &away.browser, Some(&renewed), &back.query()).await;
    assert_eq!(problem(&answer), refused);
    // A login that a signed-in browser finishes links nothing to whoever was signed in.
    let away = begin(&server, "provider=acme").await;
    let back = acme.login(&away.location, &Person::new("tom"));
    let answer = come_back(&server, &away.browser, Some(&renewed), &back.query()).await;
    let toms = set(&answer, "vestibule").expect("a session").to_owned();
    assert_eq!(linked(&server, &toms).await.len(), 1);
    assert_eq!(linked(&server, &session(&server, "john").await).await.len(), 0);
}

/// At another door the same callback finishes no link.
#[tokio::test]
async fn a_link_is_finished_at_its_own_door() {
    let (server, acme, _) = house_with_providers("").await;
    let here = session(&server, "john").await;
    let away = begin_link(&server, &here, "acme").await;
    let back = acme.login(&away.location, &Person::new("sue"));
    let ask = server.anonymous().get(&format!("/api/v1/oidc/callback/?{}", back.query()));
    let answer = ask.header("cookie", format!("oidc_login={}", away.browser)).send().await;
    assert_eq!(answer.status, 400, "{answer}");
    let answer = come_back(&server, &away.browser, Some(&here), &back.query()).await;
    assert_eq!(answer.status, 303, "and is still under way at its own: {answer}");
}

#[tokio::test]
async fn an_identity_of_somebody_else_is_not_taken_over() {
    let (server, acme, _) = house_with_providers("").await;
    assert_eq!(by_provider(&server, ("acme", &acme), "sue").await.status, 303);
    let here = session(&server, "john").await;
    let answer = link(&server, &here, ("acme", &acme), "sue").await;
    assert_eq!(problem(&answer), (409, "identity_taken".to_owned()));
    assert_eq!(linked(&server, &here).await.len(), 0);
}

#[tokio::test]
async fn the_last_way_in_stays() {
    let (server, acme, other) = house_with_providers("").await;
    let answer = by_provider(&server, ("acme", &acme), "sue").await;
    let sues = set(&answer, "vestibule").expect("a session").to_owned();
    let first = linked(&server, &sues).await.remove(0);
    insta::assert_snapshot!(unlink(&server, &sues, &first).await, @r#"
    409 Conflict
    content-type: application/problem+json

    {"type":"about:blank","title":"Conflict","status":409,"detail":"This is the last way into the account: set a password or link another first.","code":"last_way_in"}
    "#);
    assert_eq!(link(&server, &sues, ("other", &other), "sue").await.status, 303);
    assert_eq!(unlink(&server, &sues, &first).await.status, 204);
    let second = linked(&server, &sues).await.remove(0);
    assert_eq!(problem(&unlink(&server, &sues, &second).await), (409, "last_way_in".to_owned()));
    // A password is a way in, where passwords are taken.
    let chosen = json!({"new_password": "battery staple", "end_other_sessions": false});
    assert_eq!(send(&server, &sues, super::CHANGE, chosen).await.status, 204);
    let settings = format!("{}[password]\n{CHEAP_HASHES}sign_in = false\n", other.settings("other"));
    let without = server.restarted_with(&settings);
    assert_eq!(problem(&unlink(&without, &sues, &second).await), (409, "last_way_in".to_owned()));
    assert_eq!(unlink(&server, &sues, &second).await.status, 204);
}

/// Both at once: whoever comes second finds the last one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_links_that_are_taken_away_at_once_one_stays() {
    for _ in 0..3 {
        let (server, acme, other) = house_with_providers("").await;
        let answer = by_provider(&server, ("acme", &acme), "sue").await;
        let sues = set(&answer, "vestibule").expect("a session").to_owned();
        link(&server, &sues, ("other", &other), "sue").await;
        let both = linked(&server, &sues).await;
        let (one, two) = tokio::join!(unlink(&server, &sues, &both[0]), unlink(&server, &sues, &both[1]));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 409]);
        assert_eq!(linked(&server, &sues).await.len(), 1);
    }
}
