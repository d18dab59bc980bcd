//! `/setup` as a browser without scripts sees it: the form, what comes of it, and that it is over with the first user.

use std::time::Duration;

use testkit::{Answer, TestServer};

const FORM: &str = "application/x-www-form-urlencoded";
const PASSWORD: &str = "correct horse";

/// A server as it is after its start on an empty database.
async fn fresh() -> TestServer {
    let server = TestServer::start();
    server.identity.adopt_master_key().await.expect("a new database");
    server
}

fn ticket(server: &TestServer) -> String {
    server.identity.accounts.set_up_ticket(server.operator().now).expose().to_owned()
}

/// A browser that has opened the page.
struct Browser<'a> {
    server: &'a TestServer,
    cookie: String,
    token: String,
}

impl<'a> Browser<'a> {
    async fn open(server: &'a TestServer) -> Self {
        let page = server.anonymous().get("/setup").send().await;
        assert_eq!(page.status.as_u16(), 200, "{}", page.body);
        let cookie =
            page.header("set-cookie").expect("a browser is known").split(';').next().expect("a pair");
        let (_, token) = page.body.split_once("name=\"form_token\" value=\"").expect("a signed form");
        let token = token.split('"').next().expect("a token").to_owned();
        Self { server, cookie: cookie.to_owned(), token }
    }

    /// Sends the form, with these fields changed.
    async fn send(&self, code: &str, changed: &[(&str, &str)]) -> Answer {
        let mut fields = vec![
            ("form_token", self.token.as_str()),
            ("code", code),
            ("username", "ann"),
            ("email", ""),
            ("name", ""),
            ("password", PASSWORD),
        ];
        for (name, value) in changed {
            fields.retain(|(theirs, _)| theirs != name);
            fields.push((name, value));
        }
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| {
                let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
                format!("{name}={value}")
            })
            .collect();
        self.server
            .anonymous()
            .post("/setup")
            .header("cookie", &self.cookie)
            .header("origin", "http://127.0.0.1:8080")
            .header("sec-fetch-site", "same-origin")
            .body(FORM, body.join("&"))
            .send()
            .await
    }
}

/// The sentence beside a field.
fn complaint<'a>(page: &'a Answer, field: &str) -> Option<&'a str> {
    let (_, rest) = page.body.split_once(&format!("id=\"{field}-error\">"))?;
    rest.split('<').next()
}

#[tokio::test]
async fn the_form_makes_an_administrator_once() {
    let server = fresh().await;
    let ticket = ticket(&server);
    let (ann, bob) = (Browser::open(&server).await, Browser::open(&server).await);
    let email = [("email", " ann@example.org "), ("name", " Ann Lee ")];
    let made = ann.send(&ticket, &email).await;
    assert_eq!(made.status.as_u16(), 200, "{}", made.body);
    assert!(made.body.contains("You are the administrator") && made.body.contains("ann"), "{}", made.body);
    assert!(made.body.contains("href=\"/login\""), "it leads on to a login: {}", made.body);
    let user = server.identity.accounts.find("ann").await.expect("a user");
    assert_eq!(
        (user.role.as_str(), user.email.as_deref(), user.email_verified, user.name.as_str()),
        ("admin", Some("ann@example.org"), false, "Ann Lee")
    );

    let late = bob.send(&ticket, &[("username", "bob")]).await;
    assert_eq!((late.status.as_u16(), late.fault), (410, Some("ticket_invalid")));
    let page = server.anonymous().get("/setup").send().await;
    assert_eq!(page.status.as_u16(), 410);
    assert!(page.body.contains("This server is set up") && page.body.contains("href=\"/\""), "{}", page.body);
    assert!(!page.body.contains("<form") && !page.body.contains("<script"), "{}", page.body);
}

