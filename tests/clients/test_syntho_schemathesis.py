"""Schemathesis against the served OpenAPI document: what the document says is what the server does.

All checks are on. The run is the same every time: one worker and deterministic generation, which uses neither a seed
nor remembered examples.
"""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(params=["documented", "deployed"])
def server(request, new_server):
    # Random credentials are failures by the hundred, some of them for one name: as many are free as can be.
    server = new_server(VESTIBULE_DIALECTS__SYNTHO__WIRE=request.param, VESTIBULE_LIMITS__ACCOUNT_FAILURES_FREE="100")
    server.create_user("boss", "boss@example.com", "password", "--role", "admin")
    return server


def test_the_served_document_holds(server, tmp_path):
    record = tmp_path / "record"
    result = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli",
            "--config-file", HERE / "schemathesis.toml",
            "run", f"{server.url}/docs/syntho.json",
            "--url", server.url,
            # Redirects whatever comes, so that no body is accepted or refused; tested in test_syntho_session.py.
            "--exclude-path", "/api/v1/auth",
            "--checks", "all",
            "--mode", "all",
            "--phases", "examples,coverage,fuzzing,stateful",
            "--max-examples", "150",
            "--workers", "1",
            "--generation-deterministic",
            "--continue-on-failure",
            "--no-color",
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "SCHEMATHESIS_HOOKS": "schemathesis_syntho_hooks",
            "PYTHONPATH": str(HERE),
            "CLIENT_TESTS_SERVER": server.url,
            "CLIENT_TESTS_RECORD": str(record),
            "NO_PROXY": "127.0.0.1",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr

    # It is no proof that nothing failed unless the paths behind the login were really entered.
    reached = Counter(record.read_text().splitlines())
    for reached_by in [
        "GET /api/v1/auth/ 200",
        "POST /api/v1/auth/ 400",
        "DELETE /api/v1/auth/ 200",
        "GET /api/v1/users/ 200",
        "POST /api/v1/users/ 201",
        "POST /api/v1/users/ 400",
        "GET /api/v1/users/me/ 200",
        "POST /api/v1/users/me/password/ 400",
    ]:
        assert reached[reached_by], (reached_by, reached)
