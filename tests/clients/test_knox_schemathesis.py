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
    server = new_server(VESTIBULE_DIALECTS__KNOX__WIRE=request.param, VESTIBULE_LIMITS__ACCOUNT_FAILURES_FREE="100")
    server.create_user("john", "john@example.com", "password")
    return server


def test_the_served_document_holds(server, tmp_path):
    record = tmp_path / "record"
    result = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli",
            "--config-file", HERE / "schemathesis.toml",
            "run", f"{server.url}/docs/knox.json",
            "--url", server.url,
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
            "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
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
