//! security 2, no. 19: every way in is listed, and each cell of the table of `vestibule dialects --controls` is what a
//! server does. The server is asked at every door; what it answers is compared with the table.

use std::collections::BTreeSet;

use dialects::{bixarena, knox, native, probe, syntho, trieve};
use identity::audit::EventKind;
use identity::session::Session;
use identity::{PasswordSignIn, Surface};
use serde_json::{Value, json};
use server::config::{Config, duration, parse};
use server::controls::{Kind, NOTHING, Row, WAYS, table};
use server::mount::{DIALECTS, Entry};
use testkit::{Answer, CHEAP_HASHES, TestServer};
use url::form_urlencoded::Serializer;

use super::browser::Browser;

const PASSWORD: &str = "a long correct password";
/// As long as the doors want one.
const WRONG: &str = "a long wrong password";
const EVIL: &str = "https://evil.example";
const FRIEND: &str = "https://app.example";
/// Limits that are reached soon, and one door that has friends.
const SETTINGS: &str = "[limits]\naccount_failures_free = 3\naddress_failures_per_hour = 7\nbody_bytes = 4096\n\
                        [dialects.probe]\nallowed_origins = [\"https://app.example\"]\nsign_up = true\n\
                        [dialects.knox]\ntoken_ttl = \"10h\"\ntoken_limit_per_user = 2\n";

fn config(settings: &str) -> Config {
    parse("test", settings, []).expect("good settings").config
}

fn row<'a>(rows: &'a [Row], control: &str) -> &'a Row {
    rows.iter().find(|row| row.control == control).expect(control)
}

fn cell(rows: &[Row], control: &str, door: &str) -> String {
    row(rows, control).at(door).expect("every door stands in every row").to_owned()
}

fn names() -> Vec<&'static str> {
    DIALECTS.iter().map(|entry| entry.dialect.name).collect()
}

/// Every spelling of a name and a password that some door knows.
fn spellings(name: &str, password: &str) -> [Value; 3] {
    let email = format!("{name}@example.org");
    [
        json!({"username": name, "password": password}),
        json!({"email": email, "password": password}),
        json!({"identifier": name, "password": password}),
    ]
}

fn form(fields: &Value) -> String {
    let fields = fields.as_object().expect("an object");
    let pairs = fields.iter().map(|(name, value)| (name.as_str(), value.as_str().expect("a text")));
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// A path that the router sends to the route of this one.
fn concrete(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "0" } else { part }).collect::<Vec<_>>().join("/")
}

async fn house(settings: &str) -> TestServer {
    let server = TestServer::with(settings);
    server.user("john", PASSWORD).await;
    server
}

/// A login by one of the listed routes.
async fn log_in(server: &TestServer, door: &str, path: &str, name: &str, password: &str) -> Answer {
    if path == "/login" {
        return Browser::new(server).sign_in(name, password).await;
    }
    let [by_username, by_email, by_identifier] = spellings(name, password);
    let body = match door {
        "knox" => by_username,
        "native" => by_identifier,
        _ => by_email,
    };
    server.anonymous().post(path).json(&body).send().await
}

fn ways(kind: Kind) -> impl Iterator<Item = (&'static str, &'static str)> {
    WAYS.iter().filter(move |way| way.kind == kind).map(|way| (way.door, way.path))
}

/// How often somebody has signed in by a door.
async fn logins(server: &TestServer, door: &str) -> usize {
    let by_door = |event: &&identity::audit::Event| {
        event.kind == EventKind::SignedIn && event.door.as_ref().is_some_and(|theirs| theirs.as_str() == door)
    };
    server.events().await.iter().filter(by_door).count()
}

#[tokio::test]
async fn every_route_that_takes_a_name_and_a_password_is_listed() {
    let server = house("").await;
    let mut found = BTreeSet::new();
    for entry in DIALECTS {
        let dialect = entry.dialect;
        for endpoint in dialect.endpoints {
            for method in
                endpoint.allow.split(", ").filter(|method| ["POST", "PUT", "PATCH"].contains(method))
            {
                for body in spellings("john", PASSWORD) {
                    let before = logins(&server, dialect.name).await;
                    let ask = || server.anonymous().ask(method, &concrete(endpoint.path));
                    ask().json(&body).send().await;
                    ask().body("application/x-www-form-urlencoded", form(&body)).send().await;
                    if logins(&server, dialect.name).await > before {
                        found.insert((dialect.name, endpoint.path));
                    }
                }
            }
        }
    }
    // A page is no endpoint of a dialect.
    let listed: BTreeSet<_> = ways(Kind::Password).filter(|(_, path)| *path != "/login").collect();
    assert_eq!(found, listed);
    for way in WAYS.iter().filter(|way| way.path != "/login") {
        let entry = DIALECTS.iter().find(|entry| entry.dialect.name == way.door).expect("a door");
        assert!(entry.dialect.endpoints.iter().any(|endpoint| endpoint.path == way.path), "{way:?}");
    }
}

