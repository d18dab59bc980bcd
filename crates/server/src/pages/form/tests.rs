//! A form comes back from the browser and the page it was made for, or not at all (security 2, no. 32).

use std::sync::Arc;
use std::time::Duration;

use askama::Template as _;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::http::header::{CONTENT_SECURITY_POLICY, COOKIE, SET_COOKIE};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use testkit::{SeededEntropy, TestServer};
use tower::ServiceExt as _;
use web::{Limits, Networks, ReturnUrls, Shared, TrustedProxies, trace};

use super::*;
use crate::pages::dress;

const ORIGIN_OF_SITE: &str = "https://login.example";
const PATHS: [&str; 2] = ["/change", "/other"];

struct House {
    server: TestServer,
    router: Router,
}

/// A form that was given to a browser.
struct Given {
    cookie: String,
    token: String,
}

impl House {
    fn new() -> Self {
        let server = TestServer::start();
        let web = Web::new(Shared {
            identity: server.identity.clone(),
            clock: Arc::new(server.clock.clone()),
            entropy: Arc::new(SeededEntropy::new(7)),
            site: Site { origin: ORIGIN_OF_SITE.to_owned(), secure: true },
            return_urls: ReturnUrls::new(ORIGIN_OF_SITE, Vec::new()),
            proxies: TrustedProxies::default(),
            trusted_addresses: Networks::default(),
            limits: Limits { body_bytes: 1024, ..Limits::default() },
        });
        let config = crate::config::parse("x", "", []).expect("a configuration").config;
        let pages = Pages::new(&config, &web, &[], None);
        let page = |path| {
            let shown =
                move |visitor: Visitor| std::future::ready(visitor.form(path).render().expect("HTML"));
            get(shown).post(taken)
        };
        let router = PATHS
            .into_iter()
            .fold(Router::new(), |router, path| router.route(path, page(path)))
            .route("/panic", get(broken))
            .layer(from_fn_with_state(pages.clone(), dress::layer))
            .with_state(pages)
            .layer(from_fn_with_state(web, trace::layer));
        Self { server, router }
    }

    async fn ask(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.expect("an answer")
    }

    async fn page(&self, path: &str, cookie: Option<&str>) -> Response {
        let mut request = Request::get(path);
        if let Some(cookie) = cookie {
            request = request.header(COOKIE, cookie);
        }
        self.ask(request.body(Body::empty()).expect("a request")).await
    }

    async fn given(&self, path: &str) -> Given {
        let response = self.page(path, None).await;
        let cookie = response.headers()[SET_COOKIE].to_str().expect("text").to_owned();
        let cookie = cookie.split(';').next().expect("a pair").to_owned();
        let body = web::body::read(response.into_body(), Limits::default()).await.expect("a body");
        let form = String::from_utf8(body.to_vec()).expect("text");
        let field = form.split("name=\"form_token\" value=\"").nth(1).expect("a token");
        Given { cookie, token: field.split('"').next().expect("its end").to_owned() }
    }

    async fn send(&self, path: &str, cookie: &str, token: &str, headers: &[(&str, &str)]) -> StatusCode {
        let mut request = Request::post(path).header(COOKIE, cookie);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = format!("{FIELD}={token}&name=Ann");
        self.ask(request.body(Body::from(body)).expect("a request")).await.status()
    }
}

async fn taken(Signed(sent): Signed) -> StatusCode {
    assert_eq!(sent.field("name").map(|name| name.as_str()), Some("Ann"));
    StatusCode::NO_CONTENT
}

async fn broken() -> Response {
    panic!("a defect");
}

