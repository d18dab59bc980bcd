//! People and their own sessions by every door (ASVS 7.5.2).

use std::time::Duration;

use identity::audit::EventKind;
use identity::session::SessionId;
use identity::{Caller, Door, ErrorKind, PasswordSignIn, Scope, Surface};
use testkit::TestServer;
use tokio::task::JoinSet;

use super::{PASSWORD, caller, house, live, op_of, refused, session_of, surface, told};

/// A door from which all of the account is seen.
fn account() -> Surface {
    Surface { door: Door::new("account"), scope: Scope::Account, ..surface() }
}

/// Who is recognised at this door after a login by it.
async fn caller_at(server: &TestServer, surface: &Surface) -> Caller {
    let command = PasswordSignIn {
        name: "john".to_owned(),
        password: PASSWORD.to_owned(),
        presented: None,
        end_others: false,
    };
    let op = server.visitor(&surface.door);
    let signed_in = server.identity.sign_in.with_password(&op, surface, command).await.expect("good");
    server.identity.sessions.check(&op, surface, &signed_in.secret).await.expect("live")
}

async fn listed(server: &TestServer, surface: &Surface, caller: &Caller) -> Vec<SessionId> {
    let op = op_of(server, caller);
    let sessions = server.identity.sessions.list_own(&op, surface, caller).await.expect("a list");
    sessions.into_iter().map(|session| session.id).collect()
}

/// security 2, no. 28.
#[tokio::test]
async fn sessions_of_every_door_are_seen_and_ended_from_one() {
    let (server, john) = house().await;
    server.user("ann", PASSWORD).await;
    let front = caller(&server, "john", PASSWORD).await;
    let anns = caller(&server, "ann", PASSWORD).await;
    server.advance(Duration::from_millis(1));
    let here = caller_at(&server, &account()).await;
    assert_eq!(listed(&server, &account(), &here).await, [session_of(&front), session_of(&here)]);
    assert_eq!(
        listed(&server, &surface(), &front).await,
        [session_of(&front)],
        "as far as the scope reaches"
    );

    let sessions = &server.identity.sessions;
    let op = op_of(&server, &here);
    let foreign = sessions.end_own(&op, &account(), &here, session_of(&anns)).await;
    assert_eq!(refused(foreign), ErrorKind::SessionNotFound);
    sessions.end_own(&op, &account(), &here, session_of(&front)).await.expect("ended");
    let again = sessions.end_own(&op, &account(), &here, session_of(&front)).await;
    assert_eq!(refused(again), ErrorKind::SessionNotFound);
    assert_eq!(live(&server, &john).await, 1);
}

#[tokio::test]
async fn the_others_end_and_the_presented_one_lives() {
    let (server, john) = house().await;
    caller(&server, "john", PASSWORD).await;
    caller_at(&server, &account()).await;
    let here = caller_at(&server, &account()).await;
    let before = server.events().await.len();
    let op = op_of(&server, &here);
    let ended = server.identity.sessions.end_others(&op, &account(), &here).await.expect("ended");
    assert_eq!((ended, live(&server, &john).await), (2, 1));
    assert_eq!(listed(&server, &account(), &here).await, [session_of(&here)]);
    let expected = vec![(EventKind::SessionsEnded, "signed_out_everywhere".to_owned())];
    assert_eq!(told(&server, before).await, expected);
}

/// Two devices that end each other at once: one is left, and it is one that was told so.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_that_end_the_others_at_once_one_is_left() {
    for _ in 0..5 {
        let (server, john) = house().await;
        let mut callers = Vec::new();
        for _ in 0..8 {
            callers.push(caller_at(&server, &account()).await);
        }
        let mut ends = JoinSet::new();
        for here in callers {
            let (identity, op) = (server.identity.clone(), op_of(&server, &here));
            ends.spawn(async move {
                let ended = identity.sessions.end_others(&op, &account(), &here).await;
                (session_of(&here), ended)
            });
        }
        let outcomes = ends.join_all().await;
        let (good, bad): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(|(_, ended)| ended.is_ok());
        assert_eq!(good.len(), 1);
        assert!(bad.into_iter().all(|(_, ended)| refused(ended) == ErrorKind::Conflict));
        let left =
            server.identity.sessions.list(&server.operator(), john.number, false).await.expect("a list");
        assert_eq!(left.iter().map(|session| session.id).collect::<Vec<_>>(), [good[0].0]);
    }
}
