"""`papermerge-cli`, the product's published command line, unmodified, as a user would run it."""

import os
import subprocess

import pytest
from vestibule import PASSWORD


@pytest.fixture
def run(papermerge_cli, tmp_path):
    def run(host: str, *arguments: str) -> subprocess.CompletedProcess:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PAPERMERGE_", "TOKEN"))}
        return subprocess.run(
            [papermerge_cli, "--host", host, *arguments],
            cwd=tmp_path,
            env=inherited,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


def test_auth_prints_a_token_that_works(either, run):
    user = either.create_user("cli-user")
    result = run(either.url, "auth", "-u", "cli-user", "-p", PASSWORD)
    assert result.returncode == 0, result.stderr
    (token,) = result.stdout.split()
    assert len(token) == 64
    answer = either.who(token)
    assert answer.status == 200
    assert answer.json()["pk"] == user["number"]


def test_auth_with_a_wrong_password_fails_with_the_documented_reason(either, run):
    either.create_user("cli-wrong")
    result = run(either.url, "auth", "-u", "cli-wrong", "-p", "not this one")
    assert result.returncode != 0
    assert result.stdout == ""
    assert "(400)" in result.stderr
    assert "Unable to log in with provided credentials." in result.stderr


def test_a_closing_slash_of_the_host_does_not_matter(documented, run):
    documented.create_user("cli-slash")
    result = run(f"{documented.url}/", "auth", "-u", "cli-slash", "-p", PASSWORD)
    assert result.returncode == 0, result.stderr
    assert documented.who(result.stdout.strip()).status == 200
