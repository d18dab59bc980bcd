//! The standing pages as a program sees them: addresses, headers, languages. What a browser makes of them is told by
//! `tests/clients/test_pages.py`.

use testkit::{Answer, TestServer};

async fn page(server: &TestServer, path: &str) -> Answer {
    server.anonymous().get(path).header("accept", "text/html").send().await
}

/// security 2, no. 34: every page keeps to a policy without inline script or style.
#[tokio::test]
async fn every_page_is_held_to_its_policy() {
    let server = TestServer::with("public_url = \"https://login.example\"");
    for path in ["/", "/docs", "/docs/knox", "/verify-email?token=x", "/restore-password?token=x", "/nothing"]
    {
        let answer = page(&server, path).await;
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        let policy = answer.header("content-security-policy").expect("a policy");
        assert_eq!(
            policy,
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
            "{path}"
        );
        let tickets = path.contains("token");
        let referrer = if tickets { "no-referrer" } else { "same-origin" };
        for (name, expected) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", referrer),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            assert_eq!(answer.header(name), Some(expected), "{path}: {name}");
        }
        assert!(answer.header("permissions-policy").expect("one").contains("camera=()"), "{path}");
        assert!(answer.header("set-cookie").is_none(), "{path}: nobody is marked for reading");
        let text = &answer.body;
        assert!(
            !text.contains(" style=") && !text.contains(" onclick=") && !text.contains("<style"),
            "{path}"
        );
    }
    let call = page(&server, "/docs/knox/login").await;
    let policy = call.header("content-security-policy").expect("a policy");
    assert!(
        policy.contains("script-src 'self'; connect-src 'self'") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert!(
        TestServer::start().anonymous().get("/").send().await.header("strict-transport-security").is_none()
    );
}

#[tokio::test]
async fn a_file_that_pages_load_may_be_kept_for_good_and_a_page_may_not() {
    let server = TestServer::start();
    let home = page(&server, "/").await.body;
    let paths: Vec<&str> = home
        .split('"')
        .filter(|part| part.starts_with("/assets/"))
        .map(|part| part.split('#').next().unwrap())
        .collect();
    assert!(paths.len() >= 3, "{home}");
    for path in paths {
        let answer = page(&server, path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("cache-control")),
            (200, Some("public, max-age=31536000, immutable"))
        );
    }
    assert_eq!(page(&server, "/assets/style.css").await.status.as_u16(), 404);
}

#[tokio::test]
async fn a_page_speaks_the_language_that_was_chosen_or_else_asked_for() {
    let server = TestServer::start();
    let german = server.anonymous().get("/").header("accept-language", "fr, de-CH;q=0.9").send().await;
    assert!(german.body.contains("<html lang=\"de\" dir=\"ltr\">"), "{}", german.body);
    assert!(
        german.body.contains("<a href=\"/?lang=en\" lang=\"en\" hreflang=\"en\">English</a>"),
        "{}",
        german.body
    );
    let chosen = server.anonymous().get("/?lang=de").send().await;
    assert!(chosen.body.contains("<html lang=\"de\""));
    let cookie = chosen.header("set-cookie").expect("a choice is kept");
    assert!(
        cookie.starts_with("vestibule_language=de; ")
            && cookie.contains("HttpOnly; Max-Age=31536000; Path=/")
    );
    let later = server.anonymous().get("/docs").header("cookie", "vestibule_language=de").send().await;
    assert!(later.body.contains("<html lang=\"de\""));
    let unknown = server.anonymous().get("/?lang=%3Cscript%3E").send().await;
    assert!(unknown.body.contains("<html lang=\"en\"") && unknown.header("set-cookie").is_none());
}

/// The address of such a page holds a ticket, and a link to another language would lead to one without it.
#[tokio::test]
async fn a_page_with_a_ticket_leads_nowhere_with_it() {
    let server = TestServer::start();
    for path in ["/verify-email", "/restore-password"] {
        let text = page(&server, &format!("{path}?token=s3cret&return_to=https://evil.example")).await.body;
        assert_eq!(text.matches("s3cret").count(), 1, "{text}");
        assert!(text.contains("<input type=\"hidden\" name=\"token\" value=\"s3cret\">"), "{text}");
        assert!(!text.contains("lang=de") && !text.contains("evil"), "{text}");
    }
}

