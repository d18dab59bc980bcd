//! Several doors, one house: every login is on one ledger, and a credential opens its own door only (contracts 0, 3 and
//! 4; 8.8).

use serde_json::{Value, json};
use testkit::provider::{Endpoint, Person, TestProvider};
use testkit::{Answer, TestServer};
use web::Clock as _;

const PASSWORD: &str = "correct horse";

/// A server on which `john` may sign in by every door.
async fn house(settings: &str) -> TestServer {
    let server = TestServer::with(settings);
    server.user("john", PASSWORD).await;
    server
}

pub(super) async fn token(server: &TestServer) -> String {
    let login = json!({"username": "john", "password": PASSWORD});
    let answer = server.anonymous().post("/auth/login/").json(&login).send().await;
    answer.json()["token"].as_str().expect("a token").to_owned()
}

pub(super) async fn session(server: &TestServer) -> String {
    let answer = server.anonymous().post("/api/v1/auth/").json(&form()).send().await;
    let cookie = answer.header("set-cookie").and_then(|cookie| cookie.strip_prefix("sessionid="));
    cookie.and_then(|cookie| cookie.split(';').next()).expect("a cookie").to_owned()
}

/// What probe gives: a JWT and the account's API token.
pub(super) async fn probe(server: &TestServer) -> (String, String) {
    let answer = server.anonymous().post("/frontend/api/v1/auth/sign-in").json(&form()).send().await.json();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (text(&answer["jwt-token"]["token"]), text(&answer["api-token"]))
}

/// A house with a provider that knows `john`, and joins him.
pub(super) async fn house_with_provider(settings: &str) -> (TestServer, TestProvider) {
    let provider = TestProvider::start().await;
    let provider_section = provider.settings("acme");
    let keys = "[dialects.bixarena]\nalgorithm = \"EdDSA\"\n";
    let server = house(&format!("{settings}{keys}{provider_section}link_verified_email = true\n")).await;
    let clock = server.clock.clone();
    provider.follow(move || clock.now());
    (server, provider)
}

/// What bixarena gives: a session and its token.
pub(super) async fn bixarena(server: &TestServer, provider: &TestProvider) -> (String, String) {
    let cookie = |answer: &Answer| {
        let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        cookie.expect("a cookie").to_owned()
    };
    let start = server.anonymous().get("/v1/auth/oidc/start").send().await;
    let back = provider.login(start.header("location").expect("a location"), &Person::new("john"));
    let callback = server.anonymous().get(&format!("/v1/auth/oidc/callback?{}", back.query()));
    let session = cookie(&callback.header("cookie", cookie(&start)).send().await);
    let token = server.anonymous().post("/v1/token").header("cookie", &session).send().await.json();
    let session = session.strip_prefix("JSESSIONID=").expect("its name").to_owned();
    (session, token["access_token"].as_str().expect("a token").to_owned())
}

/// What trieve gives: a session and a key.
pub(super) async fn trieve(server: &TestServer, provider: &TestProvider) -> (String, String) {
    let cookie = |answer: &Answer| {
        let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        cookie.expect("a cookie").to_owned()
    };
    let start = server.anonymous().get("/api/auth").send().await;
    let back = provider.login(start.header("location").expect("a location"), &Person::new("john"));
    let callback = server.anonymous().get(&format!("/api/auth/callback?{}", back.query()));
    let session = cookie(&callback.header("cookie", cookie(&start)).send().await);
    let make = server.anonymous().post("/api/user/api_key").header("cookie", &session);
    let key = make.json(&json!({"name": "k", "role": 1})).send().await.json()["api_key"].clone();
    let session = session.strip_prefix("vault=").expect("its name").to_owned();
    (session, key.as_str().expect("a key").to_owned())
}

/// Whether a trieve session and a key open their door.
async fn vault(server: &TestServer, session: &str, key: &str) -> (bool, bool) {
    let by_cookie = server.anonymous().get("/api/auth/me").header("cookie", format!("vault={session}"));
    let by_key = server.bearing(key).get("/api/auth/me");
    (by_cookie.send().await.status == 200, by_key.send().await.status == 200)
}

