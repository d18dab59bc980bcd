//! Guessing, by every door that compares a password, and what the client's address is to it (security 1, count-first; security 1, client-address).

use serde_json::{Value, json};
use testkit::{Answer, TestServer};

const PASSWORD: &str = "correct horse";
const AWAY: [u8; 4] = [198, 51, 100, 9];

/// A door by which people sign in with a password.
struct Door {
    path: &'static str,
    /// The member that holds the name.
    name: &'static str,
    /// The answer to a wrong password.
    wrong: u16,
    /// The body of a wait of five seconds.
    wait: &'static str,
}

const DRF: &str = r#"{"detail":"Request was throttled. Expected available in 5 seconds."}"#;

const DOORS: [Door; 4] = [
    Door { path: "/auth/login/", name: "username", wrong: 400, wait: DRF },
    Door { path: "/api/v1/auth/", name: "email", wrong: 400, wait: DRF },
    Door {
        path: "/frontend/api/v1/auth/sign-in",
        name: "email",
        wrong: 401,
        wait: r#"{"status":"RESOURCE_EXHAUSTED","error":"resource exhausted: too many failures, try again later"}"#,
    },
    Door {
        path: "/id/v1/login",
        name: "identifier",
        wrong: 401,
        wait: r#"{"type":"about:blank","title":"Too Many Requests","status":429,"detail":"Too many tries. Try again later.","code":"throttled"}"#,
    },
];

impl Door {
    async fn login(&self, server: &TestServer, address: [u8; 4], name: &str, password: &str) -> Answer {
        let mut form = json!({"password": password});
        form[self.name] = Value::from(name);
        server.anonymous().at(address).post(self.path).json(&form).send().await
    }

    fn tells_to_wait(&self, answer: &Answer) {
        assert_eq!(answer.status, 429, "{}: {answer}", self.path);
        assert_eq!(answer.header("retry-after"), Some("5"), "{}", self.path);
        assert_eq!(answer.body.trim_end(), self.wait, "{}", self.path);
    }
}

async fn house(settings: &str) -> TestServer {
    let server = TestServer::with(settings);
    server.user("john", PASSWORD).await;
    server
}

/// Wherever the guesses are made, every door tells its clients to wait, in the shape they know.
/// security 2, no. 19.
#[tokio::test]
async fn guesses_by_any_door_make_the_account_wait_at_each_in_its_own_shape() {
    for guessed in &DOORS {
        let server = house("").await;
        for _ in 0..5 {
            let answer = guessed.login(&server, AWAY, "john@example.org", "wrong horse").await;
            assert_eq!(answer.status.as_u16(), guessed.wrong, "{answer}");
        }
        for door in &DOORS {
            for (address, name) in [(AWAY, "john@example.org"), ([203, 0, 113, 5], "JOHN@EXAMPLE.ORG")] {
                door.tells_to_wait(&door.login(&server, address, name, PASSWORD).await);
            }
        }
    }
}

/// ASVS 6.3.1: one address that tries many accounts by several doors.
/// security 2, no. 19.
#[tokio::test]
async fn guesses_by_any_door_make_the_address_wait_at_each_in_its_own_shape() {
    for guessed in &DOORS {
        let server = house("limits.address_failures_per_hour = 8\n").await;
        for number in 0..8 {
            let name = format!("nobody-{number}@example.org");
            let answer = guessed.login(&server, AWAY, &name, "wrong horse").await;
            assert_eq!(answer.status.as_u16(), guessed.wrong, "{answer}");
        }
        for door in &DOORS {
            door.tells_to_wait(&door.login(&server, AWAY, "john@example.org", PASSWORD).await);
            let elsewhere = door.login(&server, [203, 0, 113, 5], "john@example.org", PASSWORD).await;
            assert!(elsewhere.status.is_success(), "{elsewhere}");
        }
    }
}

/// `[limits] trusted_addresses`: many people's address; the account's own count holds there as everywhere.
#[tokio::test]
async fn a_trusted_address_is_not_counted_and_the_account_is() {
    let trusted = "trusted_addresses = [\"198.51.100.0/24\"]";
    let server = house(&format!("[limits]\naddress_failures_per_hour = 3\n{trusted}\n")).await;
    let door = &DOORS[0];
    for number in 0..6 {
        let answer = door.login(&server, AWAY, &format!("nobody-{number}@example.org"), "wrong horse").await;
        assert_eq!(answer.status.as_u16(), door.wrong, "{answer}");
    }
    for _ in 0..5 {
        door.login(&server, AWAY, "john@example.org", "wrong horse").await;
    }
    door.tells_to_wait(&door.login(&server, AWAY, "john@example.org", PASSWORD).await);
}

/// How many of these guesses, each with an `X-Forwarded-For` of its own, are looked at.
async fn guesses(trusted: &str, forwarded: impl Fn(u8) -> String) -> usize {
    let server =
        house(&format!("trusted_proxies = [{trusted}]\nlimits.address_failures_per_hour = 3\n")).await;
    let mut looked_at = 0;
    for number in 0..10 {
        let form = json!({"username": format!("nobody-{number}"), "password": "wrong"});
        let ask = server.anonymous().at(AWAY).post("/auth/login/").json(&form);
        let answer = ask.header("x-forwarded-for", forwarded(number)).send().await;
        looked_at += usize::from(answer.status == 400);
    }
    looked_at
}

/// security 1, client-address: a client that writes its own address gets no fresh count by it.
/// security 2, no. 12.
#[tokio::test]
async fn a_forwarded_address_counts_from_trusted_proxies_only() {
    let other = |number| format!("203.0.113.{number}");
    assert_eq!(guesses("", other).await, 3);
    assert_eq!(guesses("\"192.0.2.0/24\"", other).await, 3, "the peer is no proxy of ours");
    assert_eq!(guesses("\"198.51.100.9/32\"", other).await, 10);
    // Read from the right: what the client wrote before the proxy did is not looked at.
    let behind = |number| format!("203.0.113.{number}, 203.0.113.77");
    assert_eq!(guesses("\"198.51.100.9/32\"", behind).await, 3);
}
