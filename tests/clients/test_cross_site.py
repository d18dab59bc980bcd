"""Pages of other sites and a visitor who is signed in by every door, in a real browser: whatever such a page sends, nothing
changes and no answer can be read; a page of `allowed_origins` may do both (security 2, no. 32; security 2, no. 33).

Two ways to be foreign matter. Another port of the same host is another origin of the same *site*, so the browser sends the
cookies along, `SameSite=Lax` or not: what stops it is the check of the origin. Another host's name is another site.
"""

import json
import re
import uuid

import certificates
import pytest
from cross_site import ATTACK, READS, SANDBOXED, USE, Call, arguments, changes
from doors import DOORS, KNOX, LAPTOP, NATIVE, PROBE_DOOR, TRIEVE, Credential, Person
from front_end import front_end, tls_in_front
from vestibule import Server

ALLOWED = [f"VESTIBULE_DIALECTS__{door.name.upper()}__ALLOWED_ORIGINS" for door in DOORS]
# What a use of a credential may write down.
OF_USE = ("last_used", "last_seen", "used", "seen", "address", "user_agent")


class Victim:
    """Somebody who is signed in by every door, with the cookies of one browser."""

    def __init__(self, server: Server):
        self.server = server
        self.person = Person.of(server)
        self.other = Person.of(server)
        self.held = [held for door in DOORS for held in door.log_in(server, self.person, LAPTOP)]

    def cookies(self, url: str) -> list[dict]:
        """For a browser's jar, as the doors set them."""
        # Probe's is set by the product's own pages, and holds its JWT.
        found = {held.door.cookie: held.secret for held in self.sessions() if held.door.cookie}
        flags = {"httpOnly": True, "sameSite": "Lax", "secure": url.startswith("https:")}
        return [{"name": name, "value": value, "url": url, **flags} for name, value in found.items()]

    def sessions(self) -> list[Credential]:
        return [held for held in self.held if held.kind == held.door.session]

    def ledger(self) -> dict:
        """What the command line tells of both users, without when something was used last."""

        def still(value):
            if isinstance(value, dict):
                return {name: still(of) for name, of in value.items() if not name.startswith(OF_USE)}
            return [still(of) for of in value] if isinstance(value, list) else value

        told = {"organizations": self.server.data("organization", "list")}
        for person in (self.person, self.other):
            told[person.name] = {
                "user": self.server.data("user", "show", person.id),
                "sessions": self.server.data("session", "list", "--user", person.id, "--all"),
                "keys": self.server.data("api-key", "list", "--user", person.id),
            }
        return still(told)

    def lives(self) -> list[bool]:
        return [held.lives(self.server, self.person) for held in self.held]


@pytest.fixture
def server(new_server, provider):
    return new_server(
        VESTIBULE_LIMITS__ACCOUNT_FAILURES_FREE="100", **provider.environment(link_verified_email="true")
    )


def walked(browser, victim: Victim, site: str, script: str, calls: list[Call], at: str = "", **options) -> dict:
    """A page of this site runs the script in the victim's browser, against the server `at` this address."""
    at = at or victim.server.url
    steps = [
        {"cookies": victim.cookies(at)},
        {"open": f"{site}/"},
        {"run": {"script": script, "argument": arguments(at, calls)}},
    ]
    return browser(*steps, **options)


def assert_harmless(told: dict, victim: Victim, before: dict, sent: list[dict]) -> None:
    attempts = told["seen"][-1]
    assert len(attempts) > 80
    assert not [attempt for attempt in attempts if attempt["text"] or attempt["status"]], attempts
    assert victim.ledger() == before
    assert all(victim.lives())
    # Nobody was signed in, or out, or in as somebody else.
    ours = {cookie["name"]: cookie["value"] for cookie in told["cookies"]}
    assert {cookie["name"]: cookie["value"] for cookie in sent}.items() <= ours.items()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"], ids=["same-site", "cross-site"])