/// Whether a bixarena session and a token open their door.
async fn arena(server: &TestServer, session: &str, token: &str) -> (bool, bool) {
    let by_cookie = server.anonymous().get("/userinfo").header("cookie", format!("JSESSIONID={session}"));
    let by_token = server.bearing(format!("Bearer {token}")).get("/userinfo");
    (by_cookie.send().await.status == 200, by_token.send().await.status == 200)
}

/// The status of probe's list of sessions by this carrier.
async fn by_bearer(server: &TestServer, secret: &str) -> u16 {
    let ask = server.bearing(format!("Bearer {secret}")).get("/frontend/api/v1/auth/session");
    ask.send().await.status.as_u16()
}

fn form() -> Value {
    json!({"email": "john@example.org", "password": PASSWORD})
}

async fn by_token(server: &TestServer, token: &str, method: &str, path: &str) -> Answer {
    server.bearing(format!("Token {token}")).ask(method, path).send().await
}

async fn by_session(server: &TestServer, session: &str, method: &str, path: &str) -> Answer {
    server.anonymous().ask(method, path).header("cookie", format!("sessionid={session}")).send().await
}

/// Whether a knox token and a syntho session open their doors.
async fn open(server: &TestServer, token: &str, session: &str) -> (bool, bool) {
    let knox = by_token(server, token, "GET", "/auth/user/").await.status;
    let syntho = by_session(server, session, "GET", "/api/v1/users/me/").await.status;
    assert!([200, 401].contains(&knox.as_u16()) && [200, 401].contains(&syntho.as_u16()), "{knox} {syntho}");
    (knox == 200, syntho == 200)
}

/// contracts 0.4: `scope` decides how far knox's `logoutall` reaches.
#[tokio::test]
async fn logging_out_everywhere_reaches_as_far_as_its_scope() {
    for (scope, left) in [("dialect", true), ("account", false)] {
        let server = house(&format!("[dialects.knox]\nscope = \"{scope}\"\n")).await;
        let (token, session) = (token(&server).await, session(&server).await);
        assert_eq!(open(&server, &token, &session).await, (true, true));
        by_token(&server, &token, "POST", "/auth/logoutall/").await;
        assert_eq!(open(&server, &token, &session).await, (false, left), "{scope}");
    }
}

/// 8.8: signing out by one door leaves the other alone, whatever `scope` says.
#[tokio::test]
async fn signing_out_ends_one_session_by_one_door() {
    for scope in ["dialect", "account"] {
        let settings = format!("[dialects.knox]\nscope = {scope:?}\n[dialects.syntho]\nscope = {scope:?}\n");
        let server = house(&settings).await;
        let (token, session) = (token(&server).await, session(&server).await);
        by_session(&server, &session, "DELETE", "/api/v1/auth/").await;
        assert_eq!(open(&server, &token, &session).await, (true, false));

        let session = self::session(&server).await;
        by_token(&server, &token, "POST", "/auth/logout/").await;
        assert_eq!(open(&server, &token, &session).await, (false, true));
    }
}

/// design, "Decided once": a changed password ends the others by every door when asked.
#[tokio::test]
async fn a_password_changed_by_one_door_ends_the_sessions_of_the_other() {
    let server = house("").await;
    let (token, session) = (token(&server).await, session(&server).await);
    let change = |end: bool, old: &str, new: &str| {
        let body = json!({"old_password": old, "new_password": new, "end_other_sessions": end});
        let ask = server.anonymous().post("/api/v1/users/me/password/");
        ask.header("cookie", format!("sessionid={session}")).json(&body).send()
    };
    assert_eq!(change(false, PASSWORD, "battery staple").await.status, 204);
    assert_eq!(open(&server, &token, &session).await, (true, true));
    assert_eq!(change(true, "battery staple", PASSWORD).await.status, 204);
    assert_eq!(open(&server, &token, &session).await, (false, true));
}

/// contracts 0.3: each dialect reads its own credentials, and one of another is no good there.
#[tokio::test]
async fn a_credential_opens_its_own_door_only() {
    let server = house("").await;
    let (token, session) = (token(&server).await, session(&server).await);
    assert_eq!(open(&server, &session, &token).await, (false, false));
    // The cookie means nothing to knox and the header nothing to syntho, alone or beside the right one.
    assert_eq!(by_session(&server, &session, "GET", "/auth/user/").await.status, 401);
    assert_eq!(by_token(&server, &token, "GET", "/api/v1/users/me/").await.status, 401);
    let both = server.bearing(format!("Token {token}")).ask("GET", "/api/v1/users/me/");
    assert_eq!(both.header("cookie", format!("sessionid={session}")).send().await.status, 200);
    // A cookie with another door's secret is a stale one.
    let login = server.anonymous().post("/api/v1/auth/").header("cookie", format!("sessionid={token}"));
    assert_eq!(login.json(&form()).send().await.status, 401);
    assert_eq!(open(&server, &token, &session).await, (true, true));
}

