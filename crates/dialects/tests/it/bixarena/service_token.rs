//! contracts 5.5, POST `/oauth2/service-token`.

use identity::audit::EventKind;
use insta::assert_snapshot;
use serde_json::json;
use testkit::token::{claims, encoded, verified};

use super::{EDDSA, FOR_SERVICE, House, JWKS, SITE, access_token, house_at};

const ID: &str = "bixarena-api-service";
const SECRET: &str = "0123456789abcdef:+/";

/// A house with one service, and the folder that its secret is in.
async fn house() -> (House, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("secret");
    std::fs::write(&file, format!("{SECRET}\n")).expect("a file");
    let service = format!(
        "[[dialects.bixarena.service_clients]]\nid = {ID:?}\nsecret_file = {file:?}\nroles = [\"service\"]\n"
    );
    (house_at("", &format!("{EDDSA}{service}"), "").await, folder)
}

/// `Basic` with standard base64 (RFC 7617 section 2).
fn basic(text: &str) -> String {
    let bytes = text.as_bytes();
    let padding = "=".repeat((3 - bytes.len() % 3) % 3);
    format!("Basic {}{padding}", encoded(bytes).replace('-', "+").replace('_', "/"))
}

#[tokio::test]
async fn clause_5_5_a_service_gets_a_token() {
    let (house, _folder) = house().await;
    for path in [FOR_SERVICE, "/oauth2/service-token"] {
        let ask = house.server.bearing(basic(&format!("{ID}:{SECRET}")));
        let answer = ask.post(&format!("{path}?audience=urn:bixarena:api")).send().await;
        let token = access_token(&answer);
        assert_eq!(
            answer.body,
            format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":300}}"#)
        );
        let set = house.server.anonymous().get(JWKS).send().await.body;
        let now = house.server.operator().now;
        let told = verified(&token, &set, SITE, "urn:bixarena:api", now).expect("a good token");
        assert_eq!(
            told,
            json!({
                "iss": SITE, "sub": ID, "aud": "urn:bixarena:api", "roles": ["service"],
                "iat": 1_767_355_200, "nbf": 1_767_355_200, "exp": 1_767_355_500, "jti": told["jti"],
            })
        );
        assert_eq!(
            house.server.events().await.pop().map(|event| event.kind),
            Some(EventKind::ServiceTokenMinted)
        );
    }
}

/// A form may come along, as OAuth has it; it is not looked at.
#[tokio::test]
async fn a_body_is_not_looked_at() {
    let (house, _folder) = house().await;
    let ask =
        house.server.bearing(basic(&format!("{ID}:{SECRET}"))).post(&format!("{FOR_SERVICE}?audience=a"));
    let form = "grant_type=client_credentials&client_id=other&client_secret=other";
    access_token(&ask.body("application/x-www-form-urlencoded", form).send().await);
}

/// 401, then 400, both without a body.
#[tokio::test]
async fn clause_5_5_who_asks_is_settled_before_what_for() {
    let (house, _folder) = house().await;
    let nobody = house.server.anonymous().post(FOR_SERVICE).send().await;
    assert_snapshot!(nobody, @r#"
    401 Unauthorized
    www-authenticate: Basic realm="BixArena"
    "#);
    let session = house.session("ann").await;
    let by_session = house.ask(&session, "POST", &format!("{FOR_SERVICE}?audience=a")).send().await;
    assert_eq!(by_session.to_string(), nobody.to_string());
    let good = basic(&format!("{ID}:{SECRET}"));
    for header in [
        basic(&format!("{ID}:{SECRET}x")),
        basic(&format!("{ID}:")),
        basic(ID),
        basic(&format!("other:{SECRET}")),
        basic(&format!(":{SECRET}")),
        basic(""),
        basic(&format!("{}:{SECRET}", ID.to_uppercase())),
        basic(&format!("{ID}:{SECRET}\n")),
        basic(&format!("{ID}:\u{fc}")),
        good.trim_end_matches('=').to_owned(),
        good.replace("Basic ", "Basic"),
        good.replace("Basic", "Bearer"),
        format!("{good} x"),
        "Basic".to_owned(),
    ] {
        let answer = house.server.bearing(&header).post(&format!("{FOR_SERVICE}?audience=a")).send().await;
        assert_eq!(answer.to_string(), nobody.to_string(), "{header}");
    }
    let twice =
        house.server.bearing(&good).post(&format!("{FOR_SERVICE}?audience=a")).header("authorization", &good);
    assert_eq!(twice.send().await.to_string(), nobody.to_string());
    for query in ["", "?audience=", "?audience=a%20b", "?audience=a&audience=a", "?Audience=a"] {
        let answer = house.server.bearing(&good).post(&format!("{FOR_SERVICE}{query}")).send().await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (400, ""), "{query}");
        assert_eq!(answer.header("content-type"), None);
    }
}

/// A service is nobody: its token opens nothing here, not even for our own audience.
#[tokio::test]
async fn a_services_token_opens_nothing_here() {
    let (house, _folder) = house().await;
    let ask = house.server.bearing(basic(&format!("{ID}:{SECRET}")));
    let token = access_token(&ask.post(&format!("{FOR_SERVICE}?audience=vestibule")).send().await);
    assert_eq!(claims(&token)["aud"], "vestibule");
    assert_eq!(house.bears(&token).await, 401);
}

/// The issue's "limits too": who guesses at a service's secret waits, in the product's shape; the service at its own
/// address does not.
#[tokio::test]
async fn twenty_wrong_secrets_of_a_service_make_their_address_wait() {
    let (house, _folder) = house().await;
    let ask = async |address: [u8; 4], secret: &str| {
        let ask = house.server.bearing(basic(&format!("{ID}:{secret}"))).at(address);
        ask.post(&format!("{FOR_SERVICE}?audience=urn:bixarena:api")).send().await
    };
    for number in 0..20 {
        assert_eq!(ask([198, 51, 100, 9], &format!("wrong-{number}")).await.status, 401);
    }
    assert_snapshot!(ask([198, 51, 100, 9], SECRET).await, @r#"
    429 Too Many Requests
    content-type: application/json
    retry-after: 60

    {"title":"Rate Limit Exceeded","status":429,"detail":"Too many requests. Please try again later.","retryAfterSeconds":60}
    "#);
    assert_eq!(ask([203, 0, 113, 5], SECRET).await.status, 200);
}
