"""Schemathesis against the served OpenAPI document: what the document says is what the server does."""

import pytest
from documents import hold


@pytest.mark.parametrize("wire", ["documented", "deployed"])
def test_the_served_document_holds(new_server, provider, tmp_path, wire):
    server = new_server(VESTIBULE_DIALECTS__TRIEVE__WIRE=wire, **provider.environment())
    reached = hold(server, "trieve", "schemathesis_trieve_hooks", tmp_path, config="schemathesis_trieve.toml")
    # It is no proof that nothing failed unless the paths behind the login were really entered.
    for reached_by in [
        "GET /api/auth 303",
        "GET /api/auth 400",
        "DELETE /api/auth 401",
        "GET /api/auth/callback 401",
        "GET /api/auth/me 200",
        "GET /api/user/api_key 200",
        "POST /api/user/api_key 200",
        "DELETE /api/user/api_key/{api_key_id} 404",
        "GET /api/organization/api_key 200",
        "POST /api/organization/api_key 200",
        "DELETE /api/organization/api_key/{api_key_id} 404",
        "POST /api/invitation 400",
        "GET /api/invitation/{id} 200",
        "DELETE /api/invitation/{id} 404",
        "GET /api/invitations/{organization_id} 200",
        "GET /api/health 200",
    ]:
        assert reached[reached_by], (reached_by, reached)