/// contracts 0.3, 8.5: probe's are no good elsewhere, in whatever carrier, and others' are none at probe.
#[tokio::test]
async fn probes_credentials_open_its_door_only() {
    let server = house("").await;
    let (token, session) = (token(&server).await, session(&server).await);
    let (jwt, api_token) = probe(&server).await;
    for secret in [&jwt, &api_token] {
        assert_eq!(by_bearer(&server, secret).await, 200);
        assert_eq!(open(&server, secret, secret).await, (false, false));
        for (path, carrier) in
            [("/auth/user/", "Bearer"), ("/api/v1/users/me/", "Bearer"), ("/auth/user/", "Token")]
        {
            let answer = server.bearing(format!("{carrier} {secret}")).get(path).send().await;
            assert_eq!(answer.status, 401, "{carrier} {path}");
        }
        let by_query = format!("/auth/user/?token={secret}&jwt={secret}");
        assert_eq!(server.anonymous().get(&by_query).send().await.status, 401);
    }
    for secret in [&token, &session] {
        assert_eq!(by_bearer(&server, secret).await, 401);
        for ask in [
            server.anonymous().get(&format!("/frontend/api/v1/auth/session?token={secret}")),
            server.anonymous().get(&format!("/frontend/api/v1/auth/session?jwt={secret}")),
            server.anonymous().get("/frontend/api/v1/auth/session").header("cookie", format!("jwt={secret}")),
            server
                .anonymous()
                .get("/frontend/api/v1/auth/session")
                .header("cookie", format!("sessionid={secret}")),
            server.bearing(format!("Token {secret}")).get("/frontend/api/v1/auth/session"),
        ] {
            assert_eq!(ask.send().await.status, 401);
        }
    }
    assert_eq!(open(&server, &token, &session).await, (true, true));
}

/// contracts 1.1 lets a provider's access token in by syntho, and the provider is asked about it; but not about what a
/// client brought to the wrong door.
#[tokio::test]
async fn no_credential_of_ours_is_shown_to_a_provider() {
    let (server, provider) = house_with_provider("").await;
    let (token, session) = (token(&server).await, session(&server).await);
    let (jwt, api_token) = probe(&server).await;
    let (arena_session, arena_token) = bixarena(&server, &provider).await;
    let asked = provider.count(Endpoint::Userinfo);
    for secret in [&token, &session, &jwt, &api_token, &arena_session, &arena_token] {
        for carrier in [format!("Bearer {secret}"), secret.clone()] {
            let answer = server.bearing(carrier).get("/api/v1/users/me/").send().await;
            assert_eq!((answer.status.as_u16(), answer.fault), (401, Some("credential_invalid")), "{answer}");
        }
        let body = json!({"oauth-provider-token": {"provider": "acme", "token": secret}});
        let answer = server.anonymous().post("/frontend/api/v1/auth/oauth-sign-in").json(&body).send().await;
        assert_eq!(answer.status, 401, "{answer}");
    }
    let asked_about = provider.asked(Endpoint::Userinfo).split_off(asked);
    assert_eq!(asked_about.len(), 0, "{asked_about:?}");
    server.bearing("Bearer of-somebody-else").get("/api/v1/users/me/").send().await;
    assert_eq!(provider.count(Endpoint::Userinfo), asked + 1);
}

