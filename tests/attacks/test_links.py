"""Where people are led, and what links that are mailed say: never what a request would like."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import pytest
import trieve
from doors import NATIVE, Person
from password_doors import send_form
from probe import BASE, CAPTCHA, links_in, outbox
from provider import parameters
from provider_doors import PROVIDER_DOORS, program
from vestibule import PASSWORD, compact, unique
from visitor import Visitor

APP = "https://app.example"


@pytest.fixture(scope="module")
def server(module_server, liar):
    return module_server(
        VESTIBULE_RETURN_URLS=APP,
        VESTIBULE_LIMITS__TRUSTED_ADDRESSES="127.0.0.0/8",
        VESTIBULE_DIALECTS__PROBE__SIGN_UP="true",
        **liar.environment(),
    )


HOSTILE = [
    # Another host that looks like the one that is allowed.
    "https://app.example@evil.example/",
    "https://app.example:pass@evil.example/",
    "https://user@app.example/",
    "https://app.example%40evil.example/",
    "https://app.example.evil.example/",
    "https://evilapp.example/",
    "https://evil.example/https://app.example/",
    "https://evil.example/?https://app.example/",
    "https://evil.example#https://app.example/",
    "https://evil.example\\@app.example/",
    "https://app.example\\.evil.example/",
    "https://app.example;.evil.example/",
    "https://app.example%2eevil.example/",
    "https://sub.app.example/",
    "https://app.examples/",
    "https://app.example:8443/",
    "http://app.example/",
    # What a browser reads as another host, and a parser may not.
    "//evil.example/",
    "///evil.example/",
    "////evil.example",
    "\\\\evil.example/",
    "/\\evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    "\t//evil.example",
    " //evil.example",
    "https:evil.example",
    "https:/evil.example/",
    "https:///evil.example/",
    "hTTps://evil.example/",
    "//evil.example%2f@app.example",
    "https://evil。example/",
    "https://app。example.evil.example",
    "/../..//evil.example",
    "/.//evil.example",
    # What runs.
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "javascript://app.example/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    # What ends a header.
    "https://app.example/\r\nSet-Cookie: vestibule=planted",
    "https://app.example/\r\n\r\n<script>alert(1)</script>",
    # Nothing that anybody can be led to.
    "evil.example",
    "https://",
    "?evil.example",
]


@dataclass(frozen=True)
class Place:
    """Somewhere to say where one would like to be led: the query in front of the value, and a value that is taken."""

    name: str
    start: str
    good: str = f"{APP}/welcome"


STARTS = [
    Place("trieve", "/api/auth?redirect_uri="),
    Place("bixarena", "/v1/auth/login?return_to=", "/battle"),
    Place("bixarena at the root", "/auth/login?return_to=", "/battle"),
    Place("syntho", "/api/v1/oidc/authenticate/?provider=sample&next="),
    Place("native", "/id/v1/login/provider?provider=sample&return_to="),
]


@pytest.mark.parametrize("place", STARTS, ids=lambda place: place.name)
def test_no_login_begins_that_would_lead_elsewhere(server, place):
    """security 1, redirect-target; security 2, no. 44."""
    with program() as browser:
        assert browser.get(server.url + place.start + quote(place.good, safe="")).status_code in (302, 303, 307)
    for hostile in HOSTILE:
        with program() as browser:
            answer = browser.get(server.url + place.start + quote(hostile, safe=""))
            assert answer.status_code == 400, (hostile, answer.status_code, answer.headers.get("Location"))
            assert "Location" not in answer.headers and "Set-Cookie" not in answer.headers, hostile
    # Of two values none is meant.
    with program() as browser:
        name = place.start.split("?")[1].split("&")[-1]
        good = quote(place.good, safe="")
        twice = browser.get(f"{server.url}{place.start}{good}&{name}{quote('//evil.example', safe='')}")
        assert "evil" not in twice.headers.get("Location", "")
        if twice.status_code in (302, 303, 307):
            back = browser.get(twice.headers["Location"]).headers["Location"]
            assert "evil" not in browser.get(back).headers.get("Location", "")


def posted(server, path: str, body: dict, name: str, headers: dict | None = None) -> Callable[[str], int]:
    return lambda place: server.post_json(path, {**body, name: place}, {**CAPTCHA, **(headers or {})}).status


def test_no_call_takes_an_address_elsewhere(server, liar):
    """security 1, redirect-target; security 2, no. 44: of the messages and links that they would make."""
    person = Person.of(server)
    (session,) = NATIVE.log_in(server, person)
    liar.person = {"sub": unique(), "email": f"{unique()}@example.org", "email_verified": True}
    door = PROVIDER_DOORS[0]
    with program() as owner:
        assert door.lets_in(server, owner, door.way_back(server, owner))
        organization = door.who(server, owner).json()["orgs"][0]["id"]
        vault = {"Cookie": f"vault={owner.cookies['vault']}"}
    guest = f"{unique('guest')}@example.org"
    new = f"{unique('new')}@example.org"
    account = {"email": new, "password": PASSWORD, "first-name": "Ann", "last-name": "Lee"}
    invitation = trieve.invitation(organization, guest, APP)
    calls = {
        "probe sign-up": posted(server, f"{BASE}/auth/sign-up", account, "ret-url"),
        "probe restore": posted(server, f"{BASE}/auth/password-restore", {"email": person.email}, "ret-url"),
        "trieve app_url": posted(server, "/api/invitation", invitation, "app_url", vault),
        "trieve redirect_uri": posted(server, "/api/invitation", invitation, "redirect_uri", vault),
        "native link": posted(
            server, "/id/v1/identities", {"provider": "sample"}, "return_to", NATIVE.carried(session)
        ),
    }
    for name, call in calls.items():
        for hostile in HOSTILE:
            assert call(hostile) == 400, (name, hostile)
    mailed = "".join(file.read_text() for file in (server.data_dir / "outbox").glob("*.eml"))
    assert not [address for address in (guest, new, person.email) if address in mailed]
    assert calls["native link"](f"{APP}/welcome") == 200
    assert calls["probe restore"](f"{APP}/welcome") == 200


def hrefs(page: str) -> list[str]:
    found = re.findall(r'(?:href|action|content|value)="([^"]*)"', page)
    return [html.unescape(one).removeprefix("0; url=") for one in found]


@pytest.mark.parametrize("path", ["/login", "/logout", "/forgot-password", "/verify-email", "/restore-password"])
def test_no_page_leads_elsewhere(server, path):
    """security 1, redirect-target; security 2, no. 44."""
    for hostile in HOSTILE:
        visitor = Visitor(server)
        page = visitor.get(visitor.at(path), params={"return_to": hostile, "token": "x"})
        assert "\nSet-Cookie" not in str(page.headers) and "planted" not in str(page.headers)
        assert "Location" not in page.headers or page.headers["Location"].startswith(("/login", server.url)), hostile
        for one in hrefs(page.text):
            assert "evil" not in one and "alert(" not in one and "msgbox" not in one, (hostile, one)


def test_a_login_at_the_page_leads_nowhere_else(server):
    """security 1, redirect-target: the form's own field is no more to be believed than the address."""
    person = Person.of(server)
    for hostile in HOSTILE:
        visitor = Visitor(server)
        answer = visitor.submit(
            visitor.open("/login"), "/login", identifier=person.name, password=person.password, return_to=hostile
        )
        assert (answer.status_code, answer.headers["Location"]) == (303, "/account"), hostile