#[tokio::test]
async fn a_ticket_is_not_taken_from_a_page_of_another_site() {
    let server = TestServer::start();
    let form = "application/x-www-form-urlencoded";
    let foreign = server.anonymous().ask("POST", "/verify-email").header("origin", "https://evil.example");
    let foreign = foreign.body(form, "token=x").send().await;
    assert_eq!(foreign.status.as_u16(), 403);
    let own = server.anonymous().ask("POST", "/verify-email").body(form, "token=x").send().await;
    assert!(own.status.as_u16() == 400 && own.body.contains("no longer good"), "{}", own.body);
}

#[tokio::test]
async fn an_address_that_nobody_owns_is_a_page_for_people_and_a_line_for_programs() {
    let server = TestServer::start();
    let people = page(&server, "/nothing").await;
    assert!(
        people.status.as_u16() == 404 && people.body.contains("There is no such page"),
        "{}",
        people.body
    );
    let programs = server.anonymous().get("/nothing").send().await;
    assert_eq!((programs.status.as_u16(), programs.body.as_str()), (404, "Not found\n"));
    // A dialect's silence is its own.
    assert!(page(&server, "/api/v1/nothing").await.body.starts_with('{'));
    let wrong = server.anonymous().ask("DELETE", "/docs").send().await;
    assert_eq!(wrong.status.as_u16(), 405);
    assert_eq!(page(&server, "/docs/nothing").await.status.as_u16(), 404);
    assert_eq!(page(&server, "/docs/knox/nothing").await.status.as_u16(), 404);
}

#[tokio::test]
async fn the_start_names_the_dialects_that_are_served_and_no_other() {
    let server = TestServer::with("[dialects.syntho]\nenabled = false\n[pages]\nname = \"<b>Acme</b>\"");
    let home = page(&server, "/").await.body;
    assert!(home.contains("href=\"/docs/knox\"") && !home.contains("syntho"), "{home}");
    assert!(home.contains("&#60;b&#62;Acme") && !home.contains("<b>Acme"), "{home}");
    assert!(home.contains("\"/login\"") && !home.contains("\"/account\""), "{home}");
    let without = page(&TestServer::with("[dialects.native]\nenabled = false"), "/").await.body;
    assert!(!without.contains("\"/login\""), "nothing leads to what is not there");
    assert_eq!(page(&server, "/docs/syntho").await.status.as_u16(), 404);
    assert_eq!(page(&server, "/api/playground/").await.status.as_u16(), 404);
}

/// contracts 1.1: the product has its explorer there.
#[tokio::test]
async fn synthos_explorer_is_at_the_products_address_too() {
    let server = TestServer::start();
    let playground = page(&server, "/api/playground/").await;
    assert!(playground.status.as_u16() == 200 && playground.body.contains("href=\"/docs/syntho.json\""));
}

#[tokio::test]
async fn programs_find_what_they_look_for() {
    let server = TestServer::start();
    let robots = page(&server, "/robots.txt").await;
    assert_eq!(robots.body, "User-agent: *\nAllow: /$\nDisallow: /\n");
    assert_eq!(robots.header("content-type"), Some("text/plain; charset=utf-8"));
    // Without a contact it would be no such file; a password is changed on a page of ours.
    assert_eq!(page(&server, "/.well-known/security.txt").await.status.as_u16(), 404);
    let password = page(&server, "/.well-known/change-password").await;
    assert_eq!((password.status.as_u16(), password.header("location")), (302, Some("/account/password")));
    let without = TestServer::with("[dialects.native]\nenabled = false");
    assert_eq!(page(&without, "/.well-known/change-password").await.status.as_u16(), 404);
}

/// RFC 9116, sections 2.5.3, 2.5.5, 2.5.2: contact, end, where it belongs.
#[tokio::test]
async fn whom_to_tell_of_weaknesses_is_told_when_somebody_is_named() {
    let server = TestServer::with(
        "public_url = \"https://login.example\"\n\
         [pages]\nsecurity_contact = [\"mailto:security@example.org\", \"https://example.org/security\"]",
    );
    let answer = page(&server, "/.well-known/security.txt").await;
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    let lines: Vec<&str> = answer.body.lines().collect();
    assert_eq!(lines[0], "Contact: mailto:security@example.org");
    assert_eq!(lines[1], "Contact: https://example.org/security");
    assert!(lines[2].starts_with("Expires: 20") && lines[2].ends_with('Z'), "{}", lines[2]);
    assert_eq!(lines[3], "Canonical: https://login.example/.well-known/security.txt");
}