/// contracts 0.3, 8.4, 8.5: bixarena's are no good elsewhere, in whatever carrier, and others' are none at bixarena.
#[tokio::test]
async fn bixarenas_credentials_open_its_door_only() {
    let (server, provider) = house_with_provider("").await;
    let (token, session) = (token(&server).await, session(&server).await);
    let (jwt, api_token) = probe(&server).await;
    let (arena_session, arena_token) = bixarena(&server, &provider).await;
    assert_eq!(arena(&server, &arena_session, &arena_token).await, (true, true));
    for secret in [&arena_session, &arena_token] {
        assert_eq!(open(&server, secret, secret).await, (false, false));
        assert_eq!(by_bearer(&server, secret).await, 401);
        for (path, header, value) in [
            ("/auth/user/", "cookie", format!("JSESSIONID={secret}")),
            ("/auth/user/", "authorization", format!("Bearer {secret}")),
            ("/api/v1/users/me/", "cookie", format!("JSESSIONID={secret}")),
            ("/api/v1/users/me/", "authorization", format!("Bearer {secret}")),
            ("/frontend/api/v1/auth/session", "cookie", format!("JSESSIONID={secret}")),
            ("/frontend/api/v1/auth/session", "cookie", format!("jwt={secret}")),
        ] {
            let answer = server.anonymous().get(path).header(header, &value).send().await;
            assert_eq!(answer.status, 401, "{path} {header}");
        }
        for query in ["jwt", "token"] {
            let path = format!("/frontend/api/v1/auth/session?{query}={secret}");
            assert_eq!(server.anonymous().get(&path).send().await.status, 401);
        }
    }
    for secret in [&token, &session, &jwt, &api_token] {
        assert_eq!(arena(&server, secret, secret).await, (false, false));
        for (path, header, value) in [
            ("/v1/token", "cookie", format!("JSESSIONID={secret}")),
            ("/v1/token", "cookie", format!("sessionid={secret}")),
            ("/v1/token", "cookie", format!("jwt={secret}")),
            ("/v1/token", "authorization", format!("Token {secret}")),
            ("/v1/token", "authorization", format!("Bearer {secret}")),
            ("/v1/oauth2/token", "cookie", format!("JSESSIONID={secret}")),
            ("/v1/oauth2/service-token", "authorization", format!("Bearer {secret}")),
        ] {
            let answer = server.anonymous().post(path).header(header, &value).send().await;
            assert_eq!(answer.status, 401, "{path} {header}");
        }
        let by_token = server.bearing(format!("Token {secret}")).get("/userinfo").send().await;
        assert_eq!(by_token.status, 401);
    }
    // 8.1: one slash apart.
    let logout = |path: &str| {
        let ask = server.bearing(format!("Token {token}")).post(path);
        ask.header("cookie", format!("JSESSIONID={arena_session}")).send()
    };
    assert_eq!(logout("/auth/logout/").await.status, 200);
    assert_eq!(open(&server, &token, &session).await, (false, true));
    assert_eq!(arena(&server, &arena_session, &arena_token).await, (true, true));
    let token = self::token(&server).await;
    assert_eq!(logout("/auth/logout").await.status, 204);
    assert_eq!(open(&server, &token, &session).await, (true, true));
    assert_eq!(arena(&server, &arena_session, &arena_token).await, (false, false));
}

/// contracts 0.3, 8.4, 8.5: trieve's are no good elsewhere, in whatever carrier, and others' are none at trieve.
#[tokio::test]
async fn trieves_credentials_open_its_door_only() {
    let (server, provider) = house_with_provider("").await;
    let (token, session) = (token(&server).await, session(&server).await);
    let (jwt, api_token) = probe(&server).await;
    let (arena_session, arena_token) = bixarena(&server, &provider).await;
    let (vault_session, key) = trieve(&server, &provider).await;
    for secret in [&vault_session, &key] {
        assert_eq!(open(&server, secret, secret).await, (false, false));
        assert_eq!(by_bearer(&server, secret).await, 401);
        assert_eq!(arena(&server, secret, secret).await, (false, false));
        for path in ["/auth/user/", "/api/v1/users/me/", "/frontend/api/v1/auth/session", "/userinfo"] {
            for (header, value) in [
                ("cookie", format!("vault={secret}")),
                ("authorization", secret.clone()),
                ("authorization", format!("Bearer {secret}")),
                ("x-api-key", secret.clone()),
            ] {
                let answer = server.anonymous().get(path).header(header, &value).send().await;
                assert_eq!(answer.status, 401, "{path} {header}");
            }
        }
    }
    for secret in [&token, &session, &jwt, &api_token, &arena_session, &arena_token] {
        assert_eq!(vault(&server, secret, secret).await, (false, false));
        assert_eq!(vault(&server, secret, &format!("Bearer {secret}")).await, (false, false));
    }
    assert_eq!(vault(&server, &vault_session, &key).await, (true, true));
    // 8.1: one path under the other's prefix.
    let logout = server.bearing(format!("Token {token}")).post("/api/auth/logout/");
    assert_eq!(logout.header("cookie", format!("vault={vault_session}")).send().await.status, 200);
    assert_eq!(vault(&server, &vault_session, &key).await, (true, true));
    let logout = server.bearing(format!("Token {token}")).ask("DELETE", "/api/auth");
    assert_eq!(logout.header("cookie", format!("vault={vault_session}")).send().await.status, 204);
    assert_eq!(vault(&server, &vault_session, &key).await, (false, true));
    assert_eq!(arena(&server, &arena_session, &arena_token).await, (true, true));
    assert_eq!(open(&server, &token, &session).await, (false, true));
}

