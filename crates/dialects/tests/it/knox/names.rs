//! By which names somebody logs in, and what of a password counts (contracts 2.1, "trimming"; 8.2, 8.3).

use serde_json::json;

use super::{PASSWORD, WRONG, house, login, who};

/// contracts 8.2: username or e-mail address, whatever the case, whatever the form of its letters.
#[tokio::test]
async fn every_spelling_of_a_name_is_the_same_user() {
    let server = house().await;
    server.user("José", PASSWORD).await;
    for name in [
        "José",
        "JOSÉ",
        "jose\u{301}",
        "\u{ff2a}\u{ff4f}\u{ff53}\u{e9}",
        "josé@example.org",
        "JOSÉ@Example.ORG",
        "Jose\u{301}@example.org",
    ] {
        let answer = login(&server, name, PASSWORD).await;
        let caller = who(&server, &super::token_in(&answer)).await;
        assert_eq!(caller.json()["username"], "José", "{name}");
    }
}

/// A name without its accent is another name.
#[tokio::test]
async fn a_similar_name_is_not_the_same_user() {
    let server = house().await;
    server.user("José", PASSWORD).await;
    for name in ["Jose", "José.", "jos", "José@example.com", "@example.org"] {
        assert_eq!(login(&server, name, PASSWORD).await.body, WRONG, "{name}");
    }
}

/// contracts 2.1, "trimming": the username is trimmed, as Python's `strip` does it.
#[tokio::test]
async fn white_space_around_a_name_does_not_count() {
    let server = house().await;
    for name in [" john", "john\t\r\n", "\u{3000}john\u{a0}", "\u{1f}john", " john@example.org "] {
        assert_eq!(login(&server, name, PASSWORD).await.status, 200, "{name:?}");
    }
    assert_eq!(login(&server, "jo hn", PASSWORD).await.status, 400);
}

/// contracts 2.1, "trimming": the password is not trimmed.
#[tokio::test]
async fn blanks_around_a_password_count() {
    let server = house().await;
    server.user("blank", "  blanks around  ").await;
    assert_eq!(login(&server, "blank", "  blanks around  ").await.status, 200);
    for password in ["blanks around", "  blanks around", "blanks around  ", "  blanks around  \n"] {
        assert_eq!(login(&server, "blank", password).await.body, WRONG, "{password:?}");
    }
    assert_eq!(login(&server, "john", &format!("{PASSWORD} ")).await.body, WRONG);
}

/// security 2, no. 4: NFC before hashing, and nothing beyond it - no case folding, no compatibility forms.
#[tokio::test]
async fn a_password_is_the_same_in_either_normal_form_and_in_no_other_form() {
    let server = house().await;
    server.user("zoe", "pa\u{df}w\u{f6}rt\u{e9}").await;
    assert_eq!(login(&server, "zoe", "pa\u{df}w\u{f6}rt\u{e9}").await.status, 200);
    assert_eq!(login(&server, "zoe", "pa\u{df}wo\u{308}rte\u{301}").await.status, 200);
    for password in ["PA\u{df}W\u{d6}RT\u{c9}", "pa\u{df}worte", "passw\u{f6}rt\u{e9}"] {
        assert_eq!(login(&server, "zoe", password).await.body, WRONG, "{password}");
    }
}

/// security 2, no. 3: no cut at 72 bytes.
#[tokio::test]
async fn the_seventy_third_byte_of_a_password_counts() {
    let server = house().await;
    let head = "p".repeat(72);
    server.user_from_before("long", &format!("{head}x")).await;
    assert_eq!(login(&server, "long", &format!("{head}x")).await.status, 200);
    for password in [format!("{head}y"), head.clone(), format!("{head}xx")] {
        assert_eq!(login(&server, "long", &password).await.body, WRONG);
    }
}

/// security 2, no. 2: 4096 bytes, counted as typed, and nothing is cut.
#[tokio::test]
async fn a_password_of_4096_bytes_is_the_longest() {
    let server = house().await;
    let longest = "é".repeat(2048);
    server.user_from_before("longest", &longest).await;
    assert_eq!(login(&server, "longest", &longest).await.status, 200);
    let answer = login(&server, "longest", &format!("{longest}x")).await;
    insta::assert_snapshot!(answer, @r#"
    400 Bad Request
    content-type: application/json
    vary: Accept
    allow: POST, OPTIONS

    {"password":["Ensure this field has no more than 4096 bytes."]}
    "#);
    assert_eq!(login(&server, "nobody", &format!("{longest}x")).await.to_string(), answer.to_string());
}

/// contracts 8.3: this door has no lengths of its own; a password shorter than today's policy still signs in.
#[tokio::test]
async fn a_password_shorter_than_the_policy_still_signs_in() {
    let server = house().await;
    server.user_from_before("short", "p").await;
    assert_eq!(login(&server, "short", "p").await.status, 200);
}

/// contracts 6 (DRF's `CharField`): a null character is refused before anybody is looked up.
#[tokio::test]
async fn a_null_character_is_refused() {
    let server = house().await;
    let login = json!({"username": "jo\0hn", "password": "correct\0horse"});
    let answer = server.anonymous().post("/auth/login/").json(&login).send().await;
    assert_eq!(
        answer.body,
        r#"{"username":["Null characters are not allowed."],"password":["Null characters are not allowed."]}"#
    );
}