@pytest.mark.parametrize("script", [ATTACK, SANDBOXED % json.dumps(ATTACK)], ids=["page", "sandboxed"])
def test_a_foreign_page_changes_nothing_and_reads_nothing(server, browser, host, script):
    """security 2, no. 32; security 2, no. 33: fetch in both modes, with and without preflight, beacons, forms of every type, images,
    scripts, styles and frames; the page itself, and one without an origin (`Origin: null`)."""
    victim = Victim(server)
    before, jar = victim.ledger(), victim.cookies(server.url)
    with front_end(host=host) as site:
        told = walked(browser, victim, site, script, changes(victim.person.email, victim.other.email))
    assert_harmless(told, victim, before, jar)
    # It was sent, and it was the origin that stood against it where the cookies came along.
    # A frame without an origin is of no site at all: of its calls only logins get as far.
    refused = server.log.count("cross_site")
    assert refused > (60 if script == ATTACK and host == "127.0.0.1" else 10), refused
    posts = [hop for hop in told["hops"] if hop[0] == "POST" and hop[2].startswith(server.url)]
    assert len(posts) > 60, told["hops"]


def test_a_visitor_who_is_led_somewhere_changes_nothing(server, browser):
    """A top-level navigation by GET carries `SameSite=Lax` cookies from anywhere: security 2, no. 32."""
    victim = Victim(server)
    before = victim.ledger()
    paths = sorted({*READS, *(call.path for call in changes("x", "y"))})
    with front_end(host="localhost") as site:
        leads = [{"lead": {"from": site, "to": server.url + path}} for path in paths]
        told = browser({"cookies": victim.cookies(server.url)}, *leads)
    statuses = {step["url"].removeprefix(server.url): step["status"] for step in told["seen"][1:]}
    # The cookies did come along.
    assert statuses["/account"] == 200 and statuses["/v1/userinfo"] == 200, statuses
    assert victim.ledger() == before and all(victim.lives())


def test_a_page_of_an_allowed_origin_may_do_all_that(new_server, provider, browser):
    """The same calls, from the same page: what stopped it was nothing but its origin. security 2, no. 33."""
    with front_end() as site:
        server = new_server(
            VESTIBULE_LIMITS__ACCOUNT_FAILURES_FREE="100",
            **dict.fromkeys(ALLOWED, site),
            **provider.environment(link_verified_email="true"),
        )
        victim = Victim(server)
        calls = [
            Call("POST", "/api/user/api_key", {"name": "ours", "role": 0}),
            Call("POST", "/id/v1/keys", {"name": "ours"}),
            Call("POST", "/v1/token"),
            Call("DELETE", "/frontend/api/v1/auth/sign-out"),
            Call("DELETE", "/api/v1/auth/"),
            Call("DELETE", "/api/auth"),
            Call("POST", "/v1/auth/logout"),
            Call("POST", "/id/v1/logout"),
        ]
        told = walked(browser, victim, site, USE, calls)["seen"][-1]
    answers = {(answer["method"], answer["path"]): answer for answer in told}
    for path in READS[:-2]:
        assert answers["GET", path]["status"] == 200 and answers["GET", path]["text"], answers["GET", path]
    # Our own pages are for nobody else's scripts.
    for path in READS[-2:]:
        assert answers["GET", path]["status"] == 0, answers["GET", path]
    assert [answers[call.method, call.path]["status"] for call in calls] == [200, 201, 200, 200, 200, 204, 204, 204]
    ended = {held.door.name: not held.lives(server, victim.person) for held in victim.sessions()}
    assert ended == {door.name: door is not KNOX for door in DOORS}