/// contracts 0.4, 8.8: what another door's "all sessions" call ends of trieve's; a key is no session.
#[tokio::test]
async fn other_doors_reach_trieves_sessions_as_far_as_their_scope() {
    for (scope, left) in [("dialect", true), ("account", false)] {
        let (server, provider) =
            house_with_provider(&format!("[dialects.knox]\nscope = \"{scope}\"\n")).await;
        let token = token(&server).await;
        let (session, key) = trieve(&server, &provider).await;
        by_token(&server, &token, "POST", "/auth/logoutall/").await;
        assert_eq!(vault(&server, &session, &key).await, (left, true), "{scope}");
    }
}

/// contracts 0.4, 8.8: what another door's "all sessions" call ends of bixarena's, and what bixarena's logout leaves.
#[tokio::test]
async fn other_doors_reach_bixarenas_sessions_as_far_as_their_scope() {
    for (scope, left) in [("dialect", true), ("account", false)] {
        let (server, provider) =
            house_with_provider(&format!("[dialects.knox]\nscope = \"{scope}\"\n")).await;
        let token = token(&server).await;
        let (arena_session, arena_token) = bixarena(&server, &provider).await;
        by_token(&server, &token, "POST", "/auth/logoutall/").await;
        assert_eq!(arena(&server, &arena_session, &arena_token).await, (left, left), "{scope}");
    }
    let (server, provider) = house_with_provider("").await;
    let (token, session) = (token(&server).await, session(&server).await);
    let (arena_session, _) = bixarena(&server, &provider).await;
    let logout = server.anonymous().post("/v1/auth/logout");
    logout.header("cookie", format!("JSESSIONID={arena_session}")).send().await;
    assert_eq!(open(&server, &token, &session).await, (true, true));
}

/// contracts 0.4, 8.8: `scope` decides how far probe's calls reach, too.
#[tokio::test]
async fn ending_all_by_probe_reaches_as_far_as_its_scope() {
    for (scope, left) in [("dialect", true), ("account", false)] {
        for (method, path) in [
            ("DELETE", "/frontend/api/v1/auth/session"),
            ("DELETE", "/frontend/api/v1/auth/sign-out?logout-all=true"),
        ] {
            let server = house(&format!("[dialects.probe]\nscope = \"{scope}\"\n")).await;
            let (token, session) = (token(&server).await, session(&server).await);
            let (jwt, _) = probe(&server).await;
            let ended = server.bearing(format!("Bearer {jwt}")).ask(method, path).send().await;
            assert!(ended.status.is_success(), "{ended}");
            assert_eq!(by_bearer(&server, &jwt).await, 401);
            assert_eq!(open(&server, &token, &session).await, (left, left), "{scope} {path}");
        }
    }
}

/// contracts 8.8: signing out by one door leaves probe's sessions and API tokens alone, and the other way round.
#[tokio::test]
async fn signing_out_leaves_other_doors_alone() {
    let server = house("").await;
    let (token, session) = (token(&server).await, session(&server).await);
    let (jwt, api_token) = probe(&server).await;
    by_token(&server, &token, "POST", "/auth/logoutall/").await;
    by_session(&server, &session, "DELETE", "/api/v1/auth/").await;
    assert_eq!((by_bearer(&server, &jwt).await, by_bearer(&server, &api_token).await), (200, 200));
    let (token, session) = (self::token(&server).await, self::session(&server).await);
    server.bearing(format!("Bearer {jwt}")).ask("DELETE", "/frontend/api/v1/auth/sign-out").send().await;
    assert_eq!((by_bearer(&server, &jwt).await, by_bearer(&server, &api_token).await), (401, 200));
    assert_eq!(open(&server, &token, &session).await, (true, true));
}

