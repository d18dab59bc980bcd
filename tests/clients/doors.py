"""The doors, one class each with the same methods: log in, present a credential, end it. Not for assertions about what
an event ends: those stand in the test modules.

A credential is what a client holds after a login. Its kind is a column of the table in `test_one_ledger.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests
from bixarena import CALLBACK, COOKIE
from probe import BASE as PROBE
from provider import Hops, Provider
from vestibule import PASSWORD, Answer, Server, compact, unique

LAPTOP, PHONE = "laptop/1.0", "phone/1.0"
JSON = {"Content-Type": "application/json"}
KEY = "API key"
NATIVE_BASE = "/id/v1"


@dataclass
class Person:
    """A user whose address is verified, and whom the sample provider knows by the same one: every door is open."""

    id: str
    number: int
    name: str
    email: str
    password: str

    @classmethod
    def of(cls, at: Server, password: str = PASSWORD) -> "Person":
        user = at.create_user(unique(), None, password, "--email-verified")
        return cls(user["id"], user["number"], user["username"], user["email"], password)


@dataclass(frozen=True)
class Credential:
    """What a client was given: of which kind, by which door, and to what device."""

    kind: str
    door: "Door" = field(repr=False)
    secret: str = field(repr=False)
    device: str

    def lives(self, at: Server, person: Person) -> bool:
        """Whether a request with it is served, as its owner's."""
        answer = self.door.present(at, self)
        assert answer.status in (200, *self.door.refusals), (self, answer.status, answer.text)
        if answer.status == 200:
            assert self.door.names(answer, person), (self, answer.text)
        return answer.status == 200


class Door:
    """One dialect as its clients use it."""

    # The word in the ledger, and the kind of credential that stands for a session.
    name: str
    session: str
    # What `present` is answered when the credential opens nothing; and what a refused login is.
    refusals: tuple[int, ...] = (401,)
    login_refusals: tuple[int, ...]
    # The cookie that it reads, where it reads one.
    cookie: str | None = None
    by_provider = False

    def try_log_in(
        self, at: Server, person: Person, device: str, password: str | None = None
    ) -> list[Credential] | None:
        """The credentials of a new login, that of the session first; `None` when the person is not let in."""
        raise NotImplementedError

    def log_in(self, at: Server, person: Person, device: str = LAPTOP) -> list[Credential]:
        credentials = self.try_log_in(at, person, device)
        assert credentials, f"{self.name} does not let {person.name} in:\n{at.log}"
        return credentials

    def carried(self, credential: Credential) -> dict[str, str]:
        """The headers that carry it."""
        raise NotImplementedError

    def present(self, at: Server, credential: Credential) -> Answer:
        """A request that is served to its owner only and changes nothing."""
        raise NotImplementedError

    def names(self, answer: Answer, person: Person) -> bool:
        return person.email in answer.text

    def log_out(self, at: Server, credential: Credential) -> Answer:
        raise NotImplementedError

    def _refused(self, answer: Answer | requests.Response) -> None:
        """A login was refused, and by nothing else than what refuses people."""
        status = answer.status if isinstance(answer, Answer) else answer.status_code
        assert status in self.login_refusals, (self.name, status, answer.text)


class Knox(Door):
    name, session = "knox", "knox token"
    login_refusals = (400,)

    def try_log_in(self, at, person, device, password=None):
        body = {"username": person.name, "password": password or person.password}
        answer = at.post_json("/auth/login/", body, {"User-Agent": device})
        if answer.status != 200:
            return self._refused(answer)
        return [Credential(self.session, self, answer.json()["token"], device)]

    def carried(self, credential):
        return {"Authorization": f"Token {credential.secret}"}

    def present(self, at, credential):
        return at.http("GET", "/auth/user/", self.carried(credential))

    def log_out(self, at, credential, everywhere=False):
        return at.http("POST", "/auth/logoutall/" if everywhere else "/auth/logout/", self.carried(credential))


class Syntho(Door):
    name, session, cookie = "syntho", "sessionid", "sessionid"
    login_refusals = (400,)

    def try_log_in(self, at, person, device, password=None, presented=None):
        body = {"email": person.email, "password": password or person.password}
        carried = self.carried(presented) if presented else {}
        answer = at.post_json("/api/v1/auth/", body, {"User-Agent": device, **carried})
        if answer.status != 201:
            return self._refused(answer)
        return [Credential(self.session, self, _set_by(answer, self.cookie), device)]

    def carried(self, credential):
        return {"Cookie": f"{self.cookie}={credential.secret}"}

    def present(self, at, credential):
        return at.http("GET", "/api/v1/users/me/", self.carried(credential))

    def log_out(self, at, credential):
        return at.http("DELETE", "/api/v1/auth/", self.carried(credential))

    def change_password(self, at, credential, person, new, end_others):
        body = {"old_password": person.password, "new_password": new, "end_other_sessions": end_others}
        return at.post_json("/api/v1/users/me/password/", body, self.carried(credential))


