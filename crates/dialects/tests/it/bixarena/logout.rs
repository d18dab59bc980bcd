//! contracts 5.1, POST `/auth/logout`.

use identity::audit::EventKind;
use insta::assert_snapshot;

use super::{LOGOUT, TOKEN, house, house_at, one};

/// 204 with the headers of the contract, and the session is over in the ledger.
#[tokio::test]
async fn clause_5_1_a_session_ends() {
    let house = house().await;
    let mut answers = Vec::new();
    for path in [LOGOUT, "/auth/logout"] {
        let session = house.session("ann").await;
        let answer = house.ask(&session, "POST", path).send().await;
        answers.push(answer.to_string());
        let kept = "no-store, no-cache, must-revalidate, max-age=0";
        assert_eq!(answer.header("cache-control"), Some(kept));
        assert_eq!(house.opens(&session).await, 401);
        assert_eq!(house.ask(&session, "POST", TOKEN).send().await.status, 401);
        let last = house.server.events().await.pop().expect("an event");
        assert_eq!((last.kind, last.detail.as_str()), (EventKind::SessionEnded, "signed_out"));
    }
    assert_snapshot!(one(answers), @"
    204 No Content
    set-cookie: JSESSIONID=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly; SameSite=Lax
    pragma: no-cache
    ");
}

/// 5.1: idempotent, and for everybody.
#[tokio::test]
async fn clause_5_1_nobody_signs_out_as_well() {
    let house = house().await;
    let session = house.session("ann").await;
    let first = house.ask(&session, "POST", LOGOUT).send().await.to_string();
    let again = house.ask(&session, "POST", LOGOUT).send().await.to_string();
    let nobody = house.server.anonymous().post(LOGOUT).send().await.to_string();
    let nonsense = house.ask("\u{fc}", "POST", LOGOUT).send().await.to_string();
    assert!([again, nobody, nonsense].iter().all(|answer| *answer == first), "{first}");
}

/// 5.1: `; Secure` on https.
#[tokio::test]
async fn the_cookie_is_cleared_as_it_was_set() {
    let house = house_at("public_url = \"https://login.example.org\"\n", super::EDDSA, "").await;
    let answer = house.server.anonymous().post(LOGOUT).send().await;
    assert_eq!(
        answer.header("set-cookie"),
        Some(
            "JSESSIONID=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly; SameSite=Lax; Secure"
        )
    );
}

/// A login that is under way in this browser is over, too: its cookie is gone. One session ends, no other.
#[tokio::test]
async fn other_sessions_live_on() {
    let house = house().await;
    let (one, other) = (house.session("ann").await, house.session("ann").await);
    house.ask(&one, "POST", LOGOUT).send().await;
    assert_eq!((house.opens(&one).await, house.opens(&other).await), (401, 200));
}

/// Two cookies open nothing, but whoever signs out is signed out: a planted one does not keep the session alive.
#[tokio::test]
async fn a_planted_cookie_does_not_save_a_session() {
    let house = house().await;
    for planted in ["JSESSIONID=planted; ", "JSESSIONID=a b; "] {
        let session = house.session("ann").await;
        let cookies = format!("{planted}JSESSIONID={session}");
        let ask = |method: &str, path: &str| {
            house.server.anonymous().ask(method, path).header("cookie", &cookies).send()
        };
        assert_eq!(ask("GET", super::USERINFO).await.status, 401);
        assert_eq!(ask("POST", LOGOUT).await.status, 204);
        assert_eq!(house.opens(&session).await, 401);
    }
}

/// A body is not looked at, and takes no memory.
#[tokio::test]
async fn a_body_is_not_looked_at() {
    let house = house().await;
    for body in ["{", "a=b", &"x".repeat(1_000_000)] {
        let session = house.session("ann").await;
        let answer = house.ask(&session, "POST", LOGOUT).json_text(body).send().await;
        assert_eq!(answer.status, 204);
        assert_eq!(house.opens(&session).await, 401);
    }
}

/// 8.1: the slash makes it knox's.
#[tokio::test]
async fn clause_8_1_the_slash_makes_it_knoxs() {
    let house = house().await;
    let session = house.session("ann").await;
    let answer = house.ask(&session, "POST", "/auth/logout/").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (401, Some("Token")));
    assert_eq!(house.opens(&session).await, 200);
}
