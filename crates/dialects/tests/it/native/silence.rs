//! What is not there, in this dialect's shape.

use testkit::TestServer;

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let server = TestServer::start();
    insta::assert_snapshot!(server.anonymous().get("/id/v1/nothing").send().await, @r#"
    404 Not Found
    content-type: application/problem+json

    {"type":"about:blank","title":"Not Found","status":404,"detail":"Nothing is here.","code":"not_found"}
    "#);
    insta::assert_snapshot!(server.anonymous().ask("PUT", "/id/v1/keys").send().await, @r#"
    405 Method Not Allowed
    content-type: application/problem+json
    allow: GET, HEAD, POST

    {"type":"about:blank","title":"Method Not Allowed","status":405,"detail":"This path knows other methods.","code":"method_not_allowed"}
    "#);
    let nobody = server.anonymous().get("/id/v1/keys").send().await;
    insta::assert_snapshot!(nobody, @r#"
    401 Unauthorized
    content-type: application/problem+json
    www-authenticate: Bearer realm="vestibule"

    {"type":"about:blank","title":"Unauthorized","status":401,"detail":"Sign in first.","code":"credential_missing"}
    "#);
}
