//! `Authorization: Token ...` on the routes that demand it (contracts 2.2, "Failures"; 8.5).

use testkit::TestServer;

use super::{house, house_with, secret_of_another_door, token, who};

/// The routes that serve nobody without a token.
const ROUTES: [(&str, &str); 6] = [
    ("POST", "/auth/logout/"),
    ("POST", "/auth/logoutall/"),
    ("GET", "/auth/user/"),
    ("POST", "/api/auth/logout/"),
    ("POST", "/api/auth/logoutall/"),
    ("GET", "/api/auth/user/"),
];

async fn assert_refused(server: &TestServer, authorization: Option<&str>, detail: &str) {
    for (method, path) in ROUTES {
        let asker = match authorization {
            Some(authorization) => server.bearing(authorization),
            None => server.anonymous(),
        };
        let answer = asker.ask(method, path).send().await;
        assert_eq!(answer.status, 401, "{method} {path} {authorization:?}");
        assert_eq!(answer.body, format!("{{\"detail\":\"{detail}\"}}"), "{method} {path} {authorization:?}");
        assert_eq!(answer.header("www-authenticate"), Some("Token"), "{method} {path} {authorization:?}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
}

const NOT_PROVIDED: &str = "Authentication credentials were not provided.";
const INVALID: &str = "Invalid token.";

/// contracts 2.2, "none, or another scheme".
#[tokio::test]
async fn no_header_or_another_scheme_is_no_credential() {
    let server = house().await;
    let token = token(&server).await;
    assert_refused(&server, None, NOT_PROVIDED).await;
    for scheme in ["Bearer", "Basic", "Tokens", "Toke", "Token:"] {
        assert_refused(&server, Some(&format!("{scheme} {token}")), NOT_PROVIDED).await;
    }
    for header in ["", "   ", &token, &format!("Token{token}")] {
        assert_refused(&server, Some(header), NOT_PROVIDED).await;
    }
    assert_eq!(who(&server, &token).await.status, 200);
}

/// contracts 2.2, "`Token`".
#[tokio::test]
async fn the_scheme_word_alone_has_no_credentials() {
    let server = house().await;
    for header in ["Token", "token", "Token   "] {
        assert_refused(&server, Some(header), "Invalid token header. No credentials provided.").await;
    }
}

/// contracts 2.2, "`Token a b`".
#[tokio::test]
async fn a_token_with_spaces_is_told_so() {
    let server = house().await;
    let token = token(&server).await;
    let detail = "Invalid token header. Token string should not contain spaces.";
    for header in ["Token a b", &format!("Token {token} x"), &format!("Token Token {token}")] {
        assert_refused(&server, Some(header), detail).await;
    }
    assert_eq!(who(&server, &token).await.status, 200);
}

/// contracts 2.2, "unknown, expired or already used"; knox's view tests: invalid length, odd length.
#[tokio::test]
async fn an_unknown_token_is_invalid_whatever_its_length() {
    let server = house().await;
    let token = token(&server).await;
    let (longer, long) = (format!("{token}0"), "0".repeat(4096));
    let cut = |length| token.get(..length).expect("ASCII");
    for unknown in ["0", "abc", "!", cut(63), cut(15), &longer, &"0".repeat(64), &long] {
        assert_refused(&server, Some(&format!("Token {unknown}")), INVALID).await;
    }
}

/// contracts 2.2: the token itself is case-sensitive.
#[tokio::test]
async fn upper_cased_hex_is_another_token() {
    let server = house().await;
    let token = token(&server).await;
    assert_ne!(token, token.to_uppercase());
    assert_refused(&server, Some(&format!("Token {}", token.to_uppercase())), INVALID).await;
}

/// contracts 2.2: the scheme word is case-insensitive, several blanks are accepted.
#[tokio::test]
async fn spellings_of_the_header_that_are_the_same() {
    let server = house().await;
    let token = token(&server).await;
    for header in ["token {}", "TOKEN {}", "Token    {}", "Token\t{}", "Token {}  "] {
        let answer = server.bearing(header.replace("{}", &token)).get("/auth/user/").send().await;
        assert_eq!(answer.status, 200, "{header}");
    }
}

/// knox's view tests: a prefix that is not the token's makes it another token.
#[tokio::test]
async fn a_token_without_its_prefix_or_with_another_is_unknown() {
    let server = house_with("[dialects.knox]\ntoken_prefix = \"vt_\"\n").await;
    let token = token(&server).await;
    let bare = token.strip_prefix("vt_").expect("the prefix");
    for wrong in [bare.to_owned(), format!("xy_{bare}"), format!("VT_{bare}")] {
        assert_refused(&server, Some(&format!("Token {wrong}")), INVALID).await;
    }
    assert_eq!(who(&server, &token).await.status, 200);
}

/// The header may stand once (RFC 9110, section 5.3); two are no way to have a proxy judge the other one.
#[tokio::test]
async fn two_headers_are_refused_even_when_one_is_good() {
    let server = house().await;
    let good = format!("Token {}", token(&server).await);
    for other in ["Token x", "Bearer x", &good] {
        for (first, second) in [(good.as_str(), other), (other, good.as_str())] {
            let answer =
                server.bearing(first).get("/auth/user/").header("authorization", second).send().await;
            assert_eq!(answer.status, 401, "{other}");
        }
    }
}

/// Decision 3; contracts 8.4: a credential of another dialect is refused here, in whatever carrier.
#[tokio::test]
async fn a_credential_of_another_door_is_refused() {
    let server = house().await;
    let secret = secret_of_another_door(&server).await;
    assert_refused(&server, Some(&format!("Token {secret}")), INVALID).await;
    assert!(super::opens_another_door(&server, &secret).await, "it was ended by being presented");
}

/// Decision 3, the other way round: a token opens nothing elsewhere.
#[tokio::test]
async fn a_token_opens_no_other_door() {
    let server = house().await;
    assert!(!super::opens_another_door(&server, &token(&server).await).await);
}

/// contracts 2.2, "only token auth"; 8.4: no cookie is a credential here.
#[tokio::test]
async fn a_cookie_is_no_credential() {
    let server = house().await;
    let token = token(&server).await;
    for name in ["sessionid", "token", "Authorization", "vault", "JSESSIONID", "jwt"] {
        for (method, path) in ROUTES {
            let ask = server.anonymous().ask(method, path).header("cookie", format!("{name}={token}"));
            let answer = ask.send().await;
            assert_eq!(answer.json()["detail"], NOT_PROVIDED, "{name} {path}");
            assert_eq!(answer.status, 401);
        }
    }
}

/// contracts 8.5: a token in the query string is no credential here.
#[tokio::test]
async fn a_query_is_no_credential() {
    let server = house().await;
    let token = token(&server).await;
    for (method, path) in ROUTES {
        let answer = server.anonymous().ask(method, &format!("{path}?token={token}")).send().await;
        assert_eq!(answer.json()["detail"], NOT_PROVIDED, "{path}");
    }
}
