"""Schemathesis against the served OpenAPI document: what the document says is what the server does."""

from documents import hold
from vestibule import PASSWORD, unique


def test_the_served_document_holds(new_server, provider, tmp_path, monkeypatch):
    server = new_server(**provider.environment())
    monkeypatch.setenv("CLIENT_TESTS_NAME", server.create_user(unique())["username"])
    monkeypatch.setenv("CLIENT_TESTS_PASSWORD", PASSWORD)
    hooks, config = "schemathesis_native_hooks", "schemathesis_native.toml"
    # Fewer examples do not come to a good new password.
    reached = hold(server, "native", hooks, tmp_path, config=config, examples="150")
    # It is no proof that nothing failed unless the paths behind the login were really entered.
    for reached_by in [
        "GET /id/v1/providers 200",
        "POST /id/v1/login 401",
        "POST /id/v1/confirm 401",
        "POST /id/v1/logout 204",
        "GET /id/v1/login/provider 303",
        "GET /login/callback 400",
        "GET /id/v1/me 200",
        "GET /id/v1/sessions 200",
        "POST /id/v1/sessions/end-others 200",
        "DELETE /id/v1/sessions/{id} 404",
        "POST /id/v1/password 204",
        "POST /id/v1/email 202",
        "POST /id/v1/email/confirm 400",
        "GET /id/v1/keys 200",
        "POST /id/v1/keys 201",
        "DELETE /id/v1/keys/{id} 404",
        "GET /id/v1/identities 200",
        "POST /id/v1/identities 404",
        "DELETE /id/v1/identities/{id} 404",
    ]:
        assert reached[reached_by], (reached_by, reached)
