"""Every door that takes logins from a provider, by one set of words: begin, come back, and who is signed in."""

from collections.abc import Callable
from dataclasses import dataclass

import requests
from provider import Hops
from vestibule import Server


@dataclass(frozen=True)
class ProviderDoor:
    """Where a login begins, where it comes back to, what tells who somebody is, and the cookie of a session."""

    name: str
    start: str
    callback: str
    me: str
    cookie: str

    def begin(self, at: Server, browser: Hops) -> str:
        """Where the browser is sent."""
        answer = browser.get(at.url + self.start)
        assert answer.status_code in (302, 303, 307), (self.name, answer.status_code, answer.text)
        return answer.headers["Location"]

    def way_back(self, at: Server, browser: Hops, alter: Callable[[str], str] = lambda url: url) -> str:
        """The callback's URL, after a provider that asks nothing; it is not opened. `alter` changes where to."""
        answer = browser.get(alter(self.begin(at, browser)))
        assert answer.status_code == 302, answer.text
        assert answer.headers["Location"].startswith(at.url + self.callback), answer.headers["Location"]
        return answer.headers["Location"]

    def who(self, at: Server, browser: Hops) -> requests.Response | None:
        """What the door tells of the person who is signed in; `None` when nobody is."""
        answer = browser.get(at.url + self.me)
        assert answer.status_code in (200, 400, 401, 403), (self.name, answer.status_code, answer.text)
        return answer if answer.status_code == 200 else None

    def lets_in(self, at: Server, browser: Hops, callback: str) -> bool:
        """Opens the callback; whether somebody is signed in after it. An answer and what it did must agree."""
        answer = browser.get(callback)
        known = self.who(at, browser) is not None
        assert known == (answer.status_code in (200, 302, 303)), (self.name, answer.status_code, answer.text)
        return known


def program() -> Hops:
    """A cookie jar that wants no pages."""
    return Hops("*/*")


PROVIDER_DOORS = [
    ProviderDoor("trieve", "/api/auth", "/api/auth/callback", "/api/auth/me", "vault"),
    ProviderDoor("bixarena", "/v1/auth/oidc/start", "/v1/auth/oidc/callback", "/v1/userinfo", "JSESSIONID"),
    ProviderDoor(
        "syntho",
        "/api/v1/oidc/authenticate/?provider=sample",
        "/api/v1/oidc/callback/",
        "/api/v1/users/me/",
        "sessionid",
    ),
    ProviderDoor("native", "/id/v1/login/provider?provider=sample", "/login/callback", "/id/v1/me", "vestibule"),
]
