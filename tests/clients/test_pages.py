"""The standing pages in a real browser: on a phone and on a desk, by day and by night, from right to left, without
scripts, by the keyboard alone, and as axe-core judges them. Every look leaves a picture in `target/screenshots`.

A page that is added gets a line in `PAGES`.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest
from node import HERE, NODE
from probe import BASE, CAPTCHA, links_in, outbox, sign_in
from vestibule import PASSWORD, unique

SCREENSHOTS = HERE.parent.parent / "target" / "screenshots"
PATIENCE = 900.0
# What a page may weigh with everything that it loads, headers included.
WEIGHT = 60_000

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
KINDS = [
    {**PHONE, "scheme": "light", "javascript": True},
    {**PHONE, "scheme": "dark", "javascript": False},
    {**PHONE, "scheme": "dark", "javascript": True, "direction": "rtl"},
    {**DESK, "scheme": "light", "javascript": False},
    {**DESK, "scheme": "dark", "javascript": True},
    {**DESK, "scheme": "light", "javascript": True, "direction": "rtl"},
]
# A name, the path, and the status. Of the explorer those that differ: every one is weighed by a test in process.
PAGES = [
    ("home", "/", 200),
    ("home-german", "/?lang=de", 200),
    ("docs", "/docs", 200),
    ("docs-knox", "/docs/knox", 200),
    ("docs-syntho", "/api/playground/", 200),
    ("docs-probe", "/docs/probe", 200),
    ("docs-call", "/docs/knox/login", 200),
    ("docs-call-german", "/docs/probe/signIn?lang=de", 200),
    ("login", "/login", 200),
    ("login-german", "/login?lang=de", 200),
    ("login-refused", "/login?refused=provider_denied", 200),
    ("logged-out", "/logout", 200),
    ("verify-email", "/verify-email?token=x", 200),
    ("restore-password", "/restore-password?token=x", 200),
    ("restore-password-german", "/restore-password?token=x&lang=de", 200),
    ("forgot-password", "/forgot-password", 200),
    ("forgot-password-german", "/forgot-password?lang=de", 200),
    ("invitation-invalid", "/invitation?code=x", 400),
    ("missing", "/nothing", 404),
]

# Past the way to the content, the name, the documentation and the way to sign in.
FIRST_FIELD = 5

# These say nothing of a database that the others do not.
pytestmark = pytest.mark.sqlite


def look(chromium: Path, visits: list[dict]) -> list[dict]:
    """What was seen on visits; `node/look.mjs` has the words for both."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    result = subprocess.run(
        [*NODE, HERE / "node" / "look.mjs"],
        input=json.dumps({"screenshots": str(SCREENSHOTS), "visits": visits}),
        env={**os.environ, "CLIENT_TESTS_CHROMIUM": str(chromium)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)["looks"]


def assert_in_order(seen: dict, origin: str, status: int = 200, tried: int = 200) -> None:
    """What holds for every page, whatever it is for; `tried` is the answer to a call that it made."""
    name = seen["name"]
    assert seen["status"] == status, name
    assert seen["violations"] == [], name
    # The browser complains of the page itself where it is none.
    expected = (f"status of {status}", f"status of {tried}")
    assert [told for told in seen["complaints"] if not any(word in told for word in expected)] == [], name
    assert [url for url in seen["requests"] if not url.startswith(f"{origin}/")] == [], name
    assert 0 < seen["bytes"] < WEIGHT, f"{name}: {seen['bytes']} bytes"
    assert seen["overflow"] <= 0, f"{name} is {seen['overflow']} pixels too wide"
    assert seen["small"] == [], name
    assert seen["title"] and seen["lang"] in ("en", "de"), name
    stops = seen["tabs"]["stops"]
    assert [stop["stop"] for stop in stops] == list(range(seen["tabs"]["wanted"])), f"{name}: {stops}"
    assert [stop["what"] for stop in stops if not stop["isSeen"]] == [], name


@pytest.fixture(scope="module")
def looks(documented, chromium):
    """Every page in every kind of browser."""
    visits = [
        {**kind, "steps": [{"open": documented.url + path}, {"look": name}]}
        for name, path, _ in PAGES
        for kind in KINDS
    ]
    return look(chromium, visits)


