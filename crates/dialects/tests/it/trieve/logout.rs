//! contracts 4.1, DELETE `/api/auth`.

use insta::assert_snapshot;

use super::{APP, DEPLOYED, House, SITE, START, house, house_with, key_body, parameter, shown};

/// contracts 0.6: 204 as the document says; the session is over, the cookie is taken away, keys live on.
#[tokio::test]
async fn clause_4_1_a_session_ends_and_keys_stay() {
    let house = house().await;
    let session = house.session("ann").await;
    let other = house.session("ann").await;
    let key = house.key(&session, key_body(1)).await;
    let answer = house.ask(&session, "DELETE", START).send().await;
    assert_snapshot!(shown(&answer), @r#"
    204 No Content
    set-cookie: vault=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT
    "#);
    assert!(!house.opens(&session).await);
    assert!(house.opens(&other).await, "one session, not all");
    assert!(house.bears(&key).await, "[seed] this does not invalidate your API key");
}

/// The extractor's own refusal; a key does not help.
#[tokio::test]
async fn clause_4_1_without_a_session_it_is_401_and_empty() {
    let answer = house().await.server.anonymous().ask("DELETE", START).send().await;
    assert_snapshot!(answer, @"401 Unauthorized");
    for section in ["", DEPLOYED] {
        let house = house_with(section).await;
        let session = house.session("ann").await;
        let key = house.key(&session, key_body(1)).await;
        for ask in [
            house.server.bearing(&key).ask("DELETE", START),
            house.server.anonymous().ask("DELETE", START).header("x-api-key", &key),
            house.ask(&"a".repeat(64), "DELETE", START),
            house.ask(&key, "DELETE", START),
        ] {
            let answer = ask.send().await;
            assert_eq!((answer.status.as_u16(), answer.body.as_str()), (401, ""));
        }
        assert!(house.opens(&session).await && house.bears(&key).await);
        house.ask(&session, "DELETE", START).send().await;
        assert_eq!(house.ask(&session, "DELETE", START).send().await.status, 401, "it is over");
    }
}

async fn logout_url(house: &House, path: &str, referer: Option<&str>) -> String {
    let session = house.session("ann").await;
    let mut ask = house.ask(&session, "DELETE", path);
    if let Some(referer) = referer {
        ask = ask.header("referer", referer);
    }
    let answer = ask.send().await;
    assert_eq!(answer.status, 200, "{answer}");
    assert!(!house.opens(&session).await, "it is over, whatever was asked for besides");
    answer.json()["logout_url"].as_str().expect("a URL").to_owned()
}

/// contracts 0.6: 200 with where the browser signs out of the provider.
#[tokio::test]
async fn clause_4_1_the_product_says_where_to_sign_out_of_the_provider() {
    let house = house_with(DEPLOYED).await;
    let end = format!("{}/logout", house.provider.issuer());
    let told = end.clone();
    house.provider.describe(move |description| description["end_session_endpoint"] = told.clone().into());
    let way = async |path: &str, referer| {
        let url = logout_url(&house, path, referer).await;
        assert!(url.starts_with(&format!("{end}?")), "{url}");
        assert_eq!(parameter(&url, "client_id").as_deref(), Some("vestibule client"));
        parameter(&url, "post_logout_redirect_uri").expect("a place")
    };
    assert_eq!(way(START, None).await, format!("{SITE}/"));
    assert_eq!(way(START, Some("https://app.example/x")).await, "https://app.example/x");
    assert_eq!(way(&format!("{START}?redirect_uri={APP}"), Some(SITE)).await, APP);
    assert_eq!(way(&format!("{START}?redirect_uri=/bye"), None).await, format!("{SITE}/bye"));
    // Not copied from the product: 8.11, open redirect.
    for evil in ["https://evil.example", "//evil.example", "javascript:alert(1)", "%5C%5Cevil.example", ""] {
        assert_eq!(way(&format!("{START}?redirect_uri={evil}"), None).await, format!("{SITE}/"), "{evil}");
    }
    assert_eq!(way(START, Some("https://evil.example/")).await, format!("{SITE}/"));
}

/// A provider without such a place: then the browser is led on at once.
#[tokio::test]
async fn a_provider_without_such_a_place_is_passed_over() {
    let house = house_with(DEPLOYED).await;
    assert_eq!(logout_url(&house, START, None).await, format!("{SITE}/"));
    assert_eq!(logout_url(&house, &format!("{START}?redirect_uri={APP}/x"), None).await, format!("{APP}/x"));
}

/// Two cookies of one name: a neighbouring site may have planted one. Who signs out means their own.
#[tokio::test]
async fn a_planted_cookie_keeps_nobody_signed_in() {
    let house = house().await;
    let session = house.session("ann").await;
    for cookies in [format!("vault={}; vault={session}", "a".repeat(64)), format!("vault={session}; vault=x")]
    {
        let again = house.session("ann").await;
        let cookies = cookies.replace(&session, &again);
        let ask = house.server.anonymous().ask("DELETE", START).header("cookie", cookies);
        assert_eq!(ask.send().await.status, 204);
        assert!(!house.opens(&again).await);
    }
}

/// The provider is not asked for a logout that the document knows nothing of.
#[tokio::test]
async fn the_documents_logout_needs_no_provider() {
    let house = house().await;
    let session = house.session("ann").await;
    house.provider.down().await;
    assert_eq!(house.ask(&session, "DELETE", START).send().await.status, 204);
}