/// Who pastes by hand takes more along than the code.
#[tokio::test]
async fn a_whole_link_is_taken_for_its_code() {
    let server = fresh().await;
    let link = format!(" http://127.0.0.1:8080/setup#{}\n", ticket(&server));
    let made = Browser::open(&server).await.send(&link, &[]).await;
    assert_eq!(made.status.as_u16(), 200, "{}", made.body);
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_the_password_is_never_sent_back() {
    let server = fresh().await;
    let browser = Browser::open(&server).await;
    let code = ticket(&server);
    let long = "x".repeat(4097);
    for (field, value, expected) in [
        ("code", "0", "This code is not good."),
        ("code", "", "This code is not good."),
        ("username", "", "A username has no blanks and is not a number."),
        ("username", "ann lee", "A username has no blanks and is not a number."),
        ("username", "42", "A username has no blanks and is not a number."),
        ("email", "ann", "This is not an e-mail address."),
        ("password", "short", "This password is too short."),
        ("password", "password1", "Too many people have this password"),
        ("password", "ann-lee-2024", "This password is made of names"),
        ("password", "correcthorse", "This password is easy to guess."),
        ("password", &long, "This password is too long."),
    ] {
        let page = browser.send(&code, &[("name", "Ann \"Lee\""), (field, value)]).await;
        assert_eq!(page.status.as_u16(), 400, "{field}");
        let told = complaint(&page, field).unwrap_or_else(|| panic!("{field}: {}", page.body));
        assert!(told.starts_with(expected), "{field}: {told}");
        assert_eq!(page.body.matches("-error\">").count(), 1, "nothing else is wrong: {}", page.body);
        assert!(page.body.contains("value=\"Ann &#34;Lee&#34;\""), "{}", page.body);
        assert!(!page.body.contains(PASSWORD) && !page.body.contains("value=\"short\""), "{}", page.body);
        if field != "code" {
            assert!(page.body.contains(&format!("value=\"{code}\"")), "{}", page.body);
        }
    }
    assert!(server.events().await.is_empty());
    assert_eq!(browser.send(&code, &[]).await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_code_of_an_hour_ago_is_told_to_be_old() {
    let server = fresh().await;
    let browser = Browser::open(&server).await;
    let code = ticket(&server);
    server.advance(Duration::from_hours(1));
    let page = browser.send(&code, &[]).await;
    assert_eq!((page.status.as_u16(), page.fault), (400, Some("ticket_invalid")));
    assert!(complaint(&page, "code").expect("a sentence").contains("restart the server"), "{}", page.body);
}

/// A page of another site cannot send it, nor can another browser than the one it was made for.
#[tokio::test]
async fn only_the_browser_that_has_the_form_sends_it() {
    let server = fresh().await;
    let code = ticket(&server);
    let mut browser = Browser::open(&server).await;
    let own = std::mem::replace(&mut browser.cookie, Browser::open(&server).await.cookie);
    let other = browser.send(&code, &[]).await;
    assert_eq!((other.status.as_u16(), other.fault), (403, Some("form_token_invalid")));
    browser.cookie = own;
    assert_eq!(browser.send(&code, &[("form_token", "x")]).await.status.as_u16(), 403);
    assert!(server.identity.accounts.is_empty().await.expect("an answer"));
    assert_eq!(browser.send(&code, &[]).await.status.as_u16(), 200);
}

/// security 2, no. 34: one script of our own and nothing else; no address leaves, and nothing is kept.
#[tokio::test]
async fn the_page_allows_its_one_script() {
    let server = fresh().await;
    let page = server.anonymous().get("/setup").send().await;
    assert_eq!(
        page.header("content-security-policy"),
        Some(
            "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        )
    );
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("referrer-policy"), Some("same-origin"));
    let scripts: Vec<&str> = page.body.split("<script").skip(1).collect();
    let [script] = scripts[..] else { panic!("{}", page.body) };
    let path = script.split('"').nth(1).expect("a path");
    assert!(script.starts_with(" src=\"/assets/setup."), "{script}");
    let file = server.anonymous().get(path).send().await;
    assert_eq!(file.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert!(file.body.contains("history.replaceState"));
}

#[tokio::test]
async fn there_is_nothing_to_set_up_where_passwords_are_not_taken() {
    let settings = format!("[password]\n{}sign_in = false\n", testkit::CHEAP_HASHES);
    let server = TestServer::with(&settings);
    let page = server.anonymous().get("/setup").send().await;
    assert_eq!(page.status.as_u16(), 403);
    assert!(page.body.contains("Nobody signs in with a password on this server."), "{}", page.body);
}
