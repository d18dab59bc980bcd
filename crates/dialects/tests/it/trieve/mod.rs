//! The trieve dialect, clause by clause of its contract; each test names its clause. The provider is a real one, on a
//! port of this machine.

mod browser;
mod callback;
mod callback_refused;
mod carriers;
mod invitations;
mod joining;
mod logout;
mod me;
mod organization_keys;
mod places;
mod session;
mod silence;
mod start;
mod tenant;
mod user_keys;

use serde_json::{Value, json};
use testkit::provider::{Callback, Person, TestProvider};
use testkit::{Answer, Ask, TestServer};
use web::Clock as _;

const START: &str = "/api/auth";
const CALLBACK: &str = "/api/auth/callback";
const ME: &str = "/api/auth/me";
const USER_KEYS: &str = "/api/user/api_key";
const ORGANIZATION_KEYS: &str = "/api/organization/api_key";
const INVITATION: &str = "/api/invitation";

/// Where the server believes itself to be.
const SITE: &str = "http://127.0.0.1:8080";
const DEPLOYED: &str = "wire = \"deployed\"\n";
/// A front end of somebody's.
const APP: &str = "https://app.example";
/// A UUID that is nobody's.
const NOBODYS: &str = "01890000-0000-7000-8000-000000000000";

/// A server, and the one provider that it has.
struct House {
    server: TestServer,
    provider: TestProvider,
}

async fn house() -> House {
    house_with("").await
}

/// One with these lines in its section.
async fn house_with(section: &str) -> House {
    house_at("", section, "").await
}

/// One with these lines before all sections, in the dialect's own, and in the provider's. People may be led to [`APP`].
async fn house_at(top: &str, section: &str, provider_section: &str) -> House {
    let provider = TestProvider::start().await;
    let provider_section = format!("{}{provider_section}", provider.settings("acme"));
    let places = if top.contains("return_urls") { String::new() } else { format!("return_urls = [{APP:?}]") };
    let server = TestServer::with(&format!(
        "{places}\n{top}\n[dialects.bixarena]\nalgorithm = \"EdDSA\"\n[dialects.trieve]\n{section}\n\
         {provider_section}"
    ));
    let clock = server.clock.clone();
    provider.follow(move || clock.now());
    House { server, provider }
}

/// A browser that was sent to the provider.
struct Browser {
    location: String,
    /// The value of `vault`.
    secret: String,
}

impl House {
    async fn begin(&self) -> Browser {
        self.begin_at(START).await
    }

    async fn begin_at(&self, path: &str) -> Browser {
        let answer = self.server.anonymous().get(path).send().await;
        Browser { location: location(&answer), secret: secret(&answer) }
    }

    /// Somebody signs in at the provider, and the browser comes back.
    async fn come_back(&self, browser: &Browser, subject: &str) -> Answer {
        self.come_back_as(browser, &Person::new(subject)).await
    }

    async fn come_back_as(&self, browser: &Browser, person: &Person) -> Answer {
        let back = self.provider.login(&browser.location, person);
        self.bring(&browser.secret, &back).send().await
    }

