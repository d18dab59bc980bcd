"""The programs of docs/verify-internal-jwt.md, as they stand there: what people copy must refuse what it should."""

import re
import subprocess
import sys
from pathlib import Path

import jwt
import pytest
from bixarena import log_in
from node import HERE, NODE
from vestibule import unique

GUIDE = Path(__file__).parent.parent.parent / "docs" / "verify-internal-jwt.md"
ADDRESS = "http://127.0.0.1:8080"


def program(language: str, address: str) -> str:
    (text,) = re.findall(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    assert ADDRESS in text
    return text.replace(ADDRESS, address)


def command(language: str, address: str, folder: Path) -> list:
    """How to run the program, its token excepted."""
    if language == "python":
        file = folder / "verify.py"
        file.write_text(program(language, address))
        return [sys.executable, file]
    # A module is looked for from its own folder upwards.
    (folder / "node_modules").symlink_to(HERE / "node" / "node_modules")
    file = folder / "verify.mjs"
    file.write_text(program(language, address))
    return [*NODE, file]


@pytest.mark.parametrize("language", ["python", "js"])
def test_it_tells_a_good_token_from_others(federated, language, tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with log_in(federated, unique()) as person:
        good = person.mint()
        other = person.call("POST", "/oauth2/token?audience=other").json()["access_token"]
        subject = person.user_info().json()["sub"]
    claims = jwt.decode(good, options={"verify_signature": False})
    kid = {"kid": jwt.get_unverified_header(good)["kid"]}
    bad = {
        "for another audience": other,
        "changed": good[:-8] + "AAAAAAAA",
        "by HMAC": jwt.encode(claims, "k" * 32, "HS256", headers=kid),
        "unsigned": jwt.encode(claims, None, "none", headers=kid),
        "none": "nonsense",
    }
    run = command(language, federated.url, tmp_path)

    def said(token: str) -> subprocess.CompletedProcess:
        return subprocess.run([*run, token], capture_output=True, text=True, timeout=60)

    result = said(good)
    assert result.returncode == 0, result.stderr
    assert subject in result.stdout
    for what, token in bad.items():
        result = said(token)
        assert result.returncode != 0 and not result.stdout, (what, result.stdout)
