//! The express lane: a check that is answered at once is answered as the router answers it, and nothing is answered there that the
//! router would refuse.

use std::time::Duration;

use identity::keyring::KeyUse;
use identity::organization::OrganizationRole;
use serde_json::json;
use testkit::{Answer, Ask, TestServer};

use super::doors::{bixarena, house_with_provider, probe, session, token, trieve};

/// The answer at once, where the engine remembers; otherwise by the handler in the lane, and nobody answers at once.
async fn quick<'a>(server: &TestServer, ask: impl Fn() -> Ask<'a>) -> Answer {
    match ask().send_at_once().await {
        Some(answer) => {
            assert!(server.remembers_checks());
            answer
        }
        None => {
            assert!(!server.remembers_checks(), "it has to wait");
            ask().send().await
        }
    }
}

/// A credential, as its header, and the route at which back ends ask whose it is.
struct Check {
    path: &'static str,
    header: (&'static str, String),
}

impl Check {
    fn ask<'a>(&self, server: &'a TestServer) -> Ask<'a> {
        let (name, value) = &self.header;
        server.anonymous().get(self.path).header("accept", "application/json").header(name, value)
    }
}

/// One check of every kind that there is.
async fn everywhere(settings: &str) -> (TestServer, Vec<Check>) {
    let (server, provider) = house_with_provider(settings).await;
    let (jwt, api_token) = probe(&server).await;
    let (arena, _) = bixarena(&server, &provider).await;
    let (vault, key) = trieve(&server, &provider).await;
    let login = json!({"identifier": "john", "password": "correct horse"});
    let native = server.anonymous().post("/id/v1/login").json(&login).send().await;
    let native = native.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie");
    let own = server.anonymous().post("/id/v1/keys").header("cookie", native);
    let own = own.json(&json!({"name": "k", "expires_in_days": 90})).send().await.json();
    let own = own["secret"].as_str().expect("a key").to_owned();
    let knox = format!("Token {}", token(&server).await);
    let me = "/frontend/api/v1/user/current";
    let checks = [
        ("/auth/user/", "authorization", knox.clone()),
        ("/api/auth/user/", "authorization", knox),
        ("/api/v1/users/me/", "cookie", format!("sessionid={}", session(&server).await)),
        (me, "authorization", format!("Bearer {jwt}")),
        (me, "cookie", format!("jwt={jwt}")),
        (me, "authorization", format!("Bearer {api_token}")),
        ("/api/auth/me", "cookie", format!("vault={vault}")),
        ("/api/auth/me", "authorization", key.clone()),
        ("/api/auth/me", "x-api-key", format!("Bearer {key}")),
        ("/userinfo", "cookie", format!("JSESSIONID={arena}")),
        ("/v1/userinfo", "cookie", format!("JSESSIONID={arena}")),
        ("/id/v1/me", "cookie", native.to_owned()),
        ("/id/v1/me", "authorization", format!("Bearer {own}")),
    ];
    let checks = checks.map(|(path, name, value)| Check { path, header: (name, value) });
    (server, checks.into())
}

/// All of an answer but its number, and its length, which is written below all this.
fn told(answer: &Answer) -> (u16, Vec<String>, String) {
    let mut headers: Vec<String> =
        answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
    headers.retain(|header| !header.starts_with("x-request-id") && !header.starts_with("content-length"));
    headers.sort_unstable();
    (answer.status.as_u16(), headers, answer.body.clone())
}

/// The settings that add headers or take them away, and those without.
const SETTINGS: [&str; 2] = [
    "",
    "public_url = \"https://login.example\"\ndialects.knox.allowed_origins = [\"https://a.example\"]\n\
     dialects.native.allowed_origins = [\"https://a.example\"]\ndialects.knox.wire = \"deployed\"\n\
     dialects.syntho.wire = \"deployed\"\n",
];