/// Row "captcha": without an answer to one, these routes and no others ask for it.
#[tokio::test]
async fn every_route_that_asks_for_a_captcha_is_listed() {
    let server = house(SETTINGS).await;
    let mut found = BTreeSet::new();
    for entry in DIALECTS {
        for (method, path) in changing(entry) {
            let answer = server.anonymous().ask(method, &path).json(&json!({})).send().await;
            if answer.body.to_ascii_lowercase().contains("captcha") {
                found.insert((entry.dialect.name, path));
            }
        }
    }
    let listed: BTreeSet<_> = ways(Kind::Captcha).map(|(door, path)| (door, path.to_owned())).collect();
    assert_eq!(found, listed);
    let configured = "[captcha]\nverify_url = \"https://captcha.example/verify\"\nsecret = \"s\"\n";
    let cells =
        |settings| table(&config(settings)).into_iter().find(|row| row.control == "captcha").expect("a row");
    assert_eq!(cells("").at("probe"), Some("not configured"));
    assert!(cells(configured).at("probe").is_some_and(|cell| cell.contains("/auth/sign-up")));
    assert_eq!(cells(configured).at("knox"), Some(NOTHING));
}

#[test]
fn every_row_has_every_door() {
    let rows = table(&config(""));
    for row in &rows {
        assert_eq!(row.doors.iter().map(|(door, _)| *door).collect::<Vec<_>>(), names(), "{}", row.control);
    }
    let controls: BTreeSet<&str> = rows.iter().map(|row| row.control).collect();
    assert_eq!(controls.len(), rows.len());
}

/// "failures of an account": the right password waits as well once as many wrong ones were told.
#[tokio::test]
async fn failures_of_an_account_are_counted_at_every_way_in() {
    let rows = table(&config(SETTINGS));
    for (door, path) in ways(Kind::Password) {
        let server = house(SETTINGS).await;
        let mut told = 0;
        while log_in(&server, door, path, "john", WRONG).await.status != 429 {
            told += 1;
            assert!(told < 50, "{path} counts nothing");
        }
        assert_eq!(log_in(&server, door, path, "john", PASSWORD).await.status, 429, "{path}");
        assert_eq!(cell(&rows, "failures of an account", door), format!("{told} free, then waits"), "{path}");
    }
}

/// "failures of an address", at as many accounts.
#[tokio::test]
async fn failures_of_an_address_are_counted_at_every_way_in() {
    let rows = table(&config(SETTINGS));
    for (door, path) in ways(Kind::Password) {
        let server = house(SETTINGS).await;
        let mut told = 0;
        while log_in(&server, door, path, &format!("nobody{told}"), WRONG).await.status != 429 {
            told += 1;
            assert!(told < 50, "{path} counts nothing");
        }
        assert_eq!(cell(&rows, "failures of an address", door), format!("{told} an hour"), "{path}");
    }
}

