"""Schemathesis against the served OpenAPI document: what the document says is what the server does."""

import pytest
from documents import hold


@pytest.fixture(params=["documented", "deployed"])
def server(request, new_server):
    # Random credentials are failures by the hundred, some of them for one name: as many are free as can be.
    server = new_server(VESTIBULE_DIALECTS__KNOX__WIRE=request.param, VESTIBULE_LIMITS__ACCOUNT_FAILURES_FREE="100")
    server.create_user("john", "john@example.com", "quiet morning harbour")
    return server


def test_the_served_document_holds(server, tmp_path):
    reached = hold(server, "knox", "schemathesis_knox_hooks", tmp_path)
    # It is no proof that nothing failed unless the paths behind the login were really entered.
    success = 204 if server.environment["VESTIBULE_DIALECTS__KNOX__WIRE"] == "deployed" else 200
    for operation, status in [
        ("POST {}/auth/login/", 200),
        ("POST {}/auth/login/", 400),
        ("POST {}/auth/logout/", success),
        ("POST {}/auth/logout/", 401),
        ("POST {}/auth/logoutall/", success),
        ("POST {}/auth/logoutall/", 401),
        ("GET {}/auth/user/", 200),
        ("GET {}/auth/user/", 401),
    ]:
        assert any(reached[f"{operation.format(base)} {status}"] for base in ("", "/api")), (operation, status, reached)