class Probe(Door):
    """Its login gives two credentials: a JWT, which is a session, and the account's standing token."""

    name, session, cookie = "probe", "Probe JWT", "jwt"
    login_refusals = (401,)

    def try_log_in(self, at, person, device, password=None, **more):
        body = {"email": person.email, "password": password or person.password, **more}
        answer = at.post_json(f"{PROBE}/auth/sign-in", body, {"User-Agent": device})
        if answer.status != 200:
            return self._refused(answer)
        told = answer.json()
        return [
            Credential(self.session, self, told["jwt-token"]["token"], device),
            Credential("Probe account token", self, told["api-token"], device),
        ]

    def carried(self, credential):
        return {"Authorization": f"Bearer {credential.secret}"}

    def present(self, at, credential):
        return at.http("GET", f"{PROBE}/user/current", self.carried(credential))

    def log_out(self, at, credential, everywhere=False):
        query = "?logout-all=true" if everywhere else ""
        return at.http("DELETE", f"{PROBE}/auth/sign-out{query}", self.carried(credential))

    def change_password(self, at, credential, person, new, end_others):
        body = {"old-password": person.password, "new-password": new}
        path = f"{PROBE}/auth/current/password?logout-all={str(end_others).lower()}"
        return at.http("PUT", path, {**JSON, **self.carried(credential)}, compact(body))


class BixArena(Door):
    """Its login is the provider's, and its session is traded for internal JWTs."""

    name, session, cookie = "bixarena", "JSESSIONID", COOKIE
    login_refusals = (401,)
    by_provider = True
    start, callback = "/v1/auth/oidc/start", CALLBACK

    def try_log_in(self, at, person, device, password=None, back_at=None, presented=None):
        with visitor(device) as browser:
            if presented:
                browser.cookies.set(self.cookie, presented.secret, domain="127.0.0.1", path="/")
            answer = come_back(browser, at, person, self, back_at or at)
            if answer.status_code != 200:
                return self._refused(answer)
            credential = Credential(self.session, self, browser.cookies[self.cookie], device)
        return [credential, *self.minted(back_at or at, credential)]

    def minted(self, at, credential) -> list[Credential]:
        """A JWT of the session; none if the session has ended meanwhile."""
        answer = at.http("POST", "/v1/token", self.carried(credential))
        if answer.status == 401:
            return []
        assert answer.status == 200, (answer.status, answer.text)
        return [Credential("BixArena JWT", self, answer.json()["access_token"], credential.device)]

    def carried(self, credential):
        if credential.kind == self.session:
            return {"Cookie": f"{self.cookie}={credential.secret}"}
        return {"Authorization": f"Bearer {credential.secret}"}

    def present(self, at, credential):
        return at.http("GET", "/v1/userinfo", self.carried(credential))

    def log_out(self, at, credential):
        return at.http("POST", "/v1/auth/logout", self.carried(credential))


class Trieve(Door):
    """Its login is the provider's, and its session makes API keys."""

    name, session, cookie = "trieve", "vault", "vault"
    # contracts 4.1: 400 is the document's answer to who is not signed in.
    refusals = (400,)
    login_refusals = (400,)
    by_provider = True
    start, callback = "/api/auth", "/api/auth/callback"

    def try_log_in(self, at, person, device, password=None, back_at=None, presented=None):
        with visitor(device) as browser:
            if presented:
                browser.cookies.set(self.cookie, presented.secret, domain="127.0.0.1", path="/")
            answer = come_back(browser, at, person, self, back_at or at)
            if answer.status_code != 200:
                return self._refused(answer)
            return [Credential(self.session, self, browser.cookies[self.cookie], device)]

    def made_key(self, at, credential) -> Credential:
        answer = at.post_json("/api/user/api_key", {"name": "ci", "role": 0}, self.carried(credential))
        assert answer.status == 200, (answer.status, answer.text)
        return Credential(KEY, self, answer.json()["api_key"], credential.device)

    def carried(self, credential):
        if credential.kind == self.session:
            return {"Cookie": f"{self.cookie}={credential.secret}"}
        return {"Authorization": credential.secret}

    def present(self, at, credential):
        return at.http("GET", "/api/auth/me", self.carried(credential))

    def log_out(self, at, credential):
        return at.http("DELETE", "/api/auth", self.carried(credential))


