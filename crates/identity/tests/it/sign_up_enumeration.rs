//! security 1, enumeration; security 2, no. 13: signing up and forgetting a password ask the database for
//! the same things, in the same order, whether an address has an account or not.

use std::sync::Arc;

use identity::user::restore::ForgottenPassword;
use identity::user::sign_up::SignUp;
use identity::user::{PersonName, Status};
use identity::{Identity, Surface};
use password::HashPool;
use testkit::TestServer;
use zeroize::Zeroizing;

use super::watched::{CHEAP, Watched};
use super::{PASSWORD, surface};

const READS: [&str; 4] = ["user_by_name", "user_by_id", "mails", "signing_keys"];

/// What is asked, in order; commits are all alike.
fn shape(calls: &[String]) -> Vec<&str> {
    calls.iter().map(|call| if READS.contains(&call.as_str()) { call } else { "commit" }).collect()
}

async fn house() -> (Arc<TestServer>, Arc<Watched>, Identity) {
    let server = Arc::new(TestServer::start());
    server.user("known", PASSWORD).await;
    server.user_with("suspended", PASSWORD, |user| user.status = Status::Suspended).await;
    let watched = Watched::on(&server);
    let identity = watched.identity(HashPool::start(CHEAP).expect("threads"));
    // The first of all makes the key that signs.
    forget(&server, &identity, "known@example.org").await;
    watched.take();
    (server, watched, identity)
}

async fn forget(server: &TestServer, identity: &Identity, email: &str) {
    let forgotten = ForgottenPassword { email: email.to_owned(), captcha: String::new(), return_to: None };
    identity.accounts.forgot_password(&server.visitor(&surface().door), forgotten).await.expect("taken");
}

#[tokio::test]
async fn enumeration_by_time_a_forgotten_password_is_the_same_work_for_everybody() {
    let (server, watched, identity) = house().await;
    let mut shapes = Vec::new();
    for email in ["known@example.org", "suspended@example.org", "nobody@example.org"] {
        forget(&server, &identity, email).await;
        shapes.push(watched.take());
    }
    let expected = ["user_by_name", "mails", "signing_keys", "commit"];
    for calls in &shapes {
        assert_eq!(shape(calls), expected, "{calls:?}");
    }
}

#[tokio::test]
async fn enumeration_by_time_a_sign_up_is_the_same_work_for_everybody() {
    let (server, watched, identity) = house().await;
    let surface = Surface { sign_up: true, ..surface() };
    let op = server.visitor(&surface.door);
    let expected = ["user_by_name", "commit", "user_by_id", "mails", "signing_keys", "commit"];
    for email in ["new@example.org", "new@example.org", "known@example.org", "suspended@example.org"] {
        let sign_up = SignUp {
            email: email.to_owned(),
            password: Zeroizing::new(PASSWORD.to_owned()),
            name: PersonName::default(),
            captcha: String::new(),
            return_to: None,
        };
        identity.accounts.sign_up(&op, &surface, sign_up).await.expect("taken");
        let calls = watched.take();
        assert_eq!(shape(&calls), expected, "{email}: {calls:?}");
    }
}
