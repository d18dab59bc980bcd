//! Use cases of the core on a real database: what they promise, alone and against each other.
#![cfg(test)]

mod address_change;
mod admission;
mod at_rest;
mod audit;
mod confirm;
mod delegated;
mod enumeration;
mod invitations;
mod keyring;
mod lookup;
mod organization;
mod organization_keys;
mod own_keys;
mod own_password;
mod own_sessions;
mod password_policy;
mod races;
mod set_up;
mod sign_in;
mod sign_up_enumeration;
mod surfaces;
mod throttle;
mod throttle_origins;
mod throttle_rates;
mod throttle_stop;
mod tickets;
mod tokens;
mod verification;
mod watched;

use identity::audit::EventKind;
use identity::session::SessionId;
use identity::throttle::Bucket;
use identity::throttle::Throttle;
use identity::user::User;
use identity::{
    Caller, Door, ErrorKind, Identity, Op, PasswordSignIn, Result, Scope, Secret, SecretForm, SignedIn,
    Surface,
};
use testkit::TestServer;

const PASSWORD: &str = "correct horse";

/// A door with sessions that never end.
fn surface() -> Surface {
    Surface {
        door: Door::new("front"),
        form: SecretForm::Hex { prefix: String::new(), digits: 64 },
        token: None,
        idle: None,
        absolute: None,
        limit_per_user: None,
        scope: Scope::Dialect,
        asks_for_new_password: false,
        sign_up: false,
        one_per_client: false,
        organizations: false,
        own_page: false,
    }
}

/// A server on which `john` may log in with [`PASSWORD`].
async fn house() -> (TestServer, User) {
    let server = TestServer::start();
    let john = server.user("john", PASSWORD).await;
    (server, john)
}

/// A login by [`surface`]. What it needs is taken along, so that it may run beside others.
fn log_in(
    identity: &Identity,
    op: Op,
    name: &str,
    password: &str,
) -> impl Future<Output = Result<SignedIn>> + Send + 'static {
    let (identity, surface) = (identity.clone(), surface());
    let command = PasswordSignIn {
        name: name.to_owned(),
        password: password.to_owned(),
        presented: None,
        end_others: false,
    };
    async move { identity.sign_in.with_password(&op, &surface, command).await }
}

/// A login at the server itself, now.
fn login(
    server: &TestServer,
    name: &str,
    password: &str,
) -> impl Future<Output = Result<SignedIn>> + Send + 'static {
    log_in(&server.identity, server.visitor(&surface().door), name, password)
}

/// The same, from another address than [`testkit::PEER`].
fn login_from(
    server: &TestServer,
    address: &str,
    name: &str,
    password: &str,
) -> impl Future<Output = Result<SignedIn>> + Send + 'static {
    let mut op = server.visitor(&surface().door);
    op.origin.address = Some(address.parse().expect("an address"));
    log_in(&server.identity, op, name, password)
}

/// What a secret opens now.
async fn check(server: &TestServer, secret: &Secret) -> Result<Caller> {
    let surface = surface();
    server.identity.sessions.check(&server.visitor(&surface.door), &surface, secret).await
}

/// Who is recognised after a login.
async fn caller(server: &TestServer, name: &str, password: &str) -> Caller {
    let signed_in = login(server, name, password).await.expect("a good login");
    check(server, &signed_in.secret).await.expect("live")
}

/// A request of somebody who was recognised, now.
fn op_of(server: &TestServer, caller: &Caller) -> Op {
    Op { actor: caller.actor(), ..server.visitor(&surface().door) }
}

/// How a login or a check was refused.
fn refused<T>(outcome: Result<T>) -> ErrorKind {
    match outcome {
        Ok(_) => panic!("it was not refused"),
        Err(error) => error.kind(),
    }
}

/// How many sessions of a user live.
async fn live(server: &TestServer, user: &User) -> usize {
    server.identity.sessions.list(&server.operator(), user.number, false).await.expect("a list").len()
}

/// The failure count of a user.
async fn count(server: &TestServer, user: &User) -> Option<Throttle> {
    use identity::ports::Store as _;
    server.store().throttle(&Bucket::User(user.number)).await.expect("a count")
}

/// The kinds and details of the events since the first `skipped` ones.
async fn told(server: &TestServer, skipped: usize) -> Vec<(EventKind, String)> {
    let events = server.events().await;
    events.into_iter().skip(skipped).map(|event| (event.kind, event.detail)).collect()
}

/// The session that somebody was recognised by.
fn session_of(caller: &Caller) -> SessionId {
    caller.session().expect("a session").id
}