/// Rows "suspended user", "must change password", "audit trail", "answers kept", "cookie".
#[tokio::test]
async fn a_login_is_what_the_table_says_at_every_way_in() {
    let blocking = format!("[password]\n{CHEAP_HASHES}must_change_blocks = true\n");
    for (settings, site) in
        [("", "http"), (blocking.as_str(), "http"), ("public_url = \"https://login.example\"\n", "https")]
    {
        let rows = table(&config(settings));
        for (door, path) in ways(Kind::Password).filter(|(_, path)| site == "http" || *path != "/login") {
            let server = house(settings).await;
            server.user_with("ann", PASSWORD, |account| account.must_change_password = true).await;
            let bob = server.user("bob", PASSWORD).await;
            server.identity.accounts.suspend(&server.operator(), &bob).await.expect("suspended");

            let good = log_in(&server, door, path, "john", PASSWORD).await;
            assert!(good.status.is_success() || good.status == 303, "{good}");
            assert_eq!(logins(&server, door).await, 1, "{path}");
            assert_eq!(cell(&rows, "audit trail", door), "every login");
            assert_eq!(good.header("cache-control"), Some("no-store"), "{path}");
            assert_eq!(cell(&rows, "answers kept", door), "never");
            assert_eq!(seen_of_cookies(&good, door), cell(&rows, "cookie", door), "{path}");

            assert!(log_in(&server, door, path, "bob", PASSWORD).await.status.is_client_error(), "{path}");
            assert_eq!(cell(&rows, "suspended user", door), "refused");

            let must_change = log_in(&server, door, path, "ann", PASSWORD).await;
            let told =
                ["new_password_required\":true", "must_change_password\":true", "\"must_change\":true"];
            let seen = match must_change.status.as_u16() {
                303 if must_change.header("location").is_some_and(|to| to.contains("/account/password")) => {
                    "told"
                }
                303 => "let in",
                200..300 if told.iter().any(|told| must_change.body.contains(told)) => "told",
                200..300 => "let in",
                _ => "refused",
            };
            assert_eq!(seen, cell(&rows, "must change password", door), "{path}: {must_change}");
        }
    }
}

/// The cookie of a door in an answer, as the table spells it.
fn seen_of_cookies(answer: &Answer, door: &str) -> String {
    let entry = DIALECTS.iter().find(|entry| entry.dialect.name == door).expect("a door");
    let cookies = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().expect("text"));
    let ours = cookies.map(|cookie| cookie.split("; ").collect::<Vec<_>>()).find(|parts| {
        let name = parts[0].split('=').next().expect("a name");
        entry.dialect.cookies.contains(&name)
    });
    let Some(parts) = ours else { return NOTHING.to_owned() };
    let name = parts[0].split('=').next().expect("a name");
    let flags = ["HttpOnly", "SameSite=Lax", "Secure"].into_iter().filter(|flag| parts.contains(flag));
    std::iter::once(name).chain(flags).collect::<Vec<_>>().join("; ")
}

/// The cookie of doors without a password is that of a login under way, which is written in the same way.
#[tokio::test]
async fn the_cookies_of_doors_that_send_people_elsewhere_are_as_the_table_says() {
    for settings in ["", "public_url = \"https://login.example\"\n"] {
        let (server, rows) = (house(settings).await, table(&config(settings)));
        for (door, start) in [("bixarena", "/v1/auth/oidc/start"), ("trieve", "/api/auth")] {
            let answer = server.anonymous().get(start).send().await;
            assert_eq!(seen_of_cookies(&answer, door), cell(&rows, "cookie", door), "{answer}");
            let location = answer.header("location").expect("it leads to our page");
            assert!(location.contains("/login?continue="), "{location}");
            assert_eq!(cell(&rows, "sent to our page", door), "yes");
        }
    }
}

fn changing(entry: &Entry) -> impl Iterator<Item = (&'static str, String)> {
    entry.dialect.endpoints.iter().flat_map(|endpoint| {
        let methods =
            endpoint.allow.split(", ").filter(|method| !["GET", "HEAD", "OPTIONS", "TRACE"].contains(method));
        methods.map(|method| (method, concrete(endpoint.path)))
    })
}

/// Row "foreign page", at every route that changes something and with every cookie of the door.
#[tokio::test]
async fn a_foreign_page_changes_nothing_where_the_table_says_so() {
    let (server, rows) = (house("").await, table(&config("")));
    for entry in DIALECTS {
        let dialect = entry.dialect;
        let mut refused = BTreeSet::new();
        for (method, path) in changing(entry) {
            for cookie in dialect.cookies.iter().copied().chain(dialect.cookies.is_empty().then_some("any")) {
                let ask = server.anonymous().ask(method, &path).header("origin", EVIL);
                let answer = ask.header("cookie", format!("{cookie}=0123456789abcdef")).send().await;
                refused.insert(answer.fault == Some("cross_site"));
            }
        }
        let seen = match refused.into_iter().collect::<Vec<_>>().as_slice() {
            [true] => "changes nothing",
            [false] => "no cookie to misuse",
            _ => "refused here and there",
        };
        assert_eq!(cell(&rows, "foreign page", dialect.name), seen, "{}", dialect.name);
    }
}