class Native(Door):
    """Vestibule's own API. Its cookie is the session of a browser that sees to an account."""

    # On https it would be `__Host-vestibule`.
    name, session, cookie = "native", "vestibule", "vestibule"
    # 403 says to whoever holds a credential that the account is suspended.
    refusals = (401, 403)
    login_refusals = (401,)

    def try_log_in(self, at, person, device, password=None, presented=None):
        body = {"identifier": person.email, "password": password or person.password}
        carried = self.carried(presented) if presented else {}
        answer = at.post_json(f"{NATIVE_BASE}/login", body, {"User-Agent": device, **carried})
        if answer.status != 200:
            return self._refused(answer)
        return [Credential(self.session, self, _set_by(answer, self.cookie), device)]

    def made_key(self, at, credential) -> Credential:
        answer = at.post_json(f"{NATIVE_BASE}/keys", {"name": "ci"}, self.carried(credential))
        assert answer.status == 201, (answer.status, answer.text)
        return Credential(KEY, self, answer.json()["secret"], credential.device)

    def carried(self, credential):
        if credential.kind == self.session:
            return {"Cookie": f"{self.cookie}={credential.secret}"}
        return {"Authorization": f"Bearer {credential.secret}"}

    def present(self, at, credential):
        return at.http("GET", f"{NATIVE_BASE}/me", self.carried(credential))

    def log_out(self, at, credential):
        return at.http("POST", f"{NATIVE_BASE}/logout", self.carried(credential))

    def change_password(self, at, credential, person, new, end_others):
        body = {"old_password": person.password, "new_password": new, "end_other_sessions": end_others}
        return at.post_json(f"{NATIVE_BASE}/password", body, self.carried(credential))


KNOX, SYNTHO, PROBE_DOOR, TRIEVE, BIXARENA, NATIVE = Knox(), Syntho(), Probe(), Trieve(), BixArena(), Native()
DOORS: tuple[Door, ...] = (KNOX, SYNTHO, PROBE_DOOR, TRIEVE, BIXARENA, NATIVE)


@contextmanager
def house(
    binary: Path, folder: Path, provider: Provider, processes: int = 1, **settings: str
) -> Iterator[list[Server]]:
    """The processes of a house whose every door is open to a `Person`; only right passwords are to be expected."""
    first = Server(
        binary,
        folder,
        VESTIBULE_LIMITS__ACCOUNT_FAILURES_FREE="100",
        **provider.environment(link_verified_email="true"),
        **settings,
    )
    nodes = [first, *(first.another() for _ in range(processes - 1))]
    try:
        yield [node.start() for node in nodes]
    finally:
        complaints = [complaint for node in nodes if (complaint := node.close())]
    assert not complaints, complaints


def visitor(device: str) -> Hops:
    """A program with a cookie jar: no page is wanted of the doors."""
    browser = Hops("*/*")
    browser.headers["User-Agent"] = device
    return browser


def come_back(browser: Hops, at: Server, person: Person, door: Door, back_at: Server) -> requests.Response:
    """A login by the provider that is begun at one process and finished at another; the callback's answer."""
    public = at.environment["VESTIBULE_PUBLIC_URL"]
    back = browser.sign_in(at.url + door.start, person.name, public + door.callback)
    return browser.get(back_at.url + back.removeprefix(public))


def _set_by(answer: Answer, cookie: str) -> str:
    name, _, value = answer.header("set-cookie").split(";")[0].partition("=")
    assert name == cookie, answer.headers
    return value


def in_every_carrier(secret: str, cookie: str | None) -> dict[str, tuple[dict[str, str], str]]:
    """Where a door could look for a secret: headers, and a query."""
    return {
        f"cookie {cookie or 'sessionid'}": ({"Cookie": f"{cookie or 'sessionid'}={secret}"}, ""),
        "Authorization: Token": ({"Authorization": f"Token {secret}"}, ""),
        "Authorization: Bearer": ({"Authorization": f"Bearer {secret}"}, ""),
        "Authorization, bare": ({"Authorization": secret}, ""),
        "x-api-key": ({"x-api-key": secret}, ""),
        "query jwt": ({}, f"?jwt={secret}"),
        "query token": ({}, f"?token={secret}"),
    }