    /// A browser with this cookie brings this answer of the provider's.
    fn bring(&self, secret: &str, back: &Callback) -> Ask<'_> {
        self.ask(secret, "GET", &format!("{CALLBACK}?{}", back.query()))
    }

    /// A session of whoever has this subject at the provider.
    async fn session(&self, subject: &str) -> String {
        let answer = self.come_back(&self.begin().await, subject).await;
        assert_eq!(answer.status, 200, "{answer}");
        secret(&answer)
    }

    fn ask(&self, secret: &str, method: &str, path: &str) -> Ask<'_> {
        with_cookie(&self.server, secret, method, path)
    }

    /// The status of `me` by this cookie: 200, or 400 for nobody.
    async fn opens(&self, secret: &str) -> bool {
        is_known(&self.ask(secret, "GET", ME).send().await)
    }

    /// Whether this key opens anything.
    async fn bears(&self, key: &str) -> bool {
        is_known(&self.server.bearing(key).get(ME).send().await)
    }

    /// Who this session is.
    async fn me(&self, secret: &str) -> Value {
        let answer = self.ask(secret, "GET", ME).send().await;
        assert_eq!(answer.status, 200, "{answer}");
        answer.json()
    }

    /// The oldest organization of whoever this session is.
    async fn organization(&self, secret: &str) -> String {
        text(&self.me(secret).await["orgs"][0]["id"])
    }

    /// A key made by this session.
    async fn key(&self, secret: &str, body: Value) -> String {
        let answer = self.ask(secret, "POST", USER_KEYS).json(&body).send().await;
        assert_eq!(answer.status, 200, "{answer}");
        text(&answer.json()["api_key"])
    }

    /// A key of this organization's, made by this session.
    async fn organization_key(&self, secret: &str, organization: &str, body: Value) -> String {
        let ask = self.ask(secret, "POST", ORGANIZATION_KEYS).header("tr-organization", organization);
        let answer = ask.json(&body).send().await;
        assert_eq!(answer.status, 200, "{answer}");
        text(&answer.json()["api_key"])
    }

    /// Invites `{name}@example.org`, and reads the code in the message.
    async fn invited(&self, secret: &str, organization: &str, name: &str, role: i64) -> String {
        let body = invite(organization, &format!("{name}@example.org"), role);
        let answer = self.ask(secret, "POST", INVITATION).json(&body).send().await;
        assert_eq!(answer.status, 204, "{answer}");
        let mail = self.server.mails().await.pop().expect("a message");
        mail.token.expect("a code").secret.expose().to_owned()
    }

    /// A session of somebody who followed an invitation with this role.
    async fn member(&self, owner: &str, organization: &str, name: &str, role: i64) -> String {
        let code = self.invited(owner, organization, name, role).await;
        let browser = self.begin_at(&format!("{START}?inv_code={code}")).await;
        let answer = self.come_back(&browser, name).await;
        assert_eq!(answer.status, 200, "{answer}");
        secret(&answer)
    }
}

fn invite(organization: &str, email: &str, role: i64) -> Value {
    json!({"organization_id": organization, "user_role": role, "email": email, "app_url": APP, "redirect_uri": APP})
}

fn key_body(role: i64) -> Value {
    json!({"name": "a key", "role": role})
}

fn is_known(answer: &Answer) -> bool {
    assert!([200, 400, 401].contains(&answer.status.as_u16()), "{answer}");
    answer.status == 200
}

fn with_cookie<'a>(server: &'a TestServer, secret: &str, method: &str, path: &str) -> Ask<'a> {
    server.anonymous().ask(method, path).header("cookie", format!("vault={secret}"))
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{answer}");
    answer.header("location").expect("a location").to_owned()
}

/// The value of the cookie that an answer sets.
fn set(answer: &Answer) -> Option<&str> {
    answer.header("set-cookie")?.strip_prefix("vault=")?.split(';').next()
}

fn secret(answer: &Answer) -> String {
    let secret = set(answer).unwrap_or_else(|| panic!("a cookie: {answer}"));
    assert!(secret.len() == 64 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{secret}");
    secret.to_owned()
}

/// An answer with what is another one each time replaced.
fn shown(answer: &Answer) -> String {
    let mut text = answer.to_string();
    if let Some(secret) = set(answer).filter(|secret| !secret.is_empty()) {
        text = text.replace(secret, "[64 OF 0-9a-z]");
    }
    while let Some(at) = find_uuid(&text) {
        text.replace_range(at..at + 36, "[UUID]");
    }
    text
}

fn find_uuid(text: &str) -> Option<usize> {
    let is_uuid = |at: &usize| text.get(*at..*at + 36).is_some_and(|part| part.contains('-') && uuid(part));
    (0..text.len()).find(is_uuid)
}

fn uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// One text out of several that must be the same.
fn one(mut texts: Vec<String>) -> String {
    texts.dedup();
    assert_eq!(texts.len(), 1, "{texts:?}");
    texts.remove(0)
}

/// The parameter of a URL's query.
fn parameter(url: &str, name: &str) -> Option<String> {
    let url: url::Url = url.parse().expect("a URL");
    let mut pairs = url.query_pairs();
    pairs.find(|(theirs, _)| theirs == name).map(|(_, value)| value.into_owned())
}

/// The message of an error, with its status.
fn refused(answer: &Answer) -> (u16, String) {
    assert_eq!(answer.header("content-type"), Some("application/json"), "{answer}");
    (answer.status.as_u16(), text(&answer.json()["message"]))
}