#[tokio::test]
async fn what_is_answered_at_once_is_what_the_router_answers() {
    for settings in SETTINGS {
        let (server, checks) = everywhere(settings).await;
        for path in server.served().lanes().paths() {
            assert!(checks.iter().any(|check| check.path == path), "{path} is not looked at here");
        }
        for check in &checks {
            let slow = check.ask(&server).send_to_router().await;
            assert_eq!(slow.status, 200, "{}: {slow}", check.path);
            let lane = check.ask(&server).header("origin", "null").send().await;
            assert_eq!(lane.body, slow.body, "{}: by the handler, in the lane", check.path);
            let at_once = quick(&server, || check.ask(&server)).await;
            assert_eq!(told(&at_once), told(&slow), "{}", check.path);
            let number = |answer: &Answer| answer.header("x-request-id").map(str::to_owned);
            assert_ne!(number(&at_once), number(&slow));
            for answer in [&at_once, &slow] {
                let number = number(answer).expect("a number");
                assert!(
                    number.len() == 32 && number.bytes().all(|byte| byte.is_ascii_hexdigit()),
                    "{number}"
                );
            }
        }
    }
}

/// security 1, revoked-session.
#[tokio::test]
async fn what_was_ended_or_suspended_is_answered_at_once_no_more() {
    let (server, checks) = everywhere("").await;
    let by_operator = server.operator();
    let accounts = &server.identity.accounts;
    let john = accounts.find("john").await.expect("john");
    for check in &checks {
        check.ask(&server).send().await;
        assert_eq!(quick(&server, || check.ask(&server)).await.status, 200, "{}", check.path);
    }
    accounts.suspend(&by_operator, &john).await.expect("suspended");
    for check in &checks {
        assert!(check.ask(&server).send_at_once().await.is_none(), "{}", check.path);
        let (slow, fast) = (check.ask(&server).send_to_router().await, check.ask(&server).send().await);
        assert_eq!(fast.status, slow.status, "{}", check.path);
        assert!(!fast.body.contains("john"), "{}: {fast}", check.path);
    }
}

/// What is not plain is the handler's to judge.
#[tokio::test]
async fn a_request_that_is_not_plain_is_not_answered_at_once() {
    let (server, checks) = everywhere("").await;
    for check in &checks {
        let (name, value) = &check.header;
        check.ask(&server).send().await;
        let plain = || server.anonymous().get(check.path).header(name, value);
        assert_eq!(quick(&server, plain).await.status, 200, "{}", check.path);
        let not_plain = [
            plain().header("origin", "https://evil.example"),
            plain().header("transfer-encoding", "chunked"),
            plain().body("text/plain", "x"),
            plain().header("authorization", "Bearer x").header("authorization", "Bearer y"),
            plain().header("x-long", "x".repeat(40_000)),
            server.anonymous().get(&format!("{}?x", check.path)).header(name, value),
            server.anonymous().ask("HEAD", check.path).header(name, value),
            server.anonymous().ask("POST", check.path).header(name, value),
            server.anonymous().get(&format!("{}/", check.path)).header(name, value),
            server.anonymous().get(check.path),
            server.anonymous().get(check.path).header(name, format!("{value}x")),
            server.anonymous().get(check.path).header(name, format!("x{value}")),
        ];
        for (index, ask) in not_plain.into_iter().enumerate() {
            assert!(ask.send_at_once().await.is_none(), "{}: no. {index}", check.path);
        }
    }
}

/// contracts 1.1, 2.1: what a client does not accept, it is told so.
#[tokio::test]
async fn a_client_that_takes_no_json_is_refused_by_the_handler() {
    let (server, checks) = everywhere("").await;
    for check in checks.iter().filter(|check| ["/auth/user/", "/api/v1/users/me/"].contains(&check.path)) {
        let (name, value) = &check.header;
        let ask = || server.anonymous().get(check.path).header(name, value).header("accept", "image/png");
        check.ask(&server).send().await;
        assert!(ask().send_at_once().await.is_none());
        assert_eq!(ask().send().await.status, 406);
    }
}

/// An end by time needs no commit that says so.
#[tokio::test]
async fn what_expires_is_answered_at_once_until_then() {
    let settings = "dialects.knox.token_ttl = \"1h\"\ndialects.syntho.session_lifetime = \"1h\"\n";
    let (server, checks) = everywhere(settings).await;
    for check in checks.iter().filter(|check| ["/auth/user/", "/api/v1/users/me/"].contains(&check.path)) {
        check.ask(&server).send().await;
        assert_eq!(quick(&server, || check.ask(&server)).await.status, 200);
    }
    server.clock.advance(Duration::from_secs(3600));
    for check in checks.iter().filter(|check| ["/auth/user/", "/api/v1/users/me/"].contains(&check.path)) {
        assert!(check.ask(&server).send_at_once().await.is_none(), "{}", check.path);
        assert_eq!(check.ask(&server).send().await.status, 401);
    }
}

