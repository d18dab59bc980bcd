//! Every endpoint of every dialect is asked by nobody and by somebody with a bad credential, with each of its methods
//! and with one that it lacks.

use std::collections::BTreeSet;

use testkit::{DIALECTS, TestServer};

/// What a method of a path answers to nobody, and to a credential that nothing here gave out.
struct Case {
    path: &'static str,
    method: &'static str,
    nobody: u16,
    bad: u16,
}

const fn case(method: &'static str, path: &'static str, nobody: u16, bad: u16) -> Case {
    Case { path, method, nobody, bad }
}

/// One line a method of an endpoint. A status of 2xx in the `nobody` column is a route that serves everybody: think
/// twice before writing one.
const CASES: &[Case] = &[
    // A login without a body is malformed; a bad token sent along is told before that.
    case("POST", "/auth/login/", 400, 401),
    case("OPTIONS", "/auth/login/", 200, 401),
    case("POST", "/auth/logout/", 401, 401),
    case("OPTIONS", "/auth/logout/", 401, 401),
    case("POST", "/auth/logoutall/", 401, 401),
    case("OPTIONS", "/auth/logoutall/", 401, 401),
    case("GET", "/auth/user/", 401, 401),
    case("HEAD", "/auth/user/", 401, 401),
    case("OPTIONS", "/auth/user/", 401, 401),
    case("POST", "/api/auth/login/", 400, 401),
    case("OPTIONS", "/api/auth/login/", 200, 401),
    case("POST", "/api/auth/logout/", 401, 401),
    case("OPTIONS", "/api/auth/logout/", 401, 401),
    case("POST", "/api/auth/logoutall/", 401, 401),
    case("OPTIONS", "/api/auth/logoutall/", 401, 401),
    case("GET", "/api/auth/user/", 401, 401),
    case("HEAD", "/api/auth/user/", 401, 401),
    case("OPTIONS", "/api/auth/user/", 401, 401),
    // syntho: who is asked for nothing takes a bad credential amiss all the same.
    case("GET", "/api/v1/auth/", 200, 401),
    case("HEAD", "/api/v1/auth/", 200, 401),
    case("POST", "/api/v1/auth/", 400, 401),
    case("DELETE", "/api/v1/auth/", 401, 401),
    case("OPTIONS", "/api/v1/auth/", 200, 401),
    case("GET", "/api/v1/auth", 301, 301),
    case("HEAD", "/api/v1/auth", 301, 301),
    case("POST", "/api/v1/auth", 301, 301),
    case("PUT", "/api/v1/auth", 301, 301),
    case("PATCH", "/api/v1/auth", 301, 301),
    case("DELETE", "/api/v1/auth", 301, 301),
    case("OPTIONS", "/api/v1/auth", 301, 301),
    case("TRACE", "/api/v1/auth", 301, 301),
    // Opened by browsers: without a provider, and without a login under way.
    case("GET", "/api/v1/oidc/authenticate/", 302, 302),
    case("HEAD", "/api/v1/oidc/authenticate/", 302, 302),
    case("GET", "/api/v1/oidc/callback/", 400, 400),
    case("HEAD", "/api/v1/oidc/callback/", 400, 400),
    case("GET", "/api/v1/users/", 401, 401),
    case("HEAD", "/api/v1/users/", 401, 401),
    case("POST", "/api/v1/users/", 401, 401),
    case("OPTIONS", "/api/v1/users/", 401, 401),
    case("GET", "/api/v1/users/me/", 401, 401),
    case("HEAD", "/api/v1/users/me/", 401, 401),
    case("OPTIONS", "/api/v1/users/me/", 401, 401),
    case("POST", "/api/v1/users/me/password/", 401, 401),
    case("OPTIONS", "/api/v1/users/me/password/", 401, 401),
    // probe: a call that asks for no credential looks at none.
    case("POST", "/frontend/api/v1/auth/sign-in", 400, 400),
    case("POST", "/frontend/api/v1/auth/oauth-sign-in", 401, 401),
    case("GET", "/frontend/api/v1/auth/session", 401, 401),
    case("HEAD", "/frontend/api/v1/auth/session", 401, 401),
    case("DELETE", "/frontend/api/v1/auth/session", 401, 401),
    case("GET", "/frontend/api/v1/auth/session/{session-id}", 401, 401),
    case("HEAD", "/frontend/api/v1/auth/session/{session-id}", 401, 401),
    case("DELETE", "/frontend/api/v1/auth/session/{session-id}", 401, 401),
    case("DELETE", "/frontend/api/v1/auth/sign-out", 401, 401),
    case("PUT", "/frontend/api/v1/auth/current/password", 401, 401),
    case("PUT", "/frontend/api/v1/auth/{user-id}/password", 401, 401),
    case("POST", "/frontend/api/v1/auth/verify", 400, 400),
    case("GET", "/frontend/api/v1/user", 401, 401),
    case("HEAD", "/frontend/api/v1/user", 401, 401),
    // Nobody is told to be anonymous; who shows something bad is not.
    case("GET", "/frontend/api/v1/user/current", 200, 401),
    case("HEAD", "/frontend/api/v1/user/current", 200, 401),
    case("PUT", "/frontend/api/v1/user/current", 401, 401),
    case("GET", "/frontend/api/v1/user/{user-id}", 401, 401),
    case("HEAD", "/frontend/api/v1/user/{user-id}", 401, 401),
    case("PUT", "/frontend/api/v1/user/{user-id}", 401, 401),
    case("GET", "/frontend/api/v1/auth/api-token", 401, 401),
    case("HEAD", "/frontend/api/v1/auth/api-token", 401, 401),
    case("POST", "/frontend/api/v1/auth/api-token", 401, 401),
    case("GET", "/frontend/api/v1/auth/api-token/{token}", 401, 401),
    case("HEAD", "/frontend/api/v1/auth/api-token/{token}", 401, 401),
    case("PUT", "/frontend/api/v1/auth/api-token/{token}", 401, 401),
    case("DELETE", "/frontend/api/v1/auth/api-token/{token}", 401, 401),
    case("POST", "/frontend/api/v1/auth/jwt", 401, 401),
    case("POST", "/frontend/api/v1/auth/password-restore", 400, 400),
    case("POST", "/frontend/api/v1/auth/password-restore-verify", 400, 400),
    case("POST", "/frontend/api/v1/auth/sign-up", 400, 400),
    // bixarena: a login asks for no credential; without a provider there is none.
    case("GET", "/v1/auth/oidc/start", 302, 302),
    case("HEAD", "/v1/auth/oidc/start", 302, 302),
    case("GET", "/v1/auth/oidc/callback", 400, 400),
    case("HEAD", "/v1/auth/oidc/callback", 400, 400),
    case("POST", "/v1/auth/logout", 204, 204),
    case("POST", "/v1/token", 401, 401),
    case("GET", "/v1/.well-known/jwks.json", 200, 200),
    case("HEAD", "/v1/.well-known/jwks.json", 200, 200),
    case("GET", "/v1/auth/login", 302, 302),
    case("HEAD", "/v1/auth/login", 302, 302),
    case("GET", "/v1/auth/callback", 400, 400),
    case("HEAD", "/v1/auth/callback", 400, 400),
    case("POST", "/v1/oauth2/token", 401, 401),
    case("POST", "/v1/oauth2/service-token", 401, 401),
    case("GET", "/v1/userinfo", 401, 401),
    case("HEAD", "/v1/userinfo", 401, 401),
    case("GET", "/auth/oidc/start", 302, 302),
    case("HEAD", "/auth/oidc/start", 302, 302),
    case("GET", "/auth/oidc/callback", 400, 400),
    case("HEAD", "/auth/oidc/callback", 400, 400),
    case("POST", "/auth/logout", 204, 204),
    case("POST", "/token", 401, 401),
    case("GET", "/.well-known/jwks.json", 200, 200),
    case("HEAD", "/.well-known/jwks.json", 200, 200),
    case("GET", "/auth/login", 302, 302),
    case("HEAD", "/auth/login", 302, 302),
    case("GET", "/auth/callback", 400, 400),
    case("HEAD", "/auth/callback", 400, 400),
    case("POST", "/oauth2/token", 401, 401),
    case("POST", "/oauth2/service-token", 401, 401),
    case("GET", "/userinfo", 401, 401),
    case("HEAD", "/userinfo", 401, 401),
    // trieve: a bad key is nobody's.
    case("GET", "/api/auth", 303, 303),
    case("DELETE", "/api/auth", 401, 401),
    case("GET", "/api/auth/callback", 400, 400),
    case("GET", "/api/auth/me", 400, 400),
    case("GET", "/api/user/api_key", 401, 401),
    case("POST", "/api/user/api_key", 401, 401),
    case("DELETE", "/api/user/api_key/{api_key_id}", 401, 401),
    case("GET", "/api/organization/api_key", 401, 401),
    case("POST", "/api/organization/api_key", 401, 401),
    case("DELETE", "/api/organization/api_key/{api_key_id}", 401, 401),
    case("POST", "/api/invitation", 401, 401),
    case("GET", "/api/invitation/{id}", 401, 401),
    case("DELETE", "/api/invitation/{id}", 401, 401),
    case("GET", "/api/invitations/{organization_id}", 401, 401),
    case("GET", "/api/health", 200, 200),
    // native: a login without JSON is none; a logout is the same for everybody.
    case("GET", "/id/v1/providers", 200, 200),
    case("HEAD", "/id/v1/providers", 200, 200),
    case("POST", "/id/v1/login", 415, 415),
    case("POST", "/id/v1/confirm", 401, 401),
    case("POST", "/id/v1/logout", 204, 204),
    case("GET", "/id/v1/me", 401, 401),
    case("HEAD", "/id/v1/me", 401, 401),
    case("GET", "/id/v1/sessions", 401, 401),
    case("HEAD", "/id/v1/sessions", 401, 401),
    case("POST", "/id/v1/sessions/end-others", 401, 401),
    case("DELETE", "/id/v1/sessions/{id}", 401, 401),
    case("POST", "/id/v1/password", 401, 401),
    case("GET", "/id/v1/keys", 401, 401),
    case("HEAD", "/id/v1/keys", 401, 401),
    case("POST", "/id/v1/keys", 401, 401),
    case("DELETE", "/id/v1/keys/{id}", 401, 401),
    case("GET", "/id/v1/login/provider", 404, 404),
    case("HEAD", "/id/v1/login/provider", 404, 404),
    case("GET", "/login/callback", 400, 400),
    case("HEAD", "/login/callback", 400, 400),
    case("GET", "/id/v1/identities", 401, 401),
    case("HEAD", "/id/v1/identities", 401, 401),
    case("POST", "/id/v1/identities", 401, 401),
    case("DELETE", "/id/v1/identities/{id}", 401, 401),
    case("POST", "/id/v1/email", 401, 401),
    case("POST", "/id/v1/email/confirm", 415, 415),
    case("POST", "/id/v1/email/verify", 401, 401),
];

