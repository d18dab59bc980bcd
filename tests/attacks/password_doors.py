"""Every door that compares a password, by one set of words: try a password, and what came of it. Not for assertions."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode

from doors import Person
from probe import BASE as PROBE
from vestibule import Answer, Server
from visitor import Visitor

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class PasswordDoor:
    """`attempt(at, name, password, headers)` is one try; `by_name` says whether usernames are taken besides addresses."""

    name: str
    attempt: Callable[[Server, str, str, dict], Answer]
    good: int
    wrong: int
    by_name: bool

    def identifier(self, person: Person) -> str:
        return person.name if self.by_name else person.email

    def guess(self, at: Server, identifier: str, password: str = "wrong horse", headers: dict | None = None) -> int:
        return self.attempt(at, identifier, password, headers or {}).status

    def enters(self, at: Server, person: Person, password: str | None = None) -> bool:
        status = self.guess(at, self.identifier(person), password or person.password)
        assert status in (self.good, self.wrong, 429), (self.name, status)
        return status == self.good


def _knox(at, name, password, headers):
    return at.post_json("/auth/login/", {"username": name, "password": password}, headers)


def _syntho(at, name, password, headers):
    return at.post_json("/api/v1/auth/", {"email": name, "password": password}, headers)


def _probe(at, name, password, headers):
    return at.post_json(f"{PROBE}/auth/sign-in", {"email": name, "password": password}, headers)


def _native(at, name, password, headers):
    return at.post_json("/id/v1/login", {"identifier": name, "password": password}, headers)


_forms: dict[str, tuple[str, str]] = {}


def form_of(at: Server, path: str) -> tuple[str, str]:
    """The form token of a page, and the cookies of the browser that opened it; opened once a server."""
    if (at.url + path) not in _forms:
        with Visitor(at) as visitor:
            page = visitor.open(path)
            token = re.search(r'name="form_token" value="([^"]*)"', page.text)[1]
            cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.cookies)
        _forms[at.url + path] = (token, cookies)
    return _forms[at.url + path]


def send_form(at: Server, path: str, fields: dict, headers: dict | None = None) -> Answer:
    token, cookies = form_of(at, path)
    body = urlencode({"form_token": token, **fields}).encode()
    headers = dict(headers or {})
    headers["Cookie"] = "; ".join(filter(None, (cookies, headers.get("Cookie"))))
    return at.http("POST", path, {"Content-Type": FORM, **headers}, body)


def _page(at, name, password, headers):
    return send_form(at, "/login", {"identifier": name, "password": password}, headers)


PASSWORD_DOORS = [
    PasswordDoor("knox", _knox, 200, 400, True),
    PasswordDoor("syntho", _syntho, 201, 400, False),
    PasswordDoor("probe", _probe, 200, 401, False),
    PasswordDoor("native", _native, 200, 401, True),
    PasswordDoor("page", _page, 303, 403, True),
]


def at_once(count: int, act: Callable[[int], object]) -> list:
    """What comes of acts that begin together, each in a thread of its own."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(act, range(count)))
