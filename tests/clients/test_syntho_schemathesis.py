"""Schemathesis against the served OpenAPI document: what the document says is what the server does."""

import pytest
from documents import hold


@pytest.fixture(params=["documented", "deployed"])
def server(request, new_server, provider):
    # Random credentials are failures by the hundred, some of them for one name: as many are free as can be.
    server = new_server(
        VESTIBULE_DIALECTS__SYNTHO__WIRE=request.param,
        VESTIBULE_LIMITS__ACCOUNT_FAILURES_FREE="100",
        **provider.environment(),
    )
    server.create_user("boss", "boss@example.com", "quiet morning harbour", "--role", "admin")
    return server


def test_the_served_document_holds(server, tmp_path):
    # The path without its slash redirects whatever comes, so that no body is accepted or refused; it is tested in
    # test_syntho_session.py.
    reached = hold(
        server, "syntho", "schemathesis_syntho_hooks", tmp_path,
        "--exclude-path", "/api/v1/auth",
        config="schemathesis_syntho.toml",
    )  # fmt: skip
    # It is no proof that nothing failed unless the paths behind the login were really entered.
    for reached_by in [
        "GET /api/v1/auth/ 200",
        "POST /api/v1/auth/ 400",
        "DELETE /api/v1/auth/ 200",
        "GET /api/v1/oidc/authenticate/ 302",
        "GET /api/v1/oidc/authenticate/ 404",
        "GET /api/v1/oidc/callback/ 400",
        "GET /api/v1/users/ 200",
        "POST /api/v1/users/ 201",
        "POST /api/v1/users/ 400",
        "GET /api/v1/users/me/ 200",
        "POST /api/v1/users/me/password/ 400",
    ]:
        assert reached[reached_by], (reached_by, reached)
