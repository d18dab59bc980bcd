//! contracts 1.1, 1.2 and 1.4: sign in with a provider. What is the core's own is tried through this door as well: the
//! provider is a real one, on a port of this machine.

use std::time::Duration;

use identity::audit::EventKind;
use insta::assert_snapshot;
use serde_json::json;
use testkit::provider::{AccessTokens, Callback, Endpoint, Lie, Mode, Person, TestProvider, Told};
use testkit::{Answer, TestServer};
use web::Clock as _;

use super::{AUTH, INCORRECT, ME, NOT_PROVIDED, PASSWORD, USERS, ask, house_with, session};

const AUTHENTICATE: &str = "/api/v1/oidc/authenticate/";
const CALLBACK: &str = "/api/v1/oidc/callback/";

async fn with_provider(settings: &str) -> (TestProvider, TestServer) {
    let provider = TestProvider::start().await;
    let server = house_with(&format!("{}{settings}", provider.settings("acme"))).await;
    let clock = server.clock.clone();
    provider.follow(move || clock.now());
    (provider, server)
}

/// A browser that was sent to the provider.
struct Browser {
    location: String,
    cookie: String,
}

async fn begin(server: &TestServer, query: &str) -> Browser {
    let answer = server.anonymous().get(&format!("{AUTHENTICATE}{query}")).send().await;
    assert_eq!(answer.status, 302, "{answer}");
    let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next());
    Browser {
        location: answer.header("location").expect("a location").to_owned(),
        cookie: cookie.expect("a cookie").to_owned(),
    }
}

async fn come_back(server: &TestServer, browser: &Browser, back: &Callback) -> Answer {
    let path = format!("{CALLBACK}?{}", back.query());
    server.anonymous().get(&path).header("cookie", &browser.cookie).send().await
}

async fn sign_in(provider: &TestProvider, server: &TestServer, person: &Person) -> Answer {
    let browser = begin(server, "").await;
    let back = provider.login(&browser.location, person);
    come_back(server, &browser, &back).await
}

fn set(answer: &Answer, name: &str) -> Option<String> {
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let mut values = cookies.filter_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('='));
    values.next().and_then(|rest| rest.split(';').next()).map(str::to_owned)
}

fn session_of(answer: &Answer) -> String {
    assert_eq!(answer.status, 302, "{answer}");
    set(answer, "sessionid").expect("a session")
}

#[tokio::test]
async fn clause_1_2_the_providers_are_listed() {
    let (_provider, server) = with_provider("").await;
    let methods = server.anonymous().get(AUTH).send().await.json();
    assert_eq!(methods["oidc_providers"], json!([{"provider": "acme", "url": AUTHENTICATE}]));
    let other = TestProvider::start().await;
    let (_first, server) = with_provider(&other.settings("beta")).await;
    let methods = server.anonymous().get(AUTH).send().await.json();
    let url = |id: &str| format!("{AUTHENTICATE}?provider={id}");
    let listed = json!([
        {"provider": "acme", "url": url("acme")}, {"provider": "beta", "url": url("beta")}
    ]);
    assert_eq!(methods["oidc_providers"], listed);
}

