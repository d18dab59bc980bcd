//! What the database's files hold, byte by byte (design, "At rest").

use identity::{NewPassword, Secret};
use testkit::TestServer;

use super::{PASSWORD, house, login, refused};

fn holds(stored: &[u8], needle: &[u8]) -> bool {
    stored.windows(needle.len()).any(|window| window == needle)
}

/// design, "At rest": passwords as PHC strings.
#[tokio::test]
async fn no_password_is_stored() {
    let (server, john) = house().await;
    let generated =
        server.identity.accounts.set_password(&server.operator(), &john, NewPassword::Generated).await;
    let generated = generated.expect("set").generated.expect("shown once");
    login(&server, "john", generated.expose()).await.expect("good");
    refused(login(&server, "john", "a mistyped pass phrase").await);
    let stored = server.stored_bytes();
    assert!(holds(&stored, b"$argon2id$v=19$m=8,t=1,p=1$"), "the hash is not where it was looked for");
    for password in [PASSWORD, generated.expose(), "a mistyped pass phrase"] {
        assert!(!holds(&stored, password.as_bytes()), "{password}");
    }
}

/// design, "At rest": secrets as digests only.
/// security 2, no. 21.
#[tokio::test]
async fn no_secret_of_a_session_is_stored() {
    let (server, _) = house().await;
    let secret: Secret = login(&server, "john", PASSWORD).await.expect("good").secret;
    let stored = server.stored_bytes();
    assert!(holds(&stored, &secret.digest().bytes), "the digest is not where it was looked for");
    let text = secret.expose().as_bytes();
    let byte = |digits: &[u8]| u8::from_str_radix(str::from_utf8(digits).expect("ASCII"), 16).expect("hex");
    let random: Vec<u8> = text.chunks(2).map(byte).collect();
    assert!(!holds(&stored, text) && !holds(&stored, &random));
}

/// A name that nobody has may be a password typed into the wrong field: only its keyed digest is kept.
#[tokio::test]
async fn a_name_that_nobody_has_is_not_stored() {
    let server = TestServer::start();
    refused(login(&server, "Typed-into-the-wrong-field", "wrong").await);
    let stored = server.stored_bytes();
    for name in ["Typed-into-the-wrong-field", "typed-into-the-wrong-field"] {
        assert!(!holds(&stored, name.as_bytes()), "{name}");
    }
}

/// A deleted user's names are wiped from the files, not only from the rows.
#[tokio::test]
async fn a_deleted_users_names_are_not_stored() {
    let server = TestServer::start();
    server.user("somebody-else", PASSWORD).await;
    let user = server.user("Wanda-Wiped", PASSWORD).await;
    assert!(holds(&server.stored_bytes(), b"Wanda-Wiped"), "the name is not where it was looked for");
    server.identity.accounts.delete(&server.operator(), &user).await.expect("deleted");
    let stored = server.stored_bytes();
    for name in ["Wanda-Wiped", "wanda-wiped"] {
        assert!(!holds(&stored, name.as_bytes()), "{name}");
    }
}
