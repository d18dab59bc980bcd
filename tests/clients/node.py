"""Programs in Node.js, as processes: a person at a browser, and a back end that verifies tokens. Not for assertions."""

import json
import os
import subprocess
from pathlib import Path
from typing import Self

HERE = Path(__file__).parent
NODE = [HERE.parent.parent / "examples" / "node", "node"]
PATIENCE = 120.0


def browse(chromium: Path, steps, **options) -> dict:
    """What came of the steps that a browser was told; `node/browse.mjs` has the words for both."""
    return run("browse.mjs", {"steps": steps, "options": options}, CLIENT_TESTS_CHROMIUM=str(chromium))


def run(program: str, told, **environment: str):
    """What a program that is told one JSON value says in one."""
    result = subprocess.run(
        [*NODE, HERE / "node" / program],
        input=json.dumps(told),
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


class Jose:
    """A long-running back end that verifies tokens with npm's `jose` and a published JWK Set."""

    def __init__(self, url: str, issuer: str, audience: str, algorithms: list[str]):
        self.process = subprocess.Popen(
            [*NODE, HERE / "node" / "verify.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        rules = {"url": url, "issuer": issuer, "audience": audience, "algorithms": algorithms}
        assert self.ask(rules) == {"ready": True}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_) -> None:
        self.process.stdin.close()
        assert self.process.wait(PATIENCE) == 0
        self.process.stdout.close()

    def ask(self, question: dict) -> dict:
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the verifier ended"
        return json.loads(line)

    def verified(self, token: str) -> dict:
        """The claims."""
        answer = self.ask({"token": token})
        assert "payload" in answer, answer
        return answer["payload"]

    def refused(self, token: str) -> str:
        """jose's word for what is wrong with it."""
        answer = self.ask({"token": token})
        assert "code" in answer, answer
        return answer["code"]
