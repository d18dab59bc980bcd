//! Recognising without waiting, where nothing is remembered: all that is lacking is read with one question, and what was
//! read is judged as everywhere.

use std::sync::Arc;

use identity::api_key::keys::{KeySurface, MakeApiKey};
use identity::secret::Sha256Digest;
use identity::{Door, Identity, PasswordSignIn, SecretForm, View};
use password::HashPool;
use testkit::TestServer;

use super::tokens::signing;
use super::watched::{CHEAP, Watched};
use super::{PASSWORD, caller, house, log_in, op_of, surface};

/// The server's core on a store that remembers nothing, and John's secrets: a session's and a key's.
async fn forgetful() -> (Arc<TestServer>, Arc<Watched>, Identity, String, String) {
    let (server, _) = house().await;
    let server = Arc::new(server);
    let session = log_in(&server.identity, server.visitor(&surface().door), "john", PASSWORD).await;
    let john = caller(&server, "john", PASSWORD).await;
    let form = SecretForm::Hex { prefix: "k_".to_owned(), digits: 64 };
    let keys = KeySurface { door: Door::new("a"), form, shown_again: false };
    let make = MakeApiKey { name: "k".to_owned(), ..MakeApiKey::default() };
    let key = server.identity.api_keys.create_own(&op_of(&server, &john), &keys, &john, make).await;
    let watched = Watched::on(&server);
    let core = watched.identity(HashPool::start(CHEAP).expect("a pool"));
    let session = session.expect("a login").secret.expose().to_owned();
    let key = key.expect("a key").secret.expect("its secret").expose().to_owned();
    (server, watched, core, session, key)
}

fn digest(secret: &str) -> Sha256Digest {
    Sha256Digest::of_presented(secret).expect("it looks like a secret")
}

#[tokio::test]
async fn a_check_asks_the_store_once_whatever_it_wants_to_know() {
    let (server, watched, core, session, key) = forgetful().await;
    let op = server.operator();
    let by_session = |view: &View<'_>| core.sessions.known(view, op.now, &surface(), &digest(&session));
    let by_key = |view: &View<'_>| core.api_keys.known(view, &op, &Door::new("a"), &digest(&key));
    for (memberships, questions) in [
        (false, ["session_by_digest", "api_key_by_digest"]),
        (true, ["session_with_memberships", "api_key_with_memberships"]),
    ] {
        for (kind, question) in questions.into_iter().enumerate() {
            let known = |view: &View<'_>| if kind == 0 { by_session(view) } else { by_key(view) };
            let view = View::new(memberships);
            assert!(known(&view).is_none(), "nothing is remembered");
            let lookup = view.missing().expect("a credential is missing");
            watched.take();
            let found = core.look_up(&lookup).await.expect("an answer").expect("a credential");
            let view = View::of(&found);
            let john = known(&view).expect("John");
            let belongs = core.organizations.memberships_known_by(&view, &john);
            assert_eq!(belongs.map(|all| all.len()), memberships.then_some(0));
            assert_eq!(watched.take(), [question]);
            assert_eq!((john.user.username.as_deref(), view.missing()), (Some("john"), None));
        }
    }
}

/// security 1, revoked-session.
#[tokio::test]
async fn what_was_read_is_judged_and_is_good_for_one_secret() {
    let (server, _, core, session, key) = forgetful().await;
    let op = server.operator();
    let known =
        |view: &View<'_>, secret: &str| core.sessions.known(view, op.now, &surface(), &digest(secret));
    let view = View::new(false);
    assert!(known(&view, &session).is_none());
    let lookup = view.missing().expect("the session is missing");
    let found = core.look_up(&lookup).await.expect("an answer").expect("a session");
    assert!(known(&View::of(&found), &session).is_some());
    for other in [&key, "somebody-elses"] {
        assert!(known(&View::of(&found), other).is_none(), "it was read for another secret");
    }
    assert!(
        core.api_keys.known(&View::of(&found), &op, &Door::new("a"), &digest(&session)).is_none(),
        "no key"
    );

    let john = server.identity.accounts.find("john").await.expect("John");
    server.identity.sessions.end_all_of(&op, &john).await.expect("ended");
    let found = core.look_up(&lookup).await.expect("an answer").expect("an ended one is found, too");
    assert!(known(&View::of(&found), &session).is_none());
    let view = View::new(false);
    assert!(known(&view, "somebody-elses").is_none());
    let lookup = view.missing().expect("it is missing");
    assert!(core.look_up(&lookup).await.expect("an answer").is_none(), "nobody has it");
}

/// security 2, no. 39.
#[tokio::test]
async fn what_was_known_of_a_token_is_good_for_that_token_and_its_audience() {
    let (server, _, core, ..) = forgetful().await;
    let (surface, elsewhere) = (signing("probe"), signing("bixarena"));
    let op = server.visitor(&surface.door);
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let (name, password) = ("john".to_owned(), PASSWORD.to_owned());
        let command = PasswordSignIn { name, password, presented: None, end_others: false };
        let token = core.sign_in.with_password(&op, &surface, command).await.expect("a login").secret;
        core.sessions.check(&op, &surface, &token).await.expect("live");
        tokens.push(digest(token.expose()));
    }
    let known = |view: &View<'_>, token: usize| core.sessions.known(view, op.now, &surface, &tokens[token]);
    let view = View::new(false);
    assert!(known(&view, 0).is_none(), "the session is not remembered");
    let lookup = view.missing().expect("the session is missing");
    let found = core.look_up(&lookup).await.expect("an answer").expect("a session");
    assert!(known(&View::of(&found), 0).is_some());
    assert!(known(&View::of(&found), 1).is_none(), "another token, of another session");
    let view = View::of(&found);
    assert!(core.sessions.known(&view, op.now, &elsewhere, &tokens[0]).is_none(), "another audience");
}