/// Row "CORS", at every endpoint.
#[tokio::test]
async fn pages_of_the_listed_origins_read_the_answers_and_no_others() {
    let (server, rows) = (house(SETTINGS).await, table(&config(SETTINGS)));
    for entry in DIALECTS {
        let name = entry.dialect.name;
        for endpoint in entry.dialect.endpoints {
            let method = endpoint.allow.split(", ").next().expect("a method");
            let mut readers = Vec::new();
            for origin in [FRIEND, EVIL] {
                let ask = server.anonymous().ask(method, &concrete(endpoint.path)).header("origin", origin);
                let answer = ask.send().await;
                match answer.header("access-control-allow-origin") {
                    Some(reader) => readers.push(reader.to_owned()),
                    None => assert_eq!(answer.header("access-control-allow-credentials"), None),
                }
            }
            let seen = if readers.is_empty() { "own pages only".to_owned() } else { readers.join(", ") };
            assert_eq!(cell(&rows, "CORS", name), seen, "{}", endpoint.path);
        }
    }
}

/// Row "largest body", at every way in and at the routes of `trieve`, which reads bodies of those it knows only.
#[tokio::test]
async fn a_larger_body_is_refused_where_bodies_are_read() {
    let (server, rows) = (house(SETTINGS).await, table(&config(SETTINGS)));
    let vault = format!("vault={}", signed_in(&server, &trieve::SURFACE).await);
    let routes = ways(Kind::Password).chain([("trieve", "/api/user/api_key"), ("trieve", "/api/invitation")]);
    for (door, path) in routes.filter(|(_, path)| *path != "/login") {
        let limit: usize = cell(&rows, "largest body", door)
            .strip_suffix(" bytes")
            .expect("bytes")
            .parse()
            .expect("a number");
        let status = async |size: usize| {
            let body = format!("{{\"x\":\"{}\"}}", "x".repeat(size - 8));
            server
                .anonymous()
                .post(path)
                .header("cookie", &vault)
                .json_text(body)
                .send()
                .await
                .status
                .as_u16()
        };
        assert_ne!(status(limit).await, 413, "{path}");
        assert_eq!(status(limit + 1).await, 413, "{path}");
    }
}

async fn signed_in(server: &TestServer, surface: &Surface) -> String {
    let (name, password) = ("john".to_owned(), PASSWORD.to_owned());
    let command = PasswordSignIn { name, password, presented: None, end_others: false };
    let opened =
        server.identity.sign_in.with_password(&server.visitor(&surface.door), surface, command).await;
    opened.expect("a session").secret.expose().to_owned()
}

/// Rows "suspended user" and "answers kept", at every door: a live session is worth nothing any more.
#[tokio::test]
async fn the_session_of_a_suspended_user_is_refused_at_every_door() {
    let (server, settings) = (house("").await, config(""));
    let rows = table(&settings);
    let asks = [
        ("knox", "authorization", "Token ", "/auth/user/"),
        ("syntho", "cookie", "sessionid=", "/api/v1/users/me/"),
        ("probe", "authorization", "Bearer ", "/frontend/api/v1/auth/session"),
        ("bixarena", "cookie", "JSESSIONID=", "/v1/userinfo"),
        ("trieve", "cookie", "vault=", "/api/auth/me"),
        ("native", "cookie", "vestibule=", "/id/v1/me"),
    ];
    assert_eq!(asks.map(|(door, ..)| door).to_vec(), names());
    let mut held = Vec::new();
    for (entry, (door, header, prefix, path)) in DIALECTS.iter().zip(asks) {
        let secret = signed_in(&server, &(entry.surface)(&settings)).await;
        held.push((door, header, format!("{prefix}{secret}"), path));
    }
    let statuses = async || {
        let mut statuses = Vec::new();
        for (door, header, value, path) in &held {
            let answer = server.anonymous().get(path).header(header, value).send().await;
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{door}");
            assert_eq!(cell(&rows, "answers kept", door), "never");
            statuses.push(answer.status.as_u16());
        }
        statuses
    };
    assert_eq!(statuses().await, [200; 6]);
    let john = server.identity.accounts.find("john").await.expect("john");
    server.identity.accounts.suspend(&server.operator(), &john).await.expect("suspended");
    for (status, name) in statuses().await.into_iter().zip(names()) {
        assert!((400..500).contains(&status), "{name}: {status}");
        assert_eq!(cell(&rows, "suspended user", name), "refused");
    }
}

