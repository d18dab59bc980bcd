//! Refusals that explain themselves: the list of rules and its page, what a flood costs, and that nothing of a request's
//! secrets is kept. What each door's answers promise is held for every request of every test by `testkit`.

use std::fmt::Write as _;

use identity::refusal::{OF_NETWORK, OF_RULE, RefusalId, Refused};
use identity::{Network, RequestId, Rule};
use testkit::{Answer, TestServer};
use uuid::Uuid;
use web::Clock as _;

use crate::source;

async fn explained(server: &TestServer, answer: &Answer) -> Refused {
    server.identity.refusals.flush(server.clock.now()).await.expect("a database");
    let id = answer.refusal().unwrap_or_else(|| panic!("no id: {answer}"));
    let found = server.identity.refusals.find(id).await.expect("a database");
    found.unwrap_or_else(|| panic!("not kept: {answer}"))
}

/// The catalogue as `docs/refusals.md` has it.
fn catalogue() -> String {
    let mut table = String::from("| Rule | Means | Deciding key | What to do |\n|---|---|---|---|\n");
    for rule in Rule::ALL {
        let key = match rule.key().told().as_str() {
            "" => "-".to_owned(),
            key => format!("`{}`", key.replace(", else ", "`, else `")),
        };
        writeln!(table, "| `{}` | {} | {key} | {} |", rule.name(), rule.means(), rule.remedy())
            .expect("a text");
    }
    table
}

#[test]
fn every_rule_stands_in_the_documentation_as_it_is() {
    let page = source::text(&source::root().join("docs/refusals.md"));
    let (_, rest) = page.split_once("| Rule |").expect("a table of the rules");
    let table = rest.split("\n\n").next().expect("its lines").trim_end();
    assert_eq!(
        format!("| Rule |{table}"),
        catalogue().trim_end(),
        "docs/refusals.md is not what the code says"
    );
}

/// Each is applied somewhere, by its name in the code.
#[test]
fn no_rule_is_listed_that_nothing_applies() {
    let folders = ["identity", "web", "dialects", "server"];
    let folders = folders.map(|name| source::root().join("crates").join(name).join("src"));
    let files = folders.iter().flat_map(|folder| source::files(folder, "rs"));
    let code: Vec<String> =
        files.filter(|file| !file.ends_with("rule/table.rs")).map(|file| source::text(&file)).collect();
    for rule in Rule::ALL {
        let (as_rule, renamed) = (format!("Rule::{rule:?}"), format!("Refusing::{rule:?}"));
        let applied = code.iter().any(|text| text.contains(&as_rule) || text.contains(&renamed));
        assert!(applied, "nothing applies {}", rule.name());
    }
}

fn of_the_flood(server: &TestServer, number: u128) -> Refused {
    let request = RequestId(Uuid::from_u128(number));
    Refused {
        id: RefusalId::of(request),
        at: server.clock.now(),
        request,
        door: Some("knox".to_owned()),
        method: "POST".to_owned(),
        route: "/auth/login/".to_owned(),
        status: 400,
        outcome: "invalid_credentials".to_owned(),
        rule: Rule::Password.name().to_owned(),
        seen: "a wrong password".to_owned(),
        wanted: "the right one".to_owned(),
        observed: String::new(),
        address: "198.51.100.7".to_owned(),
        network: Network::V4(0xc633_6407).to_bytes(),
    }
}

