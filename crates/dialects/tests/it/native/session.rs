//! All sessions of an account by every door (ASVS 7.5.2).

use serde_json::{Value, json};
use std::time::Duration;
use testkit::TestServer;

use super::{END_OTHERS, PASSWORD, SESSIONS, ask, house, opens, problem, session, shown};

/// A session by another door.
async fn knox(server: &TestServer) -> String {
    let login = json!({"username": "john", "password": PASSWORD});
    let ask = server.anonymous().post("/auth/login/").header("user-agent", "curl/8.14.1").json(&login);
    ask.send().await.json()["token"].as_str().expect("a token").to_owned()
}

async fn listed(server: &TestServer, session: &str) -> Vec<Value> {
    let answer = ask(server, session, "GET", SESSIONS).send().await;
    answer.json()["sessions"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn sessions_of_every_door_are_told_with_device_and_address() {
    let server = house().await;
    knox(&server).await;
    server.advance(Duration::from_mins(1));
    let here = session(&server, "john").await;
    insta::assert_snapshot!(shown(&ask(&server, &here, "GET", SESSIONS).send().await), @r#"
    200 OK
    content-type: application/json

    {"sessions":[{"id":"[UUID]","door":"knox","door_title":"Token API of django-rest-knox, as Papermerge 2.1 speaks it","device":"curl/8.14.1","address":"192.0.2.1","created":"2026-01-02T12:00:00Z","last_seen":"2026-01-02T12:00:00Z","expires":null,"current":false},{"id":"[UUID]","door":"native","door_title":"Vestibule's own API, version 1","device":null,"address":"192.0.2.1","created":"2026-01-02T12:01:00Z","last_seen":"2026-01-02T12:01:00Z","expires":"2026-01-09T12:01:00Z","current":true}]}
    "#);
}

#[tokio::test]
async fn one_of_them_is_ended_and_refused_at_its_door() {
    let server = house().await;
    server.user("ann", PASSWORD).await;
    let token = knox(&server).await;
    server.advance(Duration::from_mins(1));
    let here = session(&server, "john").await;
    let anns = session(&server, "ann").await;
    let knoxes = listed(&server, &here).await[0]["id"].as_str().expect("an id").to_owned();
    let end = |who: &str, id: &str| ask(&server, who, "DELETE", &format!("{SESSIONS}/{id}")).send();
    assert_eq!(problem(&end(&anns, &knoxes).await), (404, "session_not_found".to_owned()));
    assert_eq!(end(&here, &knoxes).await.status, 204);
    assert_eq!(server.bearing(format!("Token {token}")).get("/auth/user/").send().await.status, 401);
    assert_eq!(problem(&end(&here, &knoxes).await), (404, "session_not_found".to_owned()));
    for id in ["x", "0", "{00000000-0000-0000-0000-000000000000}", "%20"] {
        assert_eq!(problem(&end(&here, id).await), (404, "not_found".to_owned()), "{id}");
    }
    let own = listed(&server, &here).await[0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(end(&here, &own).await.status, 204);
    assert_eq!(opens(&server, &here).await, 401);
}

#[tokio::test]
async fn all_the_others_are_ended_by_every_door() {
    let server = house().await;
    let token = knox(&server).await;
    let (here, there) = (session(&server, "john").await, session(&server, "john").await);
    let answer = ask(&server, &here, "POST", END_OTHERS).send().await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({"ended": 2})));
    assert_eq!((opens(&server, &here).await, opens(&server, &there).await), (200, 401));
    assert_eq!(server.bearing(format!("Token {token}")).get("/auth/user/").send().await.status, 401);
    assert_eq!(listed(&server, &here).await.len(), 1);
}
