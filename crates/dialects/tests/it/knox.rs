//! The knox dialect, clause by clause of its compatibility table.

use insta::assert_snapshot;
use serde_json::json;
use testkit::TestServer;

#[tokio::test]
async fn login_gives_a_token() {
    let server = TestServer::start();
    server.user("john", "correct horse").await;
    let login = json!({"username": "john", "password": "correct horse"});
    let answer = server.anonymous().post("/auth/login/").json(&login).send().await;
    assert_snapshot!(answer, @"");
}
