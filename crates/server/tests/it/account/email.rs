//! Another e-mail address: asked for on a page, agreed to by both sides, told to nobody who has it.

use identity::mail::MailKind;

use super::*;

async fn messages(server: &TestServer) -> Vec<(MailKind, String)> {
    server.mails().await.into_iter().map(|mail| (mail.kind, mail.to)).collect()
}

#[tokio::test]
async fn an_address_is_asked_for_and_both_sides_get_a_message() {
    let server = house().await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    let page = browser.open(EMAIL).await;
    assert!(read(&page).contains("one to john@example.org"), "{}", read(&page));
    let answer = browser.submit(&page, EMAIL, &[("email", " new@example.org ")]).await;
    let page = browser.follow(&answer).await;
    assert!(notice(&page).expect("said").starts_with("Messages are on their way."), "{page}");
    assert!(read(&page).contains("john@example.org"), "not yet changed");
    let mut sent = messages(&server).await;
    sent.sort_by(|one, other| one.1.cmp(&other.1));
    assert_eq!(
        sent,
        [
            (MailKind::ApproveAddress, "john@example.org".to_owned()),
            (MailKind::ConfirmAddress, "new@example.org".to_owned())
        ]
    );
}

#[tokio::test]
async fn who_has_an_address_is_not_told() {
    let server = house().await;
    server.user("ann", PASSWORD).await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    let free = browser.fill_in(EMAIL, EMAIL, &[("email", "free@example.org")]).await;
    let taken = browser.fill_in(EMAIL, EMAIL, &[("email", "ann@example.org")]).await;
    assert_eq!((free.status, free.header("location")), (taken.status, taken.header("location")));
}

#[tokio::test]
async fn what_is_no_address_and_the_sixth_in_an_hour_are_refused_beside_the_field() {
    let server = house().await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    for typed in ["", "john", "@example.org"] {
        let answer = browser.fill_in(EMAIL, EMAIL, &[("email", typed)]).await;
        assert_eq!((answer.status.as_u16(), answer.fault), (400, Some("email_invalid")), "{answer}");
        assert!(answer.body.contains("id=\"email-error\">This is not an e-mail address.</p>"), "{answer}");
    }
    for count in 0..5 {
        let typed = format!("new{count}@example.org");
        assert_eq!(browser.fill_in(EMAIL, EMAIL, &[("email", &typed)]).await.status, 303);
    }
    let answer = browser.fill_in(EMAIL, EMAIL, &[("email", "new6@example.org")]).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, Some("3600")), "{answer}");
}