/// 100,000 refusals of one rule from one network: the table is bounded, somebody else's is explained still, of the same rule
/// and of another, and what was left out is told.
#[tokio::test]
async fn a_flood_pushes_nobody_elses_refusal_out() {
    let server = TestServer::start();
    let wrong = serde_json::json!({"username": "nobody", "password": "wrong"});
    let before = server.anonymous().post("/auth/login/").json(&wrong).send().await;
    let other_rule = server.anonymous().get("/auth/user/").send().await;
    let refusals = &server.identity.refusals;
    let flooding = Network::V4(0xc633_6407);
    let mut left_out = 0;
    for round in 0..100 {
        for number in 0..1000 {
            let number = 1_000_000 + round * 1000 + number;
            refusals.note(Rule::Password, Some(flooding), || of_the_flood(&server, number));
        }
        left_out += refusals.flush(server.clock.now()).await.expect("a database");
    }
    let after = server.anonymous().post("/auth/login/").json(&wrong).send().await;
    for answer in [&before, &other_rule, &after] {
        let refused = explained(&server, answer).await;
        assert_eq!(refused.address, "192.0.2.1");
    }
    let mut kept = 0;
    for number in 1_000_000..1_100_000 {
        let id = RefusalId::of(RequestId(Uuid::from_u128(number)));
        kept += u32::from(refusals.find(id).await.expect("a database").is_some());
    }
    assert_eq!(kept, OF_NETWORK);
    const { assert!(OF_NETWORK * 4 <= OF_RULE, "a network has a share of a rule") };
    let told = refusals.left_out().await.expect("a database");
    assert_eq!(
        told.iter().map(|rule| (rule.rule.as_str(), rule.count)).collect::<Vec<_>>(),
        [("password_login", left_out)]
    );
    assert_eq!(left_out, 100_000 - 100 * 4);
}

/// What a client sends in its places for secrets is found neither in the record nor in any file.
#[tokio::test]
async fn no_secret_of_a_refused_request_is_kept() {
    const SECRET: &str = "s3cretS3CRETs3cretS3CRETs3cretS3";
    let server = TestServer::with("return_urls = [\"https://app.example\"]\n");
    server.user("ann", "correct horse").await;
    let token = format!("Token {SECRET}");
    let to = |url: &str| format!("/id/v1/login/provider?return_to={url}");
    let asked = [
        server.anonymous().get("/auth/user/").header("authorization", &token),
        server.anonymous().get("/auth/user/").header("authorization", format!("{token} {SECRET}")),
        server.anonymous().get("/api/v1/users/me/").header("cookie", format!("sessionid={SECRET}")),
        server
            .anonymous()
            .post("/api/v1/auth/")
            .header("cookie", format!("sessionid={SECRET}"))
            .header("origin", format!("https://u:{SECRET}@evil.example"))
            .json(&serde_json::json!({"email": "ann@example.org", "password": SECRET})),
        server
            .anonymous()
            .post("/auth/login/")
            .json(&serde_json::json!({"username": "ann", "password": SECRET})),
        server.anonymous().get(&format!("/nothing/{SECRET}?token={SECRET}")),
        server.anonymous().get(&to(&format!("https://evil.example/%3Ftoken={SECRET}"))),
        server
            .anonymous()
            .get(&format!("/api/v1/oidc/callback/?error={SECRET}&state={SECRET}&code={SECRET}")),
        server
            .anonymous()
            .get(&format!("/api/v1/oidc/authenticate/?next=https://evil.example/%3Ft={SECRET}")),
        server.anonymous().get(&format!("/restore-password?token={SECRET}")),
    ];
    for request in asked {
        let answer = request.send().await;
        if answer.refusal().is_none() {
            continue;
        }
        let refused = explained(&server, &answer).await;
        assert!(!format!("{refused:?}").contains("s3cret"), "{refused:?}");
    }
    let stored = server.stored_bytes();
    assert!(!stored.windows(6).any(|window| window == b"s3cret"));
    assert!(stored.windows(9).any(|window| window == b"evil.exam"), "the place is kept");
}

/// A hostile origin is harmless on a terminal, and short.
#[tokio::test]
async fn what_came_is_told_cut_and_harmless() {
    let server = TestServer::start();
    let origin = format!("https://evil.example/\u{9b}31m{}", "x".repeat(5000));
    let asked = server
        .anonymous()
        .ask("DELETE", "/api/v1/auth/")
        .header("cookie", "sessionid=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
        .header("origin", origin);
    let refused = explained(&server, &asked.send().await).await;
    assert_eq!(refused.rule, "cross_site");
    assert!(refused.observed.starts_with("Origin: https://evil.example/"), "{}", refused.observed);
    assert!(refused.observed.len() <= 200 && !refused.observed.contains(char::is_control));
}

/// A good answer has no id, and nothing is kept of it.
#[tokio::test]
async fn a_good_answer_has_none() {
    let server = TestServer::start();
    let answer = server.anonymous().get("/healthz").send().await;
    assert_eq!((answer.status.as_u16(), answer.refusal()), (200, None));
    assert_eq!(server.identity.refusals.flush(server.clock.now()).await.expect("a database"), 0);
}
