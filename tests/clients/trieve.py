"""The trieve dialect as its clients speak it, and its published client as a process. Not for assertions beyond "it worked"."""

import json
import os
import re
import subprocess
from pathlib import Path

import requests
from probe import outbox
from provider import Hops
from vestibule import Server

HERE = Path(__file__).parent
COOKIE = "vault"
LOGIN = "/api/auth"
CALLBACK = "/api/auth/callback"
ME = "/api/auth/me"
PATIENCE = 60.0


class Person(Hops):
    """Somebody with a cookie jar in front of one server: a program unless `Accept` says otherwise."""

    def __init__(self, server: Server, accept: str = "*/*"):
        super().__init__(accept)
        self.server = server

    def call(self, method: str, path: str, **arguments) -> requests.Response:
        return self.request(method, self.server.url + path, **arguments)

    def come_back(self, name: str, query: str = "") -> str:
        """Begins a login and signs in at the provider; the callback's URL, which is not opened."""
        return self.sign_in(f"{self.server.url}{LOGIN}{query}", name, self.server.url + CALLBACK)

    def try_log_in(self, name: str, query: str = "") -> requests.Response:
        """A whole login; the callback's answer."""
        return self.get(self.come_back(name, query))

    def log_in(self, name: str, query: str = "") -> "Person":
        answer = self.try_log_in(name, query)
        assert answer.status_code == 200, answer.text
        return self

    def me(self) -> dict:
        answer = self.call("GET", ME)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def key(self, **body) -> str:
        answer = self.call("POST", "/api/user/api_key", json={"name": "a key", "role": 1, **body})
        assert answer.status_code == 200, answer.text
        return answer.json()["api_key"]

    @property
    def organization(self) -> str:
        return self.me()["orgs"][0]["id"]

    @property
    def cookie(self) -> str:
        return self.cookies[COOKIE]


def log_in(server: Server, name: str, query: str = "") -> Person:
    return Person(server).log_in(name, query)


def invitation(organization: str, email: str, app: str, role: int = 0) -> dict:
    return {"organization_id": organization, "user_role": role, "email": email, "app_url": app, "redirect_uri": app}


def invitation_link(server: Server, email: str) -> str:
    """Where the one message to this address leads."""
    (message,) = outbox(server, email)
    (link,) = set(re.findall(r"\S+/auth\?\S+", message.get_body(("plain",)).get_content()))
    return link


def published_client(python: Path, server: Server, calls: list, **configuration) -> list[dict]:
    """What came of calls of `trieve_py_client`: `{"api", "call", "arguments"?}` each."""
    told = {"host": server.url, "calls": calls, **configuration}
    result = subprocess.run(
        [python, "-B", HERE / "trieve_client.py"],
        input=json.dumps(told),
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)