#[tokio::test]
async fn clause_1_4_a_login_leads_to_the_provider_and_back_to_a_session() {
    let (provider, server) = with_provider("").await;
    let browser = begin(&server, "").await;
    let url: url::Url = browser.location.parse().expect("a URL");
    let sent = |name: &str| {
        url.query_pairs().find(|(theirs, _)| theirs == name).map(|(_, value)| value.into_owned())
    };
    assert_eq!(sent("response_type").as_deref(), Some("code"));
    assert_eq!(sent("redirect_uri").as_deref(), Some("http://127.0.0.1:8080/api/v1/oidc/callback/"));
    assert_eq!(sent("code_challenge_method").as_deref(), Some("S256"), "PKCE, always");
    assert_eq!(sent("scope").as_deref(), Some("openid profile email"));
    assert!(sent("state").is_some_and(|state| state.len() == 64) && sent("nonce").is_some());
    let answer = come_back(&server, &browser, &provider.login(&browser.location, &Person::new("ann"))).await;
    let secret = session_of(&answer);
    let shown = answer.to_string().replace(&secret, "[32 of a-z0-9]");
    assert_snapshot!(shown, @r#"
    302 Found
    location: http://127.0.0.1:8080/
    set-cookie: sessionid=[32 of a-z0-9]; expires=Fri, 16 Jan 2026 12:00:00 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax
    set-cookie: oidc_login=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax
    vary: Accept, Cookie
    allow: GET, HEAD
    "#);
    let me = ask(&server, &secret, "GET", ME).send().await.json();
    assert_eq!(me["email"], "ann@example.org");
    assert_eq!((&me["first_name"], &me["last_name"]), (&json!("Ann"), &json!("Lee")));
    // The same identity is the same user, whatever else the provider says of it by now.
    let renamed = Person { email: Some("new@example.org".into()), ..Person::new("ann") };
    let again = session_of(&sign_in(&provider, &server, &renamed).await);
    assert_eq!(ask(&server, &again, "GET", ME).send().await.json(), me);
}

#[tokio::test]
async fn clause_1_4_next_leads_where_it_is_allowed_to() {
    let (provider, server) = with_provider("\n").await;
    for (next, place) in [
        ("/reports?x=1", "http://127.0.0.1:8080/reports?x=1"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/"),
    ] {
        let query: String =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
        let browser = begin(&server, &format!("?{query}")).await;
        let back = provider.login(&browser.location, &Person::new("ann"));
        let answer = come_back(&server, &browser, &back).await;
        assert_eq!(answer.header("location"), Some(place));
    }
    for next in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http://127.0.0.1:8080@evil.example/",
        "",
    ] {
        let query: String =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
        let answer = server.anonymous().get(&format!("{AUTHENTICATE}?{query}")).send().await;
        assert_eq!((answer.status.as_u16(), answer.fault), (400, Some("return_url_refused")), "{next}");
    }
    let answer = server.anonymous().get(&format!("{AUTHENTICATE}?next=/a&next=/b")).send().await;
    assert_eq!(answer.fault, Some("return_url_refused"), "others on the way may have read the other one");
}

#[tokio::test]
async fn a_login_without_a_provider_is_refused_in_this_dialects_shape() {
    let server = house_with("[dialects.native]\nenabled = false\n").await;
    assert_snapshot!(server.anonymous().get(AUTHENTICATE).send().await, @r#"
    404 Not Found
    content-type: application/json
    vary: Accept, Cookie
    allow: GET, HEAD

    {"detail":"There is no such identity provider."}
    "#);
    let (_provider, server) = with_provider("").await;
    let answer = server.anonymous().get(&format!("{AUTHENTICATE}?provider=other")).send().await;
    assert_eq!((answer.status.as_u16(), answer.fault), (404, Some("provider_unknown")));
}

/// design: our own page takes the provider's place; it is none of the providers that are told.
#[tokio::test]
async fn without_a_provider_our_own_page_takes_its_place() {
    let server = house_with("").await;
    let answer = server.anonymous().get(AUTHENTICATE).send().await;
    let url = answer.header("location").expect("a way on");
    assert!(answer.status == 302 && url.contains("/login?continue="), "{url}");
}

/// State not bound to provider or browser; session fixation.
#[tokio::test]
async fn a_state_is_good_once_in_the_browser_that_began() {
    let (provider, server) = with_provider("").await;
    let (one, other) = (begin(&server, "").await, begin(&server, "").await);
    let back = provider.login(&one.location, &Person::new("ann"));
    let swapped = come_back(&server, &other, &back).await;
    assert_eq!((swapped.status.as_u16(), swapped.fault), (400, Some("flow_invalid")));
    let without = server.anonymous().get(&format!("{CALLBACK}?{}", back.query())).send().await;
    assert_eq!((without.status.as_u16(), without.fault), (400, Some("flow_missing")));
    session_of(&come_back(&server, &one, &back).await);
    let replayed = come_back(&server, &one, &back).await;
    assert_eq!((replayed.status.as_u16(), replayed.fault), (400, Some("flow_invalid")));
    assert!(set(&replayed, "sessionid").is_none());
    assert_eq!(provider.count(Endpoint::Token), 1, "only the good one was redeemed");

    let late = begin(&server, "").await;
    let back = provider.login(&late.location, &Person::new("ann"));
    server.advance(Duration::from_mins(10));
    assert_eq!(come_back(&server, &late, &back).await.fault, Some("flow_invalid"));
}

/// Code redeemed twice in parallel.
#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_browsers_with_one_state_one_gets_in() {
    let (provider, server) = with_provider("").await;
    let browser = begin(&server, "").await;
    let back = provider.login(&browser.location, &Person::new("ann"));
    let tries: Vec<_> = (0..50).map(|_| come_back(&server, &browser, &back)).collect();
    let mut good = 0;
    for answer in futures_util::future::join_all(tries).await {
        good += usize::from(answer.status == 302);
    }
    assert_eq!((good, provider.count(Endpoint::Token)), (1, 1));
}

#[tokio::test]
async fn what_the_provider_must_not_say_lets_nobody_in() {
    let (provider, server) = with_provider("").await;
    // So that every lie is asked for.
    provider.tell_in(Told::InUserinfo);
    // Claims that are signed are not read, which costs them and nothing else.
    for lie in Lie::ALL.into_iter().filter(|lie| *lie != Lie::UserinfoSigned) {
        provider.lie(lie);
        let browser = begin_or(&server).await;
        if let Ok(browser) = browser {
            let answer =
                come_back(&server, &browser, &provider.login(&browser.location, &Person::new("ann"))).await;
            assert!([400, 502, 503].contains(&answer.status.as_u16()), "{lie:?}: {answer}");
            assert!(set(&answer, "sessionid").is_none(), "{lie:?}");
        }
        provider.be_honest();
        server.advance(Duration::from_hours(2));
    }
    session_of(&sign_in(&provider, &server, &Person::new("ann")).await);
}

async fn begin_or(server: &TestServer) -> Result<Browser, Answer> {
    let answer = server.anonymous().get(AUTHENTICATE).send().await;
    if answer.status != 302 {
        return Err(answer);
    }
    let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next());
    let cookie = cookie.expect("a cookie").to_owned();
    Ok(Browser { location: answer.header("location").expect("a location").to_owned(), cookie })
}