#[tokio::test]
async fn a_form_comes_back_from_the_browser_that_it_was_made_for() {
    let house = House::new();
    let given = house.given("/change").await;
    let own = [("origin", ORIGIN_OF_SITE), ("sec-fetch-site", "same-origin")];
    assert_eq!(house.send("/change", &given.cookie, &given.token, &own).await, StatusCode::NO_CONTENT);
    assert_eq!(house.send("/change", &given.cookie, &given.token, &[]).await, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_form_that_is_missing_foreign_altered_or_stale_changes_nothing() {
    let house = House::new();
    let given = house.given("/change").await;
    let (refused, none) = (StatusCode::FORBIDDEN, &[][..]);
    assert_eq!(house.send("/change", &given.cookie, "", none).await, refused, "no token");
    assert_eq!(house.send("/change", "a=b", &given.token, none).await, refused, "no cookie");
    assert_eq!(house.send("/other", &given.cookie, &given.token, none).await, refused, "another form's");
    let neighbour = house.given("/change").await;
    assert_eq!(house.send("/change", &neighbour.cookie, &given.token, none).await, refused, "another's");
    let planted = format!("{}; {}", given.cookie, neighbour.cookie);
    assert_eq!(house.send("/change", &planted, &given.token, none).await, refused, "one that was planted");
    for index in 0..given.token.len() {
        let mut altered = given.token.clone().into_bytes();
        altered[index] = if altered[index] == b'1' { b'2' } else { b'1' };
        let altered = String::from_utf8(altered).expect("text");
        assert_eq!(house.send("/change", &given.cookie, &altered, none).await, refused, "{altered}");
    }
    for odd in [".", "1.", ".1", "-1.0", "7fffffffffffffff.00", "%C3%A9.1", "ffffffffffffffffff.0"] {
        assert_eq!(house.send("/change", &given.cookie, odd, none).await, refused, "{odd}");
    }
    house.server.clock.advance(LIFE - Duration::from_millis(1));
    assert_eq!(house.send("/change", &given.cookie, &given.token, none).await, StatusCode::NO_CONTENT);
    house.server.clock.advance(Duration::from_millis(1));
    assert_eq!(house.send("/change", &given.cookie, &given.token, none).await, refused, "too old");
}

#[tokio::test]
async fn a_page_of_another_site_is_refused_even_with_a_good_token() {
    let house = House::new();
    let given = house.given("/change").await;
    for headers in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://login.example.evil.example"), ("sec-fetch-site", "same-origin")],
    ] {
        let status = house.send("/change", &given.cookie, &given.token, headers).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{headers:?}");
    }
}

#[tokio::test]
async fn a_browser_is_told_its_secret_once_and_out_of_reach_of_scripts_and_neighbours() {
    let house = House::new();
    let response = house.page("/change", None).await;
    let cookie = response.headers()[SET_COOKIE].to_str().expect("text").to_owned();
    let (pair, attributes) = cookie.split_once(';').expect("attributes");
    assert!(pair.starts_with("__Host-vestibule_form=") && pair.len() == "__Host-vestibule_form=".len() + 32);
    assert_eq!(attributes, " HttpOnly; Path=/; SameSite=Lax; Secure");
    assert!(house.page("/change", Some(pair)).await.headers().get(SET_COOKIE).is_none());
}

#[tokio::test]
async fn a_defect_ends_in_a_page_with_every_header() {
    let response = House::new().page("/panic", None).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(response.headers()[CONTENT_SECURITY_POLICY], dress::POLICY);
    let body = web::body::read(response.into_body(), Limits::default()).await.expect("a body");
    let page = String::from_utf8(body.to_vec()).expect("text");
    assert!(page.contains("Something broke on our side") && !page.contains("a defect"), "{page}");
}

#[test]
fn a_page_that_tells_nothing_of_itself_may_still_send_a_ticket_to_itself() {
    let site = Site { origin: ORIGIN_OF_SITE.to_owned(), secure: true };
    for (pairs, foreign) in [
        (&[][..], false),
        (&[("origin", "null")], false),
        (&[("origin", ORIGIN_OF_SITE)], false),
        (&[("origin", "null"), ("sec-fetch-site", "same-origin")], false),
        (&[("sec-fetch-site", "none")], false),
        (&[("origin", "null"), ("sec-fetch-site", "cross-site")], true),
        (&[("sec-fetch-site", "same-site")], true),
        (&[("origin", "https://evil.example")], true),
    ] {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().expect("a value"));
        }
        assert_eq!(is_foreign(&site, &headers), foreign, "{pairs:?}");
    }
}