# --- whose host it is ---

CLAIMS = [
    {"Host": "evil.example"},
    {"Host": "evil.example", "X-Forwarded-Proto": "https"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "1"},
    {"Forwarded": "host=evil.example;proto=https", "X-Original-Host": "evil.example", "X-Host": "evil.example"},
    {
        "X-Original-URL": "https://evil.example/",
        "X-Rewrite-URL": "//evil.example",
        "X-Forwarded-Prefix": "//evil.example",
    },
]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: "+".join(claim))
def test_mailed_links_start_at_the_configured_address(server, claim):
    """security 1, link-host: by whatever door they are asked for."""
    restored, new, moved = Person.of(server), f"{unique('new')}@example.org", f"{unique('moved')}@example.org"
    (session,) = NATIVE.log_in(server, restored)
    headers = {"Content-Type": "application/json", **CAPTCHA, **claim}
    account = {"email": new, "password": PASSWORD, "first-name": "Ann", "last-name": "Lee"}
    for path, body in [("sign-up", account), ("password-restore", {"email": restored.email})]:
        answer = server.http("POST", f"{BASE}/auth/{path}", headers, compact(body))
        assert answer.status == 200 and "evil" not in answer.text, answer.text
    answer = server.http("POST", "/id/v1/email", {**headers, **NATIVE.carried(session)}, compact({"email": moved}))
    assert answer.status in (200, 202, 204), answer.text
    for address in (new, moved):
        (message,) = outbox(server, address)
        assert "evil" not in str(message)
        assert [link for link in links_in(message) if urlsplit(link).netloc != urlsplit(server.url).netloc] == []
    # And of the page.
    page_person = Person.of(server)
    answer = send_form(server, "/forgot-password", {"email": page_person.email}, claim)
    assert answer.status == 200 and "evil" not in answer.text
    (message,) = outbox(server, page_person.email)
    assert "evil" not in str(message) and links_in(message)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: "+".join(claim))
def test_nobody_is_led_by_the_requests_host(server, claim):
    """security 1, link-host: neither to a provider nor to a page of ours."""
    for door in PROVIDER_DOORS:
        with program() as browser:
            location = browser.get(server.url + door.start, headers=claim).headers["Location"]
            assert parameters(location)["redirect_uri"] == server.url + door.callback, door.name
    for path in ("/", "/login", "/account", "/docs", "/.well-known/change-password", "/api/v1/auth"):
        answer = server.http("GET", path, claim)
        assert "evil" not in answer.text and "evil" not in str(answer.headers), path
        for name, value in answer.headers:
            if name == "location":
                assert urlsplit(value).netloc in ("", urlsplit(server.url).netloc), value