#[tokio::test]
async fn a_provider_that_is_down_costs_one_clear_error() {
    let (provider, server) = with_provider("").await;
    let browser = begin(&server, "").await;
    let back = provider.login(&browser.location, &Person::new("ann"));
    provider.misbehave(Endpoint::Token, Mode::Status(500));
    let answer = come_back(&server, &browser, &back).await;
    assert_snapshot!(answer, @r#"
    503 Service Unavailable
    content-type: application/json
    vary: Accept, Cookie
    retry-after: 5
    set-cookie: oidc_login=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax
    allow: GET, HEAD

    {"detail":"Service temporarily unavailable, try again later."}
    "#);
    provider.behave();
    session_of(&sign_in(&provider, &server, &Person::new("ann")).await);
    let denied = begin(&server, "").await;
    let answer = come_back(&server, &denied, &provider.deny(&denied.location)).await;
    assert_eq!((answer.status.as_u16(), answer.fault), (400, Some("provider_denied")));
}

/// Link-up of a foreign identity without proof; mail used as key.
#[tokio::test]
async fn an_unknown_identity_joins_nobody_by_its_address_alone() {
    let (provider, server) = with_provider("").await;
    let john = Person { email: Some("john@example.org".into()), ..Person::new("somebody") };
    let answer = sign_in(&provider, &server, &john).await;
    assert_eq!(
        (answer.status.as_u16(), answer.fault),
        (403, Some("identity_refused")),
        "link_verified_email = false"
    );

    let provider = TestProvider::start().await;
    let settings = format!("{}link_verified_email = true\n", provider.settings("acme"));
    let server = house_with(&settings).await;
    let clock = server.clock.clone();
    provider.follow(move || clock.now());
    server.user_with("mary", PASSWORD, |mary| mary.email_verified = false).await;
    let unverified_there = Person { email_verified: json!(false), ..john.clone() };
    let made = session_of(&sign_in(&provider, &server, &unverified_there).await);
    let me = ask(&server, &made, "GET", ME).send().await.json();
    assert_eq!((&me["pk"], &me["email"]), (&json!(3), &json!("")), "somebody new, without the address");
    let mary = Person { email: Some("mary@example.org".into()), ..Person::new("m") };
    assert_eq!(sign_in(&provider, &server, &mary).await.fault, Some("identity_refused"), "unverified here");

    let joined = Person { subject: "really john".into(), ..john };
    let joined = session_of(&sign_in(&provider, &server, &joined).await);
    assert_eq!(ask(&server, &joined, "GET", ME).send().await.json()["pk"], 1, "both sides verified it");
    let kinds: Vec<EventKind> = server.events().await.iter().map(|event| event.kind).collect();
    assert!(kinds.contains(&EventKind::IdentityLinked));
}

#[tokio::test]
async fn without_sign_up_an_unknown_identity_is_refused() {
    let provider = TestProvider::start().await;
    let server = house_with(&format!("{}sign_up = false\n", provider.settings("acme"))).await;
    let answer = sign_in(&provider, &server, &Person::new("ann")).await;
    assert_snapshot!(answer, @r#"
    403 Forbidden
    content-type: application/json
    vary: Accept, Cookie
    set-cookie: oidc_login=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax
    allow: GET, HEAD

    {"detail":"This identity cannot sign in here."}
    "#);
    let refused = server.events().await.into_iter().find(|event| event.kind == EventKind::SignInFailed);
    assert_eq!(refused.expect("a record").detail, "identity_refused");
}

#[tokio::test]
async fn a_username_that_is_taken_is_not_taken_along() {
    let (provider, server) = with_provider("").await;
    let answer =
        sign_in(&provider, &server, &Person { preferred_username: Some("JOHN".into()), ..Person::bare("x") })
            .await;
    session_of(&answer);
    let users = server.identity.accounts.list().await.expect("users");
    let name = users.last().and_then(|user| user.username.clone()).expect("a name");
    assert!(name.starts_with("acme-"), "{name}");
    for odd in ["a b", "7", "0190aaaa-0000-7000-8000-000000000001", "x@example.org", ""] {
        let person = Person { preferred_username: Some(odd.into()), ..Person::bare(&format!("odd {odd}")) };
        session_of(&sign_in(&provider, &server, &person).await);
    }
}

#[tokio::test]
async fn a_login_by_a_provider_ends_the_session_that_the_browser_held() {
    let (provider, server) = with_provider("").await;
    let old = session(&server, "john").await;
    let browser = begin(&server, "").await;
    let back = provider.login(&browser.location, &Person::new("ann"));
    let path = format!("{CALLBACK}?{}", back.query());
    let cookies = format!("{}; sessionid={old}", browser.cookie);
    let answer = server.anonymous().get(&path).header("cookie", &cookies).send().await;
    let new = session_of(&answer);
    assert_eq!(ask(&server, &old, "GET", ME).send().await.status, 401);
    assert_eq!(ask(&server, &new, "GET", ME).send().await.status, 200);
}

#[tokio::test]
async fn a_suspended_user_is_let_in_by_no_provider() {
    let (provider, server) = with_provider("").await;
    let secret = session_of(&sign_in(&provider, &server, &Person::new("ann")).await);
    let token = provider.access_token(&Person::new("ann"));
    let bearing = || server.bearing(format!("Bearer {token}"));
    assert_eq!(bearing().get(ME).send().await.status, 200);
    let user = server.identity.accounts.find("ann@example.org").await.expect("ann");
    server.identity.accounts.suspend(&server.operator(), &user).await.expect("suspended");
    assert_eq!(ask(&server, &secret, "GET", ME).send().await.status, 401);
    assert_eq!(
        bearing().get(ME).send().await.status,
        401,
        "at once, though the provider\'s word is remembered"
    );
    let answer = sign_in(&provider, &server, &Person::new("ann")).await;
    assert_eq!((answer.status.as_u16(), answer.fault), (401, Some("user_inactive")));
    // Deleted: the identity is free, and its next login makes somebody new.
    server.identity.accounts.delete(&server.operator(), &user).await.expect("deleted");
    let answer = sign_in(&provider, &server, &Person::bare("ann")).await;
    let me = ask(&server, &session_of(&answer), "GET", ME).send().await.json();
    assert_ne!(me["pk"], user.number.0);
}

#[tokio::test]
async fn clause_1_1_a_providers_access_token_is_taken_for_who_has_signed_in() {
    let (provider, server) = with_provider("").await;
    let ann = Person::new("ann");
    for form in [AccessTokens::Opaque, AccessTokens::Jwt] {
        provider.access_tokens(form);
        let token = provider.access_token(&Person::new(&format!("stranger {form:?}")));
        let answer = server.bearing(format!("Bearer {token}")).get(ME).send().await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (401, INCORRECT),
            "an access token makes nobody"
        );
    }
    session_of(&sign_in(&provider, &server, &ann).await);
    provider.access_tokens(AccessTokens::Jwt);
    let (jwt, asked) = (provider.access_token(&ann), provider.count(Endpoint::Userinfo));
    for path in [ME, USERS] {
        assert_eq!(server.bearing(format!("Bearer {jwt}")).get(path).send().await.status, 200);
        // 1.1: no scheme is fixed in the document.
        assert_eq!(server.bearing(jwt.clone()).get(path).send().await.status, 200);
    }
    assert_eq!(provider.count(Endpoint::Userinfo), asked, "by its signature");
    provider.access_tokens(AccessTokens::Opaque);
    let opaque = provider.access_token(&ann);
    let check = || server.bearing(format!("bearer {opaque}")).get(ME).send();
    assert_eq!(check().await.status, 200);
    assert_eq!(check().await.status, 200);
    assert_eq!(provider.count(Endpoint::Userinfo), asked + 1, "remembered");
    provider.revoke(&opaque);
    server.advance(Duration::from_mins(1));
    let answer = check().await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (401, INCORRECT), "for less than a minute");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"api\""));
}

