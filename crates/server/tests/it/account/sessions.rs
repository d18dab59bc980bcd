//! Sessions by every door on one page: seen there, ended from there, and gone from there when they were ended elsewhere.

use std::collections::BTreeSet;
use std::time::Duration;

use super::*;

#[tokio::test]
async fn a_session_of_another_door_is_seen_and_ended_from_here() {
    let server = house().await;
    let token = knox(&server, "john", "curl/8.14.1").await;
    server.advance(Duration::from_mins(2));
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    let page = browser.open(PAGE).await;
    let text = read(&page);
    assert!(
        text.contains(
            "Firefox on Linux | This one | Through | Vestibule | Address | 192.0.2.1 | \
             Signed in | 2 January 2026, 12:02 UTC | Last seen | 2 January 2026, 12:02 UTC | Sign out | curl | \
             Through | Papermerge | Address | 192.0.2.1 | \
             Signed in | 2 January 2026, 12:00 UTC | Last seen | 2 January 2026, 12:00 UTC | End | End all others"
        ),
        "{text}"
    );
    let row = rows(&page, "sessions")[1];
    assert!(row.contains("<time datetime=\"2026-01-02T12:00:00Z\">"), "{row}");
    let label =
        between(row, "aria-label=\"", "\"").expect("a full label").replace(['\u{2068}', '\u{2069}'], "");
    assert_eq!(label, "End: curl, signed in 2 January 2026, 12:00 UTC");
    assert!(lives(&server, &token).await);
    let answer = browser.submit(&page, END, &[("id", &id(row))]).await;
    assert_eq!(answer.header("location"), Some("/account?done=session-ended"), "{answer}");
    assert!(!lives(&server, &token).await);
    let page = browser.follow(&answer).await;
    assert_eq!(notice(&page), Some("The session is ended."));
    assert_eq!(rows(&page, "sessions").len(), 1);
    let again = browser.submit(&page, END, &[("id", &id(row))]).await;
    assert_eq!((again.status.as_u16(), again.fault), (409, Some("session_not_found")), "{again}");
    assert_eq!(notice(&again), Some("Something else has changed this meanwhile. Please look again."));
}

/// A form that was open while its session was ended is not asked why: it may be a double press.
#[tokio::test]
async fn a_session_that_was_ended_elsewhere_is_gone_from_here_and_opens_nothing() {
    let server = house().await;
    let token = knox(&server, "john", "curl/8.14.1").await;
    let (mut here, mut there) =
        (Browser::of(&server, "john", PASSWORD).await, Browser::of(&server, "john", PASSWORD).await);
    let page = there.open(PAGE).await;
    assert_eq!(rows(&page, "sessions").len(), 3);
    server.bearing(format!("Token {token}")).post("/auth/logout/").send().await;
    let own = told(&server, &there, "/id/v1/me").await["session"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(here.fill_in(PAGE, END, &[("id", &own)]).await.status, 303);
    assert_eq!(rows(&here.open(PAGE).await, "sessions").len(), 1);
    for answer in [there.open(PAGE).await, there.submit(&page, END_OTHERS, &[]).await] {
        assert_eq!(answer.status, 303, "{answer}");
        assert!(answer.header("location").expect("one").starts_with("/login?return_to="), "{answer}");
    }
    assert_eq!(here.open(PAGE).await.status, 200);
}

#[tokio::test]
async fn to_end_this_one_is_to_sign_out() {
    let server = house().await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    let page = browser.open(PAGE).await;
    let (session, form) = (browser.cookie("vestibule").map(str::to_owned), browser.cookie("vestibule_form"));
    let form = form.map(str::to_owned);
    let answer = browser.submit(&page, END, &[("id", &id(rows(&page, "sessions")[0]))]).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, Some("/login")));
    assert_eq!(browser.cookie("vestibule"), None);
    assert_ne!(browser.cookie("vestibule_form").map(str::to_owned), form, "another browser to forms");
    let old = format!("vestibule={}", session.expect("a session"));
    assert_eq!(server.anonymous().get(PAGE).header("cookie", old).send().await.status, 303);
}

#[tokio::test]
async fn all_others_are_ended_by_every_door() {
    let server = house().await;
    let token = knox(&server, "john", "curl/8").await;
    let sign_in = json!({"email": "john@example.org", "password": PASSWORD});
    let probe = server.anonymous().post("/frontend/api/v1/auth/sign-in").header("x-recaptcha-token", "x");
    let probe = probe.json(&sign_in).send().await;
    assert_eq!(probe.status, 200, "{probe}");
    let mut other = Browser::of(&server, "john", PASSWORD).await;
    server.user("ann", PASSWORD).await;
    let anns = knox(&server, "ann", "curl/8").await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    let page = browser.open(PAGE).await;
    assert!(read(&page).contains("Through | Probe"), "{}", read(&page));
    assert_eq!(rows(&page, "sessions").len(), 4);
    let answer = browser.submit(&page, END_OTHERS, &[]).await;
    let page = browser.follow(&answer).await;
    assert_eq!(notice(&page), Some("All your other sessions are ended."));
    assert_eq!(rows(&page, "sessions").len(), 1);
    assert!(!lives(&server, &token).await && lives(&server, &anns).await);
    assert_eq!(other.open(PAGE).await.status, 303);
}

/// What a page may weigh, less the style sheet, the icons and the headers.
const PAGE_BYTES: usize = 60_000 - 22_000;

/// People have thousands: each is reached, and a page stays small.
#[tokio::test]
async fn of_many_sessions_a_page_shows_some_and_leads_to_the_others() {
    let server = house().await;
    let firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0";
    for _ in 0..60 {
        server.advance(Duration::from_secs(1));
        knox(&server, "john", firefox).await;
    }
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    let form = browser.open(KEYS).await;
    for count in 0..30 {
        let name = format!("backup of the laptop, number {count}");
        let key = [("name", name.as_str()), ("door", "native"), ("days", "365")];
        assert_eq!(browser.submit(&form, KEYS, &key).await.status, 200);
    }
    server.advance(Duration::from_secs(1));
    knox(&server, "john", "newest/1").await;
    let (mut path, mut seen, mut pages) = (PAGE.to_owned(), BTreeSet::new(), 0);
    loop {
        let page = browser.open(&path).await;
        assert!(page.body.len() < PAGE_BYTES, "{} bytes", page.body.len());
        let rows = rows(&page, "sessions");
        if pages == 0 {
            assert!(rows[0].contains("This one") && rows[1].contains("newest") && rows[2].contains("12:01"));
        }
        assert!(rows.len() <= 20);
        seen.extend(rows.iter().map(|row| id(row)));
        pages += 1;
        let more =
            section(&page, "sessions").split("href=\"").skip(1).find(|link| link.starts_with("/account?"));
        let Some(more) = more.and_then(|link| link.split('#').next()) else { break };
        path = more.to_owned();
    }
    assert_eq!((seen.len(), pages), (62, 4));
    for odd in ["/account?sessions=1000", "/account?sessions=-1", "/account?sessions=x"] {
        assert!(rows(&browser.open(odd).await, "sessions")[0].contains("This one"), "{odd}");
    }
}
