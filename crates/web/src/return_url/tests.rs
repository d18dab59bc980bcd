//! Where people may be led back to: the table of hostile addresses, and what must stay possible.

use proptest::prelude::*;

use super::*;

fn allowed(entries: &[&str]) -> ReturnUrls {
    let entries = entries.iter().map(|text| ReturnUrl::parse(text).expect(text)).collect();
    ReturnUrls::new("https://login.example", entries)
}

fn site() -> ReturnUrls {
    allowed(&["https://app.example", "https://portal.example/welcome", "http://localhost:5173/"])
}

/// Result: refused, each of them.
const NOT_COMPARED_EXACTLY: &[&str] = &[
    // Another host that looks like ours.
    "https://app.example@evil.example/",
    "https://app.example:pass@evil.example/",
    "https://user@app.example/",
    "https://@app.example/",
    "https://app.example%40evil.example/",
    "https://app.example.evil.example/",
    "https://evilapp.example/",
    "https://evil.example/https://app.example/",
    "https://evil.example/?https://app.example/",
    "https://evil.example#https://app.example/",
    "https://evil.example\\@app.example/",
    "https://app.example\\.evil.example/",
    "https://app.example;.evil.example/",
    "https://app.example%2eevil.example/",
    "https://app.example,evil.example/",
    "https://sub.app.example/",
    "https://app.examples/",
    "https://app.exampl/",
    // No absolute URL of the web.
    "",
    "/",
    "/welcome",
    "//evil.example/",
    "//app.example/",
    "///evil.example/",
    "\\\\evil.example/",
    "/\\evil.example/",
    "evil.example",
    "app.example/",
    "https:evil.example",
    "https:/app.example/",
    "https:app.example",
    "https:///app.example/",
    "https://",
    "https:",
    "?x=1",
    "#top",
    "javascript:alert(1)",
    "javascript://app.example/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "ftp://app.example/",
    "blob:https://app.example/1",
    "view-source:https://app.example/",
    // What one parser removes and another keeps.
    "java\tscript:alert(1)",
    " https://app.example/",
    "https://app.example/ ",
    "\u{1}https://app.example/",
    "https://app.example/\r\nSet-Cookie: a=b",
    "https://app.example/\nx",
    "ht\ttps://app.example/",
    "https://app\t.example/",
    "https://app.example/a b",
    "https://app.example/\0",
    "https://app.example/\u{7f}",
    "\u{feff}https://app.example/",
    "https://app.example\u{3002}evil.example/",
    "https://app\u{2024}example/",
    "https://\u{ff41}pp.example/",
    "https://app.example/\u{e4}",
    "https://app.example\\",
    "https://app.example/?next=\\\\evil.example",
    // The same host in another spelling.
    "HTTPS://app.example/",
    "https://APP.EXAMPLE/",
    "https://app.example./",
    "https://app.example../",
    "https://%61pp.example/",
    "https://app.example:443/",
    "https://app.example:/",
    "https://app.example:0443/",
    // Another origin.
    "http://app.example/",
    "https://app.example:8443/",
    "http://app.example:443/",
    "https://localhost:5173/",
    "http://localhost/",
    "http://localhost:51730/",
    "http://localhost:5173@evil.example/",
    "http://127.0.0.1:5173/",
    "http://[::1]:5173/",
    "http://2130706433:5173/",
    "http://0x7f.1:5173/",
    "https://login.example:8443/",
    "http://login.example/",
    "https://xn--pp-pka.example/",
    // Beside or above the allowed path.
    "https://portal.example",
    "https://portal.example/",
    "https://portal.example/welcomeX",
    "https://portal.example/welcome.evil",
    "https://portal.example/welcome%2f..%2fadmin",
    "https://portal.example/welcome/../admin",
    "https://portal.example/welcome/..",
    "https://portal.example/welcome/./x",
    "https://portal.example/welcome/%2e%2e/admin",
    "https://portal.example/welcome/%2e%2E/admin",
    "https://portal.example/welcome/.%2e/admin",
    "https://portal.example/welcome/%2f..%2f..%2fadmin",
    "https://portal.example/welcome/..%2fadmin",
    "https://portal.example/welcome/..%5cadmin",
    "https://portal.example/welcome/%252e%252e/admin",
    "https://portal.example/welcome/..;/admin",
    "https://portal.example/welcome/.;/admin",
    "https://portal.example/welcome%00/x",
    "https://portal.example/welcome/%00/../x",
    "https://portal.example/Welcome",
    "https://portal.example//welcome",
    "https://portal.example/x/welcome",
    "https://portal.example/?/welcome",
    "https://portal.example/#/welcome",
];

#[test]
fn a_redirect_target_not_compared_exactly_is_refused() {
    let site = site();
    for url in NOT_COMPARED_EXACTLY {
        assert!(!site.allows(url), "{url:?} was let through");
    }
}