#[tokio::test]
async fn an_access_token_is_no_session() {
    let (provider, server) = with_provider("").await;
    session_of(&sign_in(&provider, &server, &Person::new("ann")).await);
    let token = provider.access_token(&Person::new("ann"));
    let answer = server.bearing(format!("Bearer {token}")).ask("DELETE", AUTH).send().await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (401, NOT_PROVIDED));
    let op = server.operator();
    let sessions = server.identity.sessions.list(&op, identity::user::UserNumber(2), true);
    assert_eq!(sessions.await.expect("sessions").len(), 1, "the login\'s");
    // It signs in beside a good token, and not beside a bad one.
    let form = json!({"email": "john@example.org", "password": PASSWORD});
    let login = |token: &str| server.bearing(format!("Bearer {token}")).post(AUTH).json(&form).send();
    assert_eq!(login(&token).await.status, 201);
    assert_eq!(login("nonsense").await.status, 401);
}

/// A token is shown to nobody but the provider that it says it is from.
#[tokio::test]
async fn with_several_providers_an_opaque_token_is_shown_to_none() {
    let other = TestProvider::start().await;
    let (provider, server) = with_provider(&other.settings("beta")).await;
    let answer = server.bearing("Bearer opaque-token").get(ME).send().await;
    assert_eq!((answer.status.as_u16(), answer.fault), (401, Some("credential_invalid")));
    assert_eq!(provider.count(Endpoint::Userinfo) + other.count(Endpoint::Userinfo), 0);
}