/// design, "Decided once": a password restored by probe ends what every door has opened.
#[tokio::test]
async fn a_restored_password_ends_everything() {
    let server = house("").await;
    let (token, session) = (token(&server).await, session(&server).await);
    let (jwt, api_token) = probe(&server).await;
    let post = |path: &str, body: Value| {
        let ask = server.anonymous().post(path).header("x-recaptcha-token", "answer").json(&body);
        async move { ask.send().await.json() }
    };
    post("/frontend/api/v1/auth/password-restore", json!({"email": "john@example.org"})).await;
    let mails = server.mails().await;
    let mailed = mails[0].token.as_ref().expect("a token").secret.expose().to_owned();
    let verify = json!({"password-restore-token": mailed});
    let update =
        post("/frontend/api/v1/auth/password-restore-verify", verify).await["password-update-token"].clone();
    let body = json!({"password-update-token": update, "new-password": "battery staple"});
    let set =
        server.anonymous().ask("PUT", "/frontend/api/v1/auth/current/password").json(&body).send().await;
    assert_eq!(set.status, 204, "{set}");
    assert_eq!(open(&server, &token, &session).await, (false, false));
    assert_eq!((by_bearer(&server, &jwt).await, by_bearer(&server, &api_token).await), (401, 401));
}

/// Suspension, and the operator's other words, hold by every door.
/// security 2, no. 27.
#[tokio::test]
async fn what_the_operator_ends_is_ended_by_every_door() {
    let (server, provider) = house_with_provider("").await;
    let john = server.identity.accounts.find("john").await.expect("john");
    let (token, session) = (token(&server).await, session(&server).await);
    let (arena_session, arena_token) = bixarena(&server, &provider).await;
    let (vault_session, key) = trieve(&server, &provider).await;
    server.identity.accounts.suspend(&server.operator(), &john).await.expect("suspended");
    assert_eq!(vault(&server, &vault_session, &key).await, (false, false));
    assert_eq!(open(&server, &token, &session).await, (false, false));
    assert_eq!(arena(&server, &arena_session, &arena_token).await, (false, false));
    server.identity.accounts.activate(&server.operator(), &john).await.expect("active");
    assert_eq!(vault(&server, &vault_session, &key).await, (false, true), "a key is refused while suspended");
    assert_eq!(open(&server, &token, &session).await, (false, false));
    assert_eq!(arena(&server, &arena_session, &arena_token).await, (false, false));

    let (token, session) = (self::token(&server).await, self::session(&server).await);
    probe(&server).await;
    let (arena_session, arena_token) = bixarena(&server, &provider).await;
    let (vault_session, key) = trieve(&server, &provider).await;
    let sessions =
        server.identity.sessions.list(&server.operator(), john.number, false).await.expect("a list");
    let mut doors: Vec<&str> = sessions.iter().map(|session| session.door.as_str()).collect();
    doors.sort_unstable();
    assert_eq!(doors, ["bixarena", "knox", "probe", "syntho", "trieve"]);
    server.identity.sessions.end_all_of(&server.operator(), &john).await.expect("ended");
    assert_eq!(open(&server, &token, &session).await, (false, false));
    assert_eq!(arena(&server, &arena_session, &arena_token).await, (false, false));
    assert_eq!(vault(&server, &vault_session, &key).await, (false, true));
}

/// Failures are counted for the account, not for the door.
#[tokio::test]
async fn guesses_by_one_door_count_at_the_other() {
    let server = house("").await;
    let wrong = json!({"email": "john@example.org", "password": "wrong one"});
    for _ in 0..5 {
        assert_eq!(server.anonymous().post("/api/v1/auth/").json(&wrong).send().await.status, 400);
    }
    let login = json!({"username": "john", "password": PASSWORD});
    assert_eq!(server.anonymous().post("/auth/login/").json(&login).send().await.status, 429);
    let by_probe = server.anonymous().post("/frontend/api/v1/auth/sign-in").json(&form());
    assert_eq!(by_probe.send().await.status, 429);
}