#[test]
fn what_is_allowed_may_be_led_to() {
    let site = site();
    for url in [
        "https://app.example",
        "https://app.example/",
        "https://app.example?x=1",
        "https://app.example#top",
        "https://app.example/any/path/%2Fof/it?next=https://elsewhere.example/&mail=a@b.example#it's",
        "https://portal.example/welcome",
        "https://portal.example/welcome/",
        "https://portal.example/welcome/back",
        "https://portal.example/welcome?next=/../x",
        "https://portal.example/welcome#/../x",
        "http://localhost:5173",
        "http://localhost:5173/callback",
        "https://login.example/account",
    ] {
        assert!(site.allows(url), "{url:?} was refused");
    }
}

#[test]
fn only_the_own_origin_is_allowed_without_entries() {
    let site = allowed(&[]);
    assert!(site.allows("https://login.example/x"));
    assert!(!site.allows("https://app.example/"));
}

#[test]
fn a_closing_slash_asks_for_something_below_the_path() {
    let site = allowed(&["https://portal.example/welcome/"]);
    assert!(site.allows("https://portal.example/welcome/"));
    assert!(site.allows("https://portal.example/welcome/x"));
    assert!(!site.allows("https://portal.example/welcome"));
}

#[test]
fn an_address_beyond_the_longest_is_refused() {
    let site = site();
    let url = |bytes: usize| format!("https://app.example/{}", "x".repeat(bytes - 20));
    assert!(site.allows(&url(MAX_BYTES)));
    assert!(!site.allows(&url(MAX_BYTES + 1)));
}

#[test]
fn an_entry_is_shown_as_browsers_write_it() {
    for (text, shown) in [
        ("https://App.Example:443/", "https://app.example"),
        ("https://app.example", "https://app.example"),
        ("http://b\u{fc}cher.example/Welcome", "http://xn--bcher-kva.example/Welcome"),
        ("http://[::1]:3000/x/", "http://[::1]:3000/x/"),
    ] {
        let entry = ReturnUrl::parse(text).expect(text);
        assert_eq!(entry.to_string(), shown);
        assert_eq!(ReturnUrl::parse(shown), Ok(entry));
    }
}

#[test]
fn an_entry_that_could_mean_more_than_it_says_is_refused() {
    for text in [
        "",
        "*",
        "null",
        "app.example",
        "/welcome",
        "//app.example",
        "https:app.example",
        "ftp://app.example",
        "https://*.app.example",
        "https://app.example/*",
        "https://me:hunter2@app.example",
        "https://@app.example",
        "https://app.example?x",
        "https://app.example/#",
        "https://app.example/a/..;/b",
        "https://app.example/a%2fb",
        "https://app.example/%2e%2e/b%25",
        " https://app.example",
        "https://app.exa\nmple",
        "https:\\\\app.example",
    ] {
        let error = ReturnUrl::parse(text).expect_err(text);
        assert!(!error.contains("hunter2"), "{error}");
    }
}

/// security 1, redirect-target: a path of the site names the site, and nothing else.
#[test]
fn a_path_is_one_of_this_site() {
    let own = "https://login.example";
    for path in ["/", "/a", "/a/b?c=https://evil.example#d"] {
        assert_eq!(site().place(path), Some(format!("{own}{path}")));
    }
    assert_eq!(site().place(&format!("{own}/x")), Some(format!("{own}/x")));
    for bad in [
        "",
        "a",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/..//evil.example",
        "/./evil",
        "@evil.example",
        ".evil.example",
        "javascript:alert(1)",
        "https://evil.example",
        "https://login.example@evil.example",
        "https%3A%2F%2Fevil.example",
        "data:text/html,x",
    ] {
        assert_eq!(site().place(bad), None, "{bad:?}");
    }
}

proptest! {
    /// Whatever is allowed, another reader of URLs finds an allowed host in it.
    #[test]
    fn what_is_allowed_has_an_allowed_origin(
        prefix in "(https?:)?[/\\\\]{0,3}",
        host in "(app|portal|login|evil)(\\.example)?[.@:/\\\\?#%]?[a-z0-9]{0,4}(\\.example)?",
        rest in "[/.;%a-z0-9?#@\\\\]{0,12}",
    ) {
        let text = format!("{prefix}{host}{rest}");
        if site().allows(&text) {
            let hosts = ["https://app.example", "https://portal.example", "https://login.example"];
            let origin = Url::parse(&text).expect("an absolute URL").origin().ascii_serialization();
            prop_assert!(hosts.contains(&origin.as_str()), "{text}");
            let authority = text.split("://").nth(1).expect("an authority");
            let authority = authority.split(['/', '?', '#']).next().expect("a host");
            prop_assert_eq!(format!("https://{authority}"), origin);
        }
    }
}