def of_page(looks, name):
    found = [seen for seen in looks if seen["name"].startswith(f"{name}-") and seen["name"][len(name) + 1 :][0].isdigit()]
    assert len(found) == len(KINDS)
    return found


@pytest.mark.parametrize(("name", "path", "status"), PAGES)
def test_a_page_is_in_order_in_every_browser(documented, looks, name, path, status):
    for seen in of_page(looks, name):
        assert_in_order(seen, documented.url, status)


@pytest.mark.parametrize("name", [name for name, _, _ in PAGES if not name.startswith("docs-call")])
def test_a_page_says_the_same_without_scripts_and_in_either_direction(looks, name):
    assert len({seen["text"] for seen in of_page(looks, name)}) == 1


def test_a_call_says_all_but_the_trial_without_scripts(looks):
    for seen in of_page(looks, "docs-call"):
        assert ("Try it" in seen["text"]) == ("noscript" not in seen["name"])
        assert "curl -X POST" in seen["text"] and "Trade a name and a password for a token" in seen["text"]


def test_a_password_is_chosen_anew_by_the_keyboard_alone(new_server, chromium):
    """Without scripts, on a phone by night: the link out of a mail, a password that is too short, another one."""
    server = new_server()
    user = server.create_user(None, f"{unique()}@example.org")
    server.post_json(f"{BASE}/auth/password-restore", {"email": user["email"]}, CAPTCHA)
    (message,) = outbox(server, user["email"])
    (link,) = [link for link in links_in(message) if "restore-password" in link]
    to_the_field = ["Tab"] * FIRST_FIELD
    visit = {
        **PHONE,
        "scheme": "dark",
        "javascript": False,
        "steps": [
            {"open": link},
            {"unguarded": True},
            {"press": [*to_the_field, {"type": "short"}]},
            {"submit": "Enter"},
            {"look": "restore-password-too-short"},
            {"unguarded": True},
            {"press": ["Home"]},
            {"click": "input[type=password]"},
            {"press": [{"type": "another correct horse"}, "Tab"]},
            {"submit": "Enter"},
            {"look": "restore-password-done"},
            {"open": link},
            {"press": [*to_the_field, {"type": "another correct horse"}]},
            {"submit": "Enter"},
            {"look": "restore-password-used"},
        ],
    }
    short, done, used = look(chromium, [visit])
    assert_in_order(short, server.url, 400)
    assert "This password is too short." in short["text"]
    assert_in_order(done, server.url)
    assert "Your password is changed" in done["text"]
    assert_in_order(used, server.url, 400)
    assert "This link is no longer good" in used["text"]
    sign_in(server, user["email"], "another correct horse")


def test_errors_and_outcomes_are_in_order_where_axe_can_look(new_server, chromium):
    """As above, with scripts on: axe needs them."""
    server = new_server()
    user = server.create_user(None, f"{unique()}@example.org")
    server.post_json(f"{BASE}/auth/password-restore", {"email": user["email"]}, CAPTCHA)
    (message,) = outbox(server, user["email"])
    (link,) = [link for link in links_in(message) if "restore-password" in link]
    fill = [{"click": "input[type=password]"}, {"press": [{"type": "short"}]}]
    visits = [
        {
            **kind,
            "steps": [
                {"open": link},
                {"unguarded": True},
                *fill,
                {"submit": "Enter"},
                {"look": "restore-password-too-short"},
                {"open": f"{server.url}/verify-email?token=x"},
                {"press": ["Tab"] * FIRST_FIELD},
                {"submit": "Enter"},
                {"look": "ticket-invalid"},
            ],
        }
        for kind in KINDS
        if kind["javascript"]
    ]
    for seen in look(chromium, visits):
        assert_in_order(seen, server.url, 400)


