//! The message that an address is verified by, asked for once more by who is signed in.

use std::time::Duration;

use identity::mail::{Mail, MailKind};
use identity::{Caller, ErrorKind, Result};
use testkit::TestServer;

use super::{PASSWORD, caller, check, house, login, op_of, refused, surface};

async fn ask(server: &TestServer, caller: &Caller) -> Result<()> {
    server.identity.accounts.send_verification(&op_of(server, caller), caller).await
}

/// A user whose address nobody has verified.
async fn unverified() -> (TestServer, Caller) {
    let server = TestServer::start();
    server.user_with("ann", PASSWORD, |user| user.email_verified = false).await;
    let ann = caller(&server, "ann", PASSWORD).await;
    (server, ann)
}

async fn token(server: &TestServer) -> String {
    let Mail { kind, to, token, .. } = server.mails().await.pop().expect("a message");
    assert_eq!((kind, to.as_str()), (MailKind::VerifyEmail, "ann@example.org"));
    token.expect("a token").secret.expose().to_owned()
}

#[tokio::test]
async fn an_address_is_verified_by_one_of_the_messages_that_were_asked_for() {
    let (server, ann) = unverified().await;
    let session = login(&server, "ann", PASSWORD).await.expect("good").secret;
    ask(&server, &ann).await.expect("asked");
    let first = token(&server).await;
    ask(&server, &ann).await.expect("asked");
    let second = token(&server).await;
    let verify = async |token: &str| {
        server.identity.accounts.verify_email(&server.visitor(&surface().door), token, None).await
    };
    assert!(verify(&second).await.expect("good").email_verified);
    for used in [&first, &second] {
        assert_eq!(refused(verify(used).await), ErrorKind::TicketInvalid);
    }
    assert!(check(&server, &session).await.expect("sessions live on").user.email_verified);
    assert!(login(&server, "ann", PASSWORD).await.is_ok(), "the password stays");
}

#[tokio::test]
async fn nothing_is_sent_where_there_is_nothing_to_verify() {
    let (server, _) = house().await;
    let verified = caller(&server, "john", PASSWORD).await;
    server.user_with("nameless", PASSWORD, |user| user.email = None).await;
    let nameless = caller(&server, "nameless", PASSWORD).await;
    for who in [verified, nameless] {
        ask(&server, &who).await.expect("nothing to do");
    }
    assert!(server.mails().await.is_empty());
}

#[tokio::test]
async fn a_user_asks_five_times_an_hour() {
    let (server, ann) = unverified().await;
    for _ in 0..5 {
        ask(&server, &ann).await.expect("asked");
    }
    let throttled = ErrorKind::Throttled { retry_after: Duration::from_hours(1) };
    assert_eq!(refused(ask(&server, &ann).await), throttled);
    assert_eq!(server.mails().await.len(), 5);
    server.advance(Duration::from_hours(1));
    ask(&server, &ann).await.expect("asked");
}
