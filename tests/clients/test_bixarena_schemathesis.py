"""Schemathesis against the served OpenAPI document: what the document says is what the server does."""

import pytest
from bixarena import BASES, service_client
from documents import hold

SERVICE, SECRET = "bixarena-api-service", "a-long-and-random-secret"


@pytest.mark.parametrize("wire", ["documented", "deployed"])
def test_the_served_document_holds(new_server, provider, tmp_path, monkeypatch, wire):
    server = new_server(
        VESTIBULE_DIALECTS__BIXARENA__WIRE=wire,
        **provider.environment(),
        **service_client(tmp_path, SERVICE, SECRET),
    )
    monkeypatch.setenv("CLIENT_TESTS_SERVICE", f"{SERVICE}:{SECRET}")
    hooks = "schemathesis_bixarena_hooks"
    reached = hold(server, "bixarena", hooks, tmp_path, config="schemathesis_bixarena.toml")
    # It is no proof that nothing failed unless the paths behind the login were really entered.
    nobody = 403 if wire == "deployed" else 401
    for base in BASES:
        for reached_by in [
            f"GET {base}/auth/oidc/start 302",
            f"GET {base}/auth/oidc/callback 400",
            f"POST {base}/auth/logout 204",
            f"POST {base}/token 200",
            f"POST {base}/token {nobody}",
            f"GET {base}/.well-known/jwks.json 200",
            f"GET {base}/auth/login 302",
            f"GET {base}/auth/callback 400",
            f"POST {base}/oauth2/token 200",
            f"POST {base}/oauth2/service-token 200",
            f"POST {base}/oauth2/service-token 401",
            f"GET {base}/userinfo 200",
            f"GET {base}/userinfo 401",
        ]:
            assert reached[reached_by], (reached_by, reached)
