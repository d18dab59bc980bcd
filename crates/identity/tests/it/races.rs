//! Logins against what ends all sessions at the same moment (security 1, disabled-user; design, "The
//! user row is the lock"). Every login here has read its user before the end comes, some have opened a session and the
//! next are about to: none may outlive it.

use std::sync::Arc;

use identity::user::User;
use identity::{ErrorKind, Identity, NewPassword, Result, SignedIn};
use password::HashPool;
use testkit::TestServer;
use tokio::task::JoinSet;

use super::watched::{CHEAP, Watched};
use super::{PASSWORD, check, house, live, log_in, refused, surface};

const LOGINS: usize = 50;
/// Logins that are let through before the end.
const BEFORE: usize = 10;

/// Starts fifty right logins, ends everything at the worst moment, and gives back how they came out.
async fn race<E: Future<Output = Result<()>>>(
    server: &Arc<TestServer>,
    end: impl FnOnce(Identity) -> E,
) -> Vec<Result<SignedIn>> {
    let watched = Watched::letting_pass(BEFORE, server);
    let identity = watched.identity(HashPool::start(CHEAP).expect("a pool"));
    let mut logins = JoinSet::new();
    for _ in 0..LOGINS {
        logins.spawn(log_in(&identity, server.visitor(&surface().door), "john", PASSWORD));
    }
    watched.saw("credentials", LOGINS).await;
    watched.saw("a session is open", BEFORE).await;
    watched.saw("OpenSession", BEFORE + 1).await;
    end(server.identity.clone()).await.expect("ended");
    watched.let_all_pass();
    logins.join_all().await
}

/// The first ones opened sessions, which were ended; all others lost; nothing lives.
async fn assert_nothing_lives(server: &TestServer, john: &User, outcomes: Vec<Result<SignedIn>>) {
    assert_eq!(live(server, john).await, 0);
    let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (BEFORE, LOGINS - BEFORE));
    for outcome in lost {
        let kind = refused(outcome);
        assert!(matches!(kind, ErrorKind::InvalidCredentials | ErrorKind::Throttled { .. }), "{kind:?}");
    }
    for signed_in in won.into_iter().flatten() {
        let kind = refused(check(server, &signed_in.secret).await);
        assert!(matches!(kind, ErrorKind::CredentialInvalid | ErrorKind::UserInactive), "{kind:?}");
    }
}

/// security 1, disabled-user.
/// security 2, no. 25.
#[tokio::test(flavor = "multi_thread")]
async fn no_login_outlives_a_suspension() {
    let (server, john) = house().await;
    let server = Arc::new(server);
    let (op, user) = (server.operator(), john.clone());
    let outcomes = race(&server, async |core| core.accounts.suspend(&op, &user).await).await;
    assert_nothing_lives(&server, &john, outcomes).await;
    server.identity.accounts.activate(&server.operator(), &john).await.expect("activated");
    assert_eq!(live(&server, &john).await, 0);
}

/// design, "Decided once": a password set in the owner's place ends what the old one opens.
#[tokio::test(flavor = "multi_thread")]
async fn no_login_with_the_old_password_outlives_a_new_one() {
    let (server, john) = house().await;
    let server = Arc::new(server);
    let (op, user) = (server.operator(), john.clone());
    let given = NewPassword::Given("battery staple".to_owned().into());
    let outcomes =
        race(&server, async |core| core.accounts.set_password(&op, &user, given).await.map(drop)).await;
    assert_nothing_lives(&server, &john, outcomes).await;
}

/// design, "Decided once": log out everywhere.
#[tokio::test(flavor = "multi_thread")]
async fn no_login_under_way_outlives_a_logout_everywhere() {
    let (server, john) = house().await;
    let server = Arc::new(server);
    let (op, user) = (server.operator(), john.clone());
    let outcomes = race(&server, async |core| core.sessions.end_all_of(&op, &user).await.map(drop)).await;
    assert_nothing_lives(&server, &john, outcomes).await;
}

/// security 1, disabled-user: deletion.
/// security 2, no. 25.
#[tokio::test(flavor = "multi_thread")]
async fn no_login_outlives_a_deletion() {
    let (server, john) = house().await;
    let server = Arc::new(server);
    let (op, user) = (server.operator(), john.clone());
    let outcomes = race(&server, async |core| core.accounts.delete(&op, &user).await).await;
    assert_nothing_lives(&server, &john, outcomes).await;
}

/// Of two operators who set a password on the same state of a user, one is told that it has changed.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_new_passwords_at_once_one_is_told() {
    let (server, john) = house().await;
    let set = async |password: &str| {
        let given = NewPassword::Given(password.to_owned().into());
        server.identity.accounts.set_password(&server.operator(), &john, given).await
    };
    let (one, two) = tokio::join!(set("battery staple"), set("staple battery"));
    let (good, bad) = if one.is_ok() { ("battery staple", two) } else { ("staple battery", one) };
    assert_eq!(refused(bad), ErrorKind::Conflict);
    super::login(&server, "john", good).await.expect("good");
}

/// The same session ended twice at once is ended once.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_revocations_at_once_one_finds_nothing() {
    let (server, john) = house().await;
    let session = super::login(&server, "john", PASSWORD).await.expect("good").session;
    let revoke = async || server.identity.sessions.revoke(&server.operator(), session.id).await;
    let (one, two) = tokio::join!(revoke(), revoke());
    let bad = if one.is_ok() { two } else { one };
    assert_eq!(refused(bad), ErrorKind::SessionNotFound);
    assert_eq!(live(&server, &john).await, 0);
}
