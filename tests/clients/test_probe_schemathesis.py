"""Schemathesis against the served OpenAPI document: what the document says is what the server does."""

from documents import hold

BASE = "/frontend/api/v1"


def test_the_served_document_holds(new_server, tmp_path):
    # Random credentials are failures by the hundred, some of them for one name: as many are free as can be.
    server = new_server(VESTIBULE_DIALECTS__PROBE__SIGN_UP="true", VESTIBULE_LIMITS__ACCOUNT_FAILURES_FREE="100")
    server.create_user("boss", "boss@example.com", "quiet morning harbour", "--role", "admin")
    reached = hold(
        server, "probe", "schemathesis_probe_hooks", tmp_path,
        # Of several credentials the first carrier that is there decides, and these tests always send a good header: a
        # bad token in the query beside it is not looked at. The carriers have tests of their own.
        "--exclude-checks", "ignored_auth",
        config="schemathesis_probe.toml",
    )  # fmt: skip
    # It is no proof that nothing failed unless the paths behind the login were really entered.
    for reached_by in [
        f"POST {BASE}/auth/sign-in 401",
        f"GET {BASE}/auth/session 200",
        f"DELETE {BASE}/auth/session 204",
        f"DELETE {BASE}/auth/sign-out 200",
        f"GET {BASE}/auth/api-token 200",
        f"POST {BASE}/auth/api-token 200",
        f"POST {BASE}/auth/jwt 200",
        f"POST {BASE}/auth/password-restore 200",
        f"POST {BASE}/auth/sign-up 200",
        f"GET {BASE}/user 200",
        f"GET {BASE}/user/current 200",
        f"PUT {BASE}/user/current 200",
    ]:
        assert reached[reached_by], (reached_by, reached)
