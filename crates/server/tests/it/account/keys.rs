//! API keys on pages: made with a name, a door and an end, shown once, revoked.

use super::*;

fn typed<'a>(name: &'a str, door: &'a str, days: &'a str) -> [(&'a str, &'a str); 3] {
    [("name", name), ("door", door), ("days", days)]
}

#[tokio::test]
async fn a_key_is_shown_once_opens_its_door_and_is_revoked() {
    let server = house().await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    let made = browser.fill_in(KEYS, KEYS, &typed("backup", "native", "30")).await;
    assert_eq!((made.status.as_u16(), made.header("cache-control")), (200, Some("no-store")), "{made}");
    let secret =
        between(&made.body, "<code dir=\"ltr\" translate=\"no\">", "</code>").expect("a secret").to_owned();
    assert!(secret.starts_with("vst_") && secret.len() == 68, "{secret}");
    assert!(
        read(&made).contains("not shown again") && read(&made).contains("Ends | 1 February 2026, 12:00 UTC")
    );
    let me = async || {
        let ask = server.bearing(format!("Bearer {secret}")).get("/id/v1/me");
        ask.send().await.status.as_u16()
    };
    assert_eq!(me().await, 200);
    let page = browser.open(PAGE).await;
    let text = read(&page);
    assert!(
        text.contains("backup | Good for | Vestibule | Made | 2 January 2026, 12:00 UTC | Last used | "),
        "{text}"
    );
    for path in [PAGE, KEYS] {
        assert!(!browser.open(path).await.body.contains("vst_"), "{path}");
    }
    let answer = browser.submit(&page, END_KEY, &[("id", &id(rows(&page, "keys")[0]))]).await;
    assert_eq!(notice(&browser.follow(&answer).await), Some("The key is revoked."));
    assert_eq!(me().await, 401);
}

#[tokio::test]
async fn a_key_is_made_for_the_door_and_the_life_that_was_chosen() {
    let server = house().await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    let form = browser.open(KEYS).await.body;
    for door in ["probe", "trieve", "native"] {
        assert!(form.contains(&format!("<option value=\"{door}\"")), "{form}");
    }
    assert!(!form.contains("knox"), "there are no keys by that door: {form}");
    assert!(
        form.contains("<option value=\"native\" selected>")
            && form.contains("<option value=\"90\" selected>")
    );
    for (door, days, expires) in [
        ("trieve", "7", json!("2026-01-09T12:00:00Z")),
        ("native", "365", json!("2027-01-02T12:00:00Z")),
        ("probe", "never", Value::Null),
    ] {
        assert_eq!(browser.fill_in(KEYS, KEYS, &typed(door, door, days)).await.status, 200, "{door}");
        let keys = told(&server, &browser, "/id/v1/keys").await["keys"].clone();
        let key = keys.as_array().expect("a list").iter().find(|key| key["name"] == door).expect("made");
        assert_eq!((&key["door"], &key["expires"]), (&json!(door), &expires));
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_wish_stands_beside_it_and_makes_nothing() {
    let server = house().await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    let long = "x".repeat(101);
    for (name, door, days, field) in [
        ("", "native", "30", "name"),
        (" ", "native", "30", "name"),
        (long.as_str(), "native", "30", "name"),
        ("two\nlines", "native", "30", "name"),
        ("x", "knox", "30", "door"),
        ("x", "", "30", "door"),
        ("x", "native", "0", "days"),
        ("x", "native", "", "days"),
        ("x", "native", "3651", "days"),
        ("x", "native", "-1", "days"),
    ] {
        let answer = browser.fill_in(KEYS, KEYS, &typed(name, door, days)).await;
        assert_eq!(answer.status, 400, "{name} {door} {days}");
        assert!(answer.body.contains(&format!("<p class=\"error\" id=\"{field}-error\">")), "{answer}");
    }
    assert_eq!(told(&server, &browser, "/id/v1/keys").await["keys"], json!([]));
}

#[tokio::test]
async fn there_are_as_many_keys_as_are_allowed() {
    let server = house().await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    let page = browser.open(KEYS).await;
    for count in 0..identity::api_key::keys::LIMIT {
        let answer = browser.submit(&page, KEYS, &typed(&count.to_string(), "native", "7")).await;
        assert_eq!(answer.status, 200, "{count}");
    }
    let refused = loop {
        // The standing key aside.
        let answer = browser.submit(&page, KEYS, &typed("more", "native", "7")).await;
        if answer.status != 200 {
            break answer;
        }
    };
    assert_eq!((refused.status.as_u16(), refused.fault), (409, Some("api_key_limit")), "{refused}");
    assert_eq!(notice(&refused), Some("You have as many keys as are allowed."));
    let page = browser.open(PAGE).await;
    assert_eq!(rows(&page, "keys").len(), 20);
    assert!(section(&page, "keys").contains("/account?keys=20#keys"));
}