/// Rows "session unused", "session at most", "sessions of a user": what the ledger holds of a login.
#[tokio::test]
async fn sessions_live_as_long_as_the_table_says() {
    for settings in ["", SETTINGS] {
        let (server, rows) = (house(settings).await, table(&config(settings)));
        for (door, path) in ways(Kind::Password).filter(|(_, path)| *path != "/login") {
            let body = match door {
                "probe" => {
                    json!({"email": "john@example.org", "password": PASSWORD, "long-term-token": true})
                }
                "knox" => json!({"username": "john", "password": PASSWORD}),
                "native" => json!({"identifier": "john", "password": PASSWORD}),
                _ => json!({"email": "john@example.org", "password": PASSWORD}),
            };
            let answer = server.anonymous().post(path).json(&body).send().await;
            assert!(answer.status.is_success(), "{answer}");
        }
        let john = server.identity.accounts.find("john").await.expect("john").number;
        let sessions =
            server.identity.sessions.list(&server.operator(), john, false).await.expect("sessions");
        let life = |session: &Session, end: Option<identity::Timestamp>| {
            end.map_or_else(|| "any time".to_owned(), |end| duration::format(end.since(session.created)))
        };
        for door in ["knox", "syntho", "probe", "native"] {
            let session = sessions.iter().find(|session| session.door.as_str() == door).expect("a session");
            assert_eq!(life(session, session.idle_end), cell(&rows, "session unused", door), "{door}");
            assert_eq!(life(session, session.absolute_end), cell(&rows, "session at most", door), "{door}");
        }
        let limit = cell(&rows, "sessions of a user", "knox");
        let third =
            server.anonymous().post("/auth/login/").json(&spellings("john", PASSWORD)[0]).send().await;
        assert_eq!(third.status.is_success(), limit == "any number", "two live already: {limit}");
    }
}

/// Row "password policy": a password that everybody tries first is refused by every route that takes a new one.
#[tokio::test]
async fn weak_passwords_are_refused_wherever_a_new_one_is_taken() {
    let (server, rows) = (house(SETTINGS).await, table(&config(SETTINGS)));
    let weak = "password1";
    let knows = |door| cell(&rows, "password policy", door);
    let syntho = format!("sessionid={}", signed_in(&server, &syntho::SURFACE).await);
    let native = format!("vestibule={}", signed_in(&server, &native::SURFACE).await);
    let probe_entry = DIALECTS.iter().find(|entry| entry.dialect.name == "probe").expect("probe");
    let jwt = signed_in(&server, &(probe_entry.surface)(&config(SETTINGS))).await;
    let change =
        |new: &str| json!({"old_password": PASSWORD, "new_password": new, "end_other_sessions": false});
    let asks = [
        (
            "syntho",
            server
                .anonymous()
                .post("/api/v1/users/me/password/")
                .header("cookie", &syntho)
                .json(&change(weak)),
        ),
        ("native", server.anonymous().post("/id/v1/password").header("cookie", &native).json(&change(weak))),
        (
            "probe",
            server
                .bearing(format!("Bearer {jwt}"))
                .ask("PUT", "/frontend/api/v1/auth/current/password")
                .json(&json!({"old-password": PASSWORD, "new-password": weak})),
        ),
        (
            "probe",
            server
                .anonymous()
                .post("/frontend/api/v1/auth/sign-up")
                .header("x-recaptcha-token", "answer")
                .json(&json!({"email": "eve@example.org", "password": weak, "first-name": "Eve", "last-name": "de Vries"})),
        ),
    ];
    for (door, ask) in asks {
        let answer = ask.send().await;
        assert!(answer.status.is_client_error() && answer.status != 401, "{door}: {answer}");
        assert_eq!(answer.fault, Some("password_weak"), "{door}: {answer}");
        assert_eq!(knows(door), "8 characters, strength 3");
    }
    for door in [knox::DIALECT.name, trieve::DIALECT.name, bixarena::DIALECT.name] {
        assert_eq!(knows(door), NOTHING);
    }
    assert_ne!(knows(probe::DIALECT.name), NOTHING);
}
