"""Schemathesis against the served OpenAPI document: what the document says is what the server does."""

import pytest
from documents import hold


# 405 comes without `Allow`, as from actix-web (contracts 4.2); that it comes at all is tested in process.
NO_ALLOW = "unsupported_method"
# Nobody at `/api/auth/me` is 400 in the document, and 401 in the product only (contracts 0.6).
NOBODY_IS_400 = "ignored_auth"


@pytest.mark.parametrize("wire", ["documented", "deployed"])
def test_the_served_document_holds(new_server, provider, tmp_path, wire):
    server = new_server(VESTIBULE_DIALECTS__TRIEVE__WIRE=wire, **provider.environment())
    left_out = NO_ALLOW if wire == "deployed" else f"{NO_ALLOW},{NOBODY_IS_400}"
    options, config = ("--exclude-checks", left_out), "schemathesis_trieve.toml"
    reached = hold(server, "trieve", "schemathesis_trieve_hooks", tmp_path, *options, config=config)
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