/// What is remembered of an answer is no part of it that time changes.
#[tokio::test]
async fn a_login_that_grows_old_is_told_to_be_old() {
    let (server, checks) = everywhere("").await;
    let check = checks.iter().find(|check| check.path == "/id/v1/me").expect("the own door");
    let fresh = |answer: &Answer| answer.json()["session"]["fresh"].clone();
    check.ask(&server).send().await;
    for _ in 0..2 {
        assert_eq!(fresh(&quick(&server, || check.ask(&server)).await), true);
    }
    server.clock.advance(Duration::from_secs(11 * 60));
    let slow = check.ask(&server).send_to_router().await;
    let at_once = quick(&server, || check.ask(&server)).await;
    assert_eq!((fresh(&at_once), at_once.body), (json!(false), slow.body));
}

/// Whatever time changes (a use to be noted, an idle end that moves, an end, a login that grows old), what is answered at once is
/// what the router answers then.
#[tokio::test]
async fn as_time_passes_nothing_is_answered_at_once_but_what_the_router_answers() {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    let (server, checks) = everywhere("").await;
    let mut told_at_once = 0;
    for span in [0, 0, 1, 1, 5, 5, 2 * 60, 13 * 60, 6 * 24 * 60, 9 * 24 * 60, 20 * 24 * 60, 90 * 24 * 60] {
        server.clock.advance(minutes(span));
        for check in &checks {
            // The first by what was said before, the second by what was read since.
            for _ in 0..2 {
                let at_once = check.ask(&server).send_at_once().await;
                let slow = check.ask(&server).send_to_router().await;
                if let Some(at_once) = at_once {
                    assert_eq!(told(&at_once), told(&slow), "{} after {span} minutes more", check.path);
                    told_at_once += 1;
                }
            }
        }
    }
    let rest = checks.iter().map(|check| check.ask(&server).send());
    let is_over = |answer: &Answer| answer.status == 401;
    let mut over = 0;
    for answer in rest {
        over += usize::from(is_over(&answer.await));
    }
    assert!(over > 5, "{over} of {} are over", checks.len());
    assert!(told_at_once > 100 || !server.remembers_checks(), "{told_at_once}");
}

impl Check {
    /// What stands before the secret, and the secret.
    fn parts(&self) -> (&str, &str) {
        let (_, value) = &self.header;
        value.split_at(value.rfind([' ', '=']).map_or(0, |at| at + 1))
    }
}

/// What was said to one secret is not said to another, nor to the same one in the place of
/// another kind.
#[tokio::test]
async fn a_secret_is_good_at_once_where_the_router_takes_it_and_nowhere_else() {
    let (server, checks) = everywhere("").await;
    for check in &checks {
        check.ask(&server).send().await;
        assert_eq!(quick(&server, || check.ask(&server)).await.status, 200, "{}", check.path);
    }
    for check in &checks {
        let (before, _) = check.parts();
        for other in &checks {
            let value = format!("{before}{}", other.parts().1);
            let ask = || server.anonymous().get(check.path).header(check.header.0, &value);
            let at_once = ask().send_at_once().await;
            let slow = ask().send_to_router().await;
            if let Some(at_once) = at_once {
                assert_eq!(told(&at_once), told(&slow), "{} with one of {}", check.path, other.path);
            } else if server.remembers_checks() {
                assert_ne!(slow.status, 200, "{} with one of {}", check.path, other.path);
            }
        }
    }
}

