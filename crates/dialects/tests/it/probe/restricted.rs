//! design, "Decided once": a credential that may less than its owner does not reach beyond itself.

use serde_json::{Value, json};
use testkit::TestServer;

use super::{
    API_TOKEN, CHANGE, CURRENT, JWT, PASSWORD, SESSION, SIGN_OUT, USER, ask, house, jwt, opens, session_id,
};

const REFUSED: &str =
    "{\"status\":\"PERMISSION_DENIED\",\"error\":\"permission denied: not allowed with this token\"}\n";

/// An API token and a JWT with these permissions.
async fn restricted(server: &TestServer, jwt: &str, permissions: &Value) -> [String; 2] {
    let mut made = Vec::new();
    for path in [API_TOKEN, JWT] {
        let answer = ask(server, jwt, "POST", path).json(&json!({"permissions": permissions})).send().await;
        made.push(answer.json()["token"].as_str().expect("a token").to_owned());
    }
    made.try_into().expect("two")
}

#[tokio::test]
async fn a_restricted_credential_does_not_reach_beyond_itself() {
    let server = house().await;
    let jwt = jwt(&server, "ann").await;
    let one = format!("{SESSION}/{}", session_id(&jwt));
    for token in restricted(&server, &jwt, &json!(["read:profile"])).await {
        let own = format!("{API_TOKEN}/{token}");
        let all = format!("{SIGN_OUT}?logout-all=true");
        for (method, path, body) in [
            ("GET", SESSION, json!({})),
            ("DELETE", SESSION, json!({})),
            ("GET", one.as_str(), json!({})),
            ("DELETE", &one, json!({})),
            ("DELETE", &all, json!({})),
            ("PUT", CHANGE, json!({"old-password": PASSWORD, "new-password": "battery staple"})),
            (
                "PUT",
                "/frontend/api/v1/auth/1/password",
                json!({"old-password": PASSWORD, "new-password": "battery staple"}),
            ),
            ("GET", API_TOKEN, json!({})),
            ("POST", API_TOKEN, json!({})),
            ("GET", &own, json!({})),
            ("PUT", &own, json!({"reset-permissions": true})),
            ("DELETE", &own, json!({})),
            ("POST", JWT, json!({})),
            ("PUT", CURRENT, json!({"first-name": "x"})),
            ("PUT", "/frontend/api/v1/user/1", json!({"first-name": "x"})),
        ] {
            let answer = ask(&server, &token, method, path).json(&body).send().await;
            assert_eq!((answer.status.as_u16(), answer.body.as_str()), (403, REFUSED), "{method} {path}");
        }
        assert_eq!(opens(&server, &token).await, 200, "it reads its owner's profile");
        let list = ask(&server, &token, "GET", USER).send().await.json();
        assert_eq!(list["pagination"]["total"], 1);
    }
    assert_eq!(opens(&server, &jwt).await, 200);
    assert_eq!(super::sign_in(&server, "ann", PASSWORD).await.status, 200);
}

/// One that may not even read its owner reads nothing.
#[tokio::test]
async fn one_without_a_profile_reads_nothing() {
    let server = house().await;
    let jwt = jwt(&server, "ann").await;
    for token in restricted(&server, &jwt, &json!(["read:media"])).await {
        for path in [CURRENT, USER, "/frontend/api/v1/user/1"] {
            let answer = ask(&server, &token, "GET", path).send().await;
            assert_eq!((answer.status.as_u16(), answer.body.as_str()), (403, REFUSED), "{path}");
        }
    }
}

/// An administrator's credential without `read:user` sees no more than its owner.
#[tokio::test]
async fn an_administrators_narrow_token_is_no_administrator() {
    let server = house().await;
    server.user_with("adm", PASSWORD, |account| account.role = identity::user::Role::Admin).await;
    let jwt = jwt(&server, "adm").await;
    for token in restricted(&server, &jwt, &json!(["read:profile"])).await {
        assert_eq!(ask(&server, &token, "GET", "/frontend/api/v1/user/1").send().await.status, 404);
    }
    for token in restricted(&server, &jwt, &json!(["read:profile", "read:user"])).await {
        assert_eq!(ask(&server, &token, "GET", "/frontend/api/v1/user/1").send().await.status, 200);
        let rename = ask(&server, &token, "PUT", "/frontend/api/v1/user/1").json(&json!({"first-name": "x"}));
        assert_eq!(rename.send().await.status, 403);
    }
}

/// A JWT may always give itself up.
#[tokio::test]
async fn a_restricted_jwt_may_end_itself() {
    let server = house().await;
    let jwt = jwt(&server, "ann").await;
    let [_, narrow] = restricted(&server, &jwt, &json!(["read:media"])).await;
    assert_eq!(ask(&server, &narrow, "DELETE", SIGN_OUT).send().await.status, 200);
    assert_eq!((opens(&server, &narrow).await, opens(&server, &jwt).await), (401, 200));
}