def test_the_attack_is_one(server, browser):
    """From a page of an allowed origin it changes passwords, makes keys and ends sessions by every door with a cookie."""
    victim = Victim(server)
    with front_end() as site:
        server.environment |= dict.fromkeys(ALLOWED, site)
        server.stop()
        server.start()
        told = walked(browser, victim, site, ATTACK, changes(victim.person.email, victim.other.email))
    ended = {held.door.name for held in victim.sessions() if not held.lives(server, victim.person)}
    assert ended >= {door.name for door in DOORS if door is not KNOX}
    assert len({attempt["path"] for attempt in told["seen"][-1] if attempt["text"]}) > 12, told["seen"][-1]


SIMILAR = [
    "http://app.example:{other}",
    "http://xapp.example:{port}",
    "http://app.example.evil.example:{port}",
    "http://evil.app.example:{port}",
    "http://app.example.:{port}",
    "http://app-example:{port}",
]
# What no browser sends, or sends for another place than the one that is spelt.
SPELT = [
    "https://app.example:{port}",
    "http://APP.example:{port}",
    "HTTP://app.example:{port}",
    "http://app.example:{port}/",
    "http://app.example:0{port}",
    "http://app.example",
    "http://app.example:{port}@evil.example",
    "http://app.example:{port}.evil.example",
    "http://app.example:{port}, http://evil.example",
    "app.example:{port}",
    "http://app.example:{port}%00.evil.example",
    "null",
    "",
    "*",
    "http://",
]


@pytest.fixture(scope="module")
def sites():
    """Two ports at which a page is served under whatever name."""
    with front_end(host="app.example") as one, front_end(host="app.example") as two:
        yield one, two


@pytest.fixture
def known(server, sites):
    """A victim of a house where one origin is allowed at every door. The server's own name belongs to the same site, so that
    pages there have the cookies come along."""
    victim = Victim(server)
    server.environment |= dict.fromkeys(ALLOWED, sites[0])
    move(victim, f"http://login.app.example:{server.port}")
    return victim


def move(victim: Victim, address: str) -> None:
    """The house gets another public address. Logins were at the old one: the sample provider leads nowhere else. What
    has the address in it, JWTs, is good no more: Probe's is made anew."""
    server = victim.server
    server.stop()
    server.environment["VESTIBULE_PUBLIC_URL"] = address
    server.start()
    victim.held = [held for held in victim.sessions() if held.door is not PROBE_DOOR]
    victim.held += PROBE_DOOR.log_in(server, victim.person, LAPTOP)


def spelt(pattern: str, sites: tuple[str, str]) -> str:
    port, other = (site.rpartition(":")[2] for site in sites)
    return pattern.format(port=port, other=other)


EXAMPLE = {"args": ["--host-resolver-rules=MAP *.example 127.0.0.1,MAP *.example. 127.0.0.1,MAP app-example 127.0.0.1"]}


def test_only_the_same_origin_is_the_same(known, sites, browser):
    """security 2, no. 33: pages at names that begin or end alike, with another port, or with a dot behind, can neither
    read nor change anything; the allowed one can, in upper case too."""
    victim, at = known, known.server.environment["VESTIBULE_PUBLIC_URL"]
    before = victim.ledger()
    calls = changes(victim.person.email, victim.other.email)
    for pattern in SIMILAR:
        told = walked(browser, victim, spelt(pattern, sites), USE, calls, at, **EXAMPLE)
        assert not [answer for answer in told["seen"][-1] if answer["status"]], (pattern, told["seen"][-1])
        assert victim.ledger() == before and all(victim.lives()), pattern
    allowed = spelt("http://APP.example:{port}", sites)
    told = walked(browser, victim, allowed, USE, [Call("POST", "/id/v1/logout")], at, **EXAMPLE)
    assert [answer["status"] for answer in told["seen"][-1]][:8] == [200] * 8, told["seen"][-1]
    assert victim.ledger() != before