@pytest.mark.parametrize("kind", [KINDS[1], KINDS[4]], ids=["phone", "desk"])
def test_somebody_signs_in_for_another_door_by_the_keyboard_alone(documented, chromium, kind):
    """The browser follows the page in between, and the door knows its cookie: to whom the policy would be a wall."""
    user = documented.create_user(unique(), None, PASSWORD, "--email-verified")
    name, door = user["username"], f"{documented.url}/api/auth?redirect_uri={documented.url}/docs"
    visit = {
        **kind,
        "steps": [
            {"open": door},
            {"unguarded": True},
            {"press": [*["Tab"] * FIRST_FIELD, {"type": name}, "Tab", {"type": "wrong"}]},
            {"submit": "Enter"},
            {"look": "login-wrong"},
            {"unguarded": True},
            {"click": "input[type=password]"},
            {"press": [{"type": PASSWORD}]},
            {"submit": "Enter"},
            {"wait": ".doors"},
            {"look": "login-done"},
            {"open": f"{documented.url}/api/auth/me"},
            {"look": "login-known"},
            {"open": door},
            {"look": "login-recognised"},
            {"open": f"{documented.url}/logout"},
            {"look": "logout"},
            {"open": f"{documented.url}/logout"},
            {"press": [*["Tab"] * (FIRST_FIELD + 1)]},
            {"submit": "Enter"},
            {"look": "logout-done"},
        ],
    }
    wrong, done, known, recognised, logout, out = look(chromium, [visit])
    assert_in_order(wrong, documented.url, 403)
    assert "This name and password do not fit." in wrong["text"]
    assert done["url"].startswith(f"{documented.url}/docs"), done["url"]
    assert user["email"] in known["text"]
    assert_in_order(recognised, documented.url)
    assert "Continue as" in recognised["text"]
    assert_in_order(logout, documented.url)
    assert_in_order(out, documented.url)
    assert "You are signed out" in out["text"]


def test_an_invitation_and_a_forgotten_password_are_in_order_where_axe_can_look(new_server, chromium):
    server = new_server()
    server.data("organization", "create", "--name", "Acme")
    email = f"{unique()}@example.org"
    link = server.data("organization", "invite", "Acme", email, "--print-link")["link"]
    with_account = server.create_user(None, f"{unique()}@example.org")["email"]
    to_account = server.data("organization", "invite", "Acme", with_account, "--print-link")["link"]
    visits = [
        {
            **kind,
            "steps": [
                {"open": link},
                {"look": "invitation-new"},
                {"unguarded": True},
                {"click": "input[type=password]"},
                {"press": [{"type": "short"}]},
                {"submit": "Enter"},
                {"look": "invitation-too-short"},
                {"open": to_account},
                {"look": "invitation-account"},
                {"open": f"{server.url}/forgot-password"},
                {"click": "input[type=email]"},
                {"press": [{"type": email}]},
                {"submit": "Enter"},
                {"look": "forgot-password-sent"},
            ],
        }
        for kind in KINDS
        if kind["javascript"]
    ]
    statuses = {"invitation-too-short": 400}
    for seen in look(chromium, visits):
        status = next((status for name, status in statuses.items() if seen["name"].startswith(name)), 200)
        assert_in_order(seen, server.url, status)


def test_a_call_is_tried_out_in_the_explorer(new_server, chromium):
    server = new_server()
    user = server.create_user(unique())
    body = json.dumps({"username": user["username"], "password": "wrong"})
    visit = {
        **DESK,
        "scheme": "light",
        "javascript": True,
        "steps": [
            {"open": f"{server.url}/docs/knox/login"},
            {"click": "#try-body"},
            {"press": ["Control+a", {"type": body}, "Tab"]},
            {"press": ["Enter"]},
            {"wait": ".outcome pre"},
            {"look": "docs-call-tried"},
        ],
    }
    (tried,) = look(chromium, [visit])
    assert "Unable to log in with provided credentials." in tried["text"], tried["text"]
    assert_in_order(tried, server.url, 200, tried=400)


def test_a_language_is_chosen_with_one_press_and_kept(new_server, chromium):
    server = new_server()
    visit = {
        **PHONE,
        "scheme": "light",
        "javascript": False,
        "steps": [
            {"open": f"{server.url}/docs"},
            {"press": ["Shift+Tab"]},
            {"submit": "Enter"},
            {"open": f"{server.url}/"},
            {"look": "home-chosen"},
        ],
    }
    (seen,) = look(chromium, [visit])
    assert seen["lang"] == "de" and "Ein Ort zum Anmelden" in seen["text"]


def test_the_icon_and_the_files_for_programs_are_there(documented):
    icon = documented.http("GET", "/favicon.ico")
    assert icon.status == 200 and icon.body[:4] == b"\0\0\1\0"
    assert documented.http("GET", "/robots.txt").text.startswith("User-agent: *")
    assert documented.http("GET", "/.well-known/change-password").status == 302