/// A token bears the name of a key, and is good for as long as that is.
#[tokio::test]
async fn a_token_is_good_at_once_until_its_key_is_dropped() {
    let (server, checks) = everywhere("").await;
    let tokens = || checks.iter().filter(|check| check.parts().1.matches('.').count() == 2);
    for drops in [false, true] {
        for check in tokens() {
            check.ask(&server).send().await;
            assert_eq!(quick(&server, || check.ask(&server)).await.status, 200, "{}", check.path);
        }
        let by_operator = server.operator();
        server.identity.keyring.rotate(&by_operator, KeyUse::Probe, drops).await.expect("rotated");
        for check in tokens() {
            assert_eq!(check.ask(&server).send_to_router().await.status == 401, drops);
            let at_once = check.ask(&server).send_at_once().await;
            assert!(!drops || at_once.is_none());
        }
    }
    assert_eq!(tokens().count(), 2);
}

/// Who guesses keys waits, and a good one in between is no way to tell.
#[tokio::test]
async fn a_good_key_waits_as_well_where_too_many_wrong_ones_came_from() {
    let (server, checks) = everywhere("").await;
    let keys: Vec<&Check> = checks.iter().filter(|check| check.parts().1.len() < 100).collect();
    let check = keys.into_iter().rfind(|check| check.path == "/id/v1/me").expect("a key");
    check.ask(&server).send().await;
    assert_eq!(quick(&server, || check.ask(&server)).await.status, 200);
    let (before, secret) = check.parts();
    for guess in 0..400 {
        let value = format!("{before}{}{guess:03}", secret.get(..secret.len() - 3).expect("a key"));
        let answer = server.anonymous().get(check.path).header(check.header.0, value).send().await;
        if answer.status == 429 {
            assert!(check.ask(&server).send_at_once().await.is_none(), "after {guess}");
            assert_eq!(check.ask(&server).send().await.status, 429);
            return;
        }
    }
    panic!("400 wrong keys, and nobody waits");
}

/// What somebody belongs to is part of an answer: one that was taken out, or may do something else there, is told so by the next.
#[tokio::test]
async fn a_membership_that_changes_or_ends_is_told_by_the_next_answer() {
    let (server, checks) = everywhere("").await;
    let checks: Vec<_> = checks.iter().filter(|check| check.path == "/api/auth/me").collect();
    assert_eq!(checks.len(), 3, "by a session and by a key in either header");
    let organizations = &server.identity.organizations;
    let by_operator = server.operator();
    let john = server.identity.accounts.find("john").await.expect("john");
    let [(of, held)] = &*organizations.memberships_of(&john).await.expect("memberships") else {
        panic!("one membership");
    };
    assert_eq!(held.role, OrganizationRole::Owner);
    let told = async |roles: &[i64]| {
        for check in &checks {
            for _ in 0..2 {
                let fast = check.ask(&server).send().await;
                assert_eq!(fast.body, check.ask(&server).send_to_router().await.body, "{:?}", check.header.0);
                let told = fast.json()["user_orgs"].as_array().expect("a list").clone();
                assert_eq!(
                    told.iter().map(|one| one["role"].as_i64().expect("a role")).collect::<Vec<_>>(),
                    roles
                );
            }
        }
    };
    told(&[2]).await;
    let admin = OrganizationRole::Admin;
    organizations.set_role_by_operator(&by_operator, of, &john, admin).await.expect("set");
    told(&[1]).await;
    assert!(organizations.remove_by_operator(&by_operator, of, &john).await.expect("taken out"));
    told(&[]).await;
}

/// Who belongs to more than is remembered of anybody is told all of it, and fills no memory.
#[tokio::test]
async fn who_belongs_to_very_much_is_answered_as_everybody_and_not_at_once() {
    let (server, checks) = everywhere("").await;
    let by_operator = server.operator();
    let john = server.identity.accounts.find("john").await.expect("john");
    let organizations = &server.identity.organizations;
    for number in 0..70 {
        let name = format!("Organization {number}");
        organizations.create_by_operator(&by_operator, &name, Some(&john), false).await.expect("made");
    }
    for check in checks.iter().filter(|check| check.path == "/api/auth/me") {
        for _ in 0..3 {
            assert!(check.ask(&server).send_at_once().await.is_none());
            let fast = check.ask(&server).send().await;
            assert_eq!(fast.json()["user_orgs"].as_array().map(Vec::len), Some(71));
            assert_eq!(fast.body, check.ask(&server).send_to_router().await.body);
        }
    }
}