def test_an_origin_is_compared_by_the_letter(known, sites):
    """security 2, no. 33: at every route that changes something by a cookie."""
    victim, server = known, known.server
    before = victim.ledger()
    carried = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in victim.cookies(server.url))
    calls = [call for call in changes(victim.person.email, victim.other.email) if "sign-in" not in call.path]
    for pattern in (*SIMILAR, *SPELT):
        origin = spelt(pattern, sites)
        for call in calls:
            body = None if call.json is None else json.dumps(call.json).encode()
            headers = {"Cookie": carried, "Origin": origin, "Content-Type": "application/json"}
            answer = server.http(call.method, call.path, headers, body)
            assert answer.status == 403, (origin, call, answer.status, answer.text)
            assert answer.header("access-control-allow-origin") is None, (origin, call)
        for path in READS:
            answer = server.http("GET", path, {"Cookie": carried, "Origin": origin})
            assert answer.header("access-control-allow-origin") is None, (origin, path)
            asks = {"Origin": origin, "Access-Control-Request-Method": "GET"}
            answer = server.http("OPTIONS", path, asks)
            assert answer.header("access-control-allow-origin") is None, (origin, path)
    assert victim.ledger() == before and all(victim.lives())


def test_over_https_the_same_holds(server, tmp_path, browser, monkeypatch):
    """Cookies are `Secure` there: a page of the same scheme is of the same site, one over http is not."""
    certificates.write(tmp_path, "localhost")
    victim = Victim(server)
    monkeypatch.setattr(type(NATIVE), "cookie", "__Host-vestibule")
    with tls_in_front(tmp_path, server.port) as at, front_end(tmp_path) as other_port, front_end() as plain:
        move(victim, at)
        before, jar = victim.ledger(), victim.cookies(at)
        calls = changes(victim.person.email, victim.other.email)
        for site in (other_port, plain):
            told = walked(browser, victim, site, ATTACK, calls, at, insecure=True)
            assert_harmless(told, victim, before, jar)
        assert server.log.count("cross_site") > 60


def test_no_get_changes_anything(server):
    """security 2, no. 32: every route of every door, and every page of ours, asked by GET and by HEAD with all the
    visitor's credentials. No contract wants a state change by GET. Logins begin by GET, and leave a cookie for the way back
    and a row that only that browser can use."""
    victim = Victim(server)
    keyed = [held for held in victim.sessions() if held.door in (TRIEVE, NATIVE)]
    victim.held += [held.door.made_key(server, held) for held in keyed]
    before = victim.ledger()
    carried = {"Cookie": "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in victim.cookies(server.url))}
    session = server.data("session", "list", "--user", victim.person.id)[0]["id"]
    named = {"{session-id}": session, "{id}": session, "{user-id}": str(victim.person.number)}
    doors = {
        dialect["name"]: [endpoint["path"] for endpoint in dialect["endpoints"]] for dialect in server.data("dialects")
    }
    doors["pages"] = [call.path for call in changes("x", "y")] + [*READS, *PAGES]
    asked = 0
    for name, paths in doors.items():
        bearers = [held.door.carried(held) for held in victim.held if held.door.name == name]
        for path in paths:
            path = re.sub(r"\{[^}]+\}", lambda found: named.get(found[0], str(uuid.UUID(int=1))), path)
            for credential in [carried, *bearers]:
                for method in ("GET", "HEAD"):
                    for query in ("", "?logout-all=true&_method=DELETE&token=x&code=x&state=x"):
                        answer = server.http(method, path + query, {"X-HTTP-Method-Override": "DELETE", **credential})
                        assert answer.status < 500 or answer.status == 502, (method, path, answer.status, answer.text)
                        asked += 1
        assert victim.ledger() == before, name
    assert asked > 500 and all(victim.lives())


PAGES = [
    "/",
    "/docs",
    "/verify-email",
    "/confirm-address",
    "/restore-password",
    "/setup",
    "/forgot-password",
    "/invitation",
    "/login/provider",
    "/login/confirm",
    "/login/continue",
    "/account/sessions/end",
    "/account/keys/end",
    "/account/providers/link",
    "/account/providers/unlink",
    "/account/verify-email",
    "/account/password",
    "/healthz",
    "/readyz",
]
