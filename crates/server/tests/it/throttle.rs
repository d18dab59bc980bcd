//! Waits as the pages tell them: on a page, with 429 and `Retry-After`. How tries are counted is tested in `identity`.

use testkit::{Answer, TestServer};

use super::browser::Browser;

const PASSWORD: &str = "correct horse";

fn tells_to_wait(page: &Answer) {
    assert_eq!(page.status, 429, "{page}");
    let seconds: u64 = page.header("retry-after").expect("Retry-After").parse().expect("seconds");
    assert!((1..=3600).contains(&seconds), "{page}");
    assert!(page.header("content-type").expect("a type").starts_with("text/html"), "{page}");
    assert!(page.body.contains("Too many tries"), "{page}");
}

/// security 2, no. 10: at our own page as at every other door, and with the right password too.
#[tokio::test]
async fn who_failed_too_often_is_told_on_the_page_to_wait() {
    let server = TestServer::start();
    server.user("john", PASSWORD).await;
    let mut browser = Browser::new(&server);
    for _ in 0..5 {
        assert_eq!(browser.sign_in("john", "wrong").await.status, 403);
    }
    tells_to_wait(&browser.sign_in("john", PASSWORD).await);
}

/// Whoever sits at an open browser guesses the password nowhere more easily: each form that asks for it counts together.
#[tokio::test]
async fn guesses_by_a_session_at_its_own_password_wait_too() {
    for wrong_at in ["/account/password", "/login/confirm"] {
        let server = TestServer::start();
        server.user("john", PASSWORD).await;
        let mut browser = Browser::of(&server, "john", PASSWORD).await;
        let fields: &[(&str, &str)] = match wrong_at {
            "/account/password" => &[("old_password", "wrong"), ("new_password", "a new one of mine")],
            _ => &[("password", "wrong")],
        };
        for _ in 0..5 {
            let page = browser.fill_in(wrong_at, wrong_at, fields).await;
            assert!([400, 401, 403].contains(&page.status.as_u16()), "{page}");
        }
        tells_to_wait(&browser.fill_in(wrong_at, wrong_at, fields).await);
        let right = [("old_password", PASSWORD), ("new_password", "a new one of mine")];
        tells_to_wait(&browser.fill_in("/account/password", "/account/password", &right).await);
    }
}

/// `[limits] address_mails_per_hour`: one address does not make us write to everybody.
#[tokio::test]
async fn one_address_asks_for_so_many_messages_only() {
    let server = TestServer::with("[limits]\naddress_mails_per_hour = 3\n");
    let mut browser = Browser::new(&server);
    for number in 0..3 {
        let email = format!("ann-{number}@example.org");
        let page = browser.fill_in("/forgot-password", "/forgot-password", &[("email", &email)]).await;
        assert_eq!(page.status, 200, "{page}");
    }
    let page = browser.fill_in("/forgot-password", "/forgot-password", &[("email", "eve@example.org")]).await;
    tells_to_wait(&page);
}