const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/// Each method of each path, as the dialects declare them.
fn declared() -> BTreeSet<(&'static str, &'static str)> {
    let endpoints = DIALECTS.iter().flat_map(|entry| entry.dialect.endpoints);
    endpoints.flat_map(|endpoint| endpoint.allow.split(", ").map(|method| (endpoint.path, method))).collect()
}

#[test]
fn every_method_of_every_endpoint_has_a_case() {
    let cases: BTreeSet<_> = CASES.iter().map(|case| (case.path, case.method)).collect();
    assert_eq!(cases.len(), CASES.len(), "a case stands twice");
    let missing: Vec<_> = declared().difference(&cases).copied().collect();
    assert!(
        missing.is_empty(),
        "no case for {missing:?}: look up in the dialect's contract what these answer without a credential and with \
         a bad one, write that into CASES, and write their exchanges beside those of the dialect"
    );
    let stale: Vec<_> = cases.difference(&declared()).copied().collect();
    assert!(stale.is_empty(), "no dialect declares {stale:?}: remove these cases");
}

/// security 1, fail-open: no route serves whom it should not.
/// security 2, no. 50.
#[tokio::test]
async fn nobody_and_a_bad_credential_get_the_documented_status() {
    let server = TestServer::start();
    let token = "0".repeat(64);
    for Case { path, method, nobody, bad: refused } in CASES {
        let answer = server.anonymous().ask(method, path).send().await;
        assert_eq!(answer.status, *nobody, "{method} {path} by nobody");
        // Each door reads its own scheme and cookie, and no other.
        let is_knox = ["/auth/", "/api/auth/"].iter().any(|own| path.starts_with(own)) && path.ends_with('/');
        let scheme = if is_knox { "Token" } else { "Bearer" };
        let ask = server.bearing(format!("{scheme} {token}")).ask(method, path);
        let answer = ask.header("cookie", format!("JSESSIONID={token}; vault={token}")).send().await;
        assert_eq!(answer.status, *refused, "{method} {path} with a bad credential");
    }
}

/// `Endpoint::allow` is what the router does, so that the table above cannot miss a method.
#[tokio::test]
async fn a_method_that_is_not_declared_is_405() {
    let server = TestServer::start();
    let declared = declared();
    let paths: BTreeSet<_> = declared.iter().map(|(path, _)| *path).collect();
    assert!(!paths.is_empty(), "no dialect declares an endpoint");
    for path in paths {
        for method in METHODS {
            let answer = server.anonymous().ask(method, path).send().await;
            let known = declared.contains(&(path, method));
            assert_eq!(answer.status != 405, known, "{method} {path}: {}", answer.status);
        }
    }
}
