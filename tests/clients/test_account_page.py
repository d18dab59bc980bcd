"""`/account` in a real browser: what somebody does about their sessions, keys, providers and address, by the keyboard
alone, without scripts, on a phone by night; and every page of it in every kind of browser.
"""

import subprocess

import pytest
from doors import KNOX, PHONE as KNOX_DEVICE, Person
from probe import outbox
from test_pages import DESK, KINDS, PHONE, assert_in_order, look
from vestibule import Server, unique

# As in `test_pages.py`: these say nothing of a database that the others do not.
pytestmark = pytest.mark.sqlite

NIGHT = {**PHONE, "scheme": "dark", "javascript": False}


def reach(selector: str, *keys) -> list[dict]:
    """Goes there by the tabulator, and presses keys or types texts."""
    return [{"reach": selector}, *([{"press": list(keys)}] if keys else [])]


def press(selector: str, key: str = "Enter") -> list[dict]:
    """Goes there by the tabulator and opens or sends it; another page comes."""
    return [{"reach": selector}, {"submit": key}]


def sign_in(server: Server, person: Person, path: str) -> list[dict]:
    """Opens a page of somebody's own, and signs in on the way to it."""
    return [
        {"open": server.url + path},
        *reach("#identifier", {"type": person.name}),
        *reach("#password", {"type": person.password}),
        {"submit": "Enter"},
    ]


def curl(server: Server, person: Person) -> str:
    """A token of knox's, by curl itself."""
    body = f'{{"username":"{person.name}","password":"{person.password}"}}'
    told = subprocess.run(
        ["curl", "--silent", "--fail", "--noproxy", "*", "-H", "Content-Type: application/json", "-d", body]
        + [f"{server.url}/auth/login/"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return told.stdout.partition('"token":"')[2].partition('"')[0]


@pytest.fixture
def person(documented) -> Person:
    return Person.of(documented)


def test_a_session_of_curl_appears_and_is_ended_by_the_keyboard_alone(documented, chromium, person):
    alone = {**NIGHT, "steps": [*sign_in(documented, person, "/account"), {"look": "account-alone"}]}
    (before,) = look(chromium, [alone])
    assert_in_order(before, documented.url)
    assert "This one" in before["text"] and "curl" not in before["text"]
    token = curl(documented, person)
    assert documented.who(token).status == 200
    visit = {
        **NIGHT,
        "steps": [
            *sign_in(documented, person, "/account"),
            {"look": "account-with-curl"},
            *press("button[aria-label^='End: \u2068curl']"),
            {"look": "account-ended"},
        ],
    }
    seen, ended = look(chromium, [visit])
    for page in (seen, ended):
        assert_in_order(page, documented.url)
    assert "curl\n" in seen["text"] and "Papermerge" in seen["text"], seen["text"]
    assert "The session is ended." in ended["text"] and "curl\n" not in ended["text"], ended["text"]
    assert documented.who(token).status == 401


def test_a_key_is_made_and_revoked_by_the_keyboard_alone(documented, chromium, person):
    visit = {
        **NIGHT,
        "steps": [
            *sign_in(documented, person, "/account"),
            *press("a[href='/account/keys']"),
            {"look": "account-keys"},
            {"unguarded": True},
            *press(".button"),
            {"look": "account-keys-wrong"},
            *reach("#name", {"type": "backup"}),
            # From 90 days to 365.
            *reach("#days", "ArrowDown"),
            *press(".button"),
            {"look": "account-key-made"},
            *press("a.button"),
            {"look": "account-with-key"},
            *press("button[aria-label^='Revoke: \u2068backup']"),
            {"look": "account-key-revoked"},
        ],
    }
    form, wrong, made, listed, revoked = look(chromium, [visit])
    for page, status in ((form, 200), (wrong, 400), (made, 200), (listed, 200), (revoked, 200)):
        assert_in_order(page, documented.url, status)
    assert "A name has one line and 1 to" in wrong["text"]
    assert made["text"].count("vst_") == 1 and "it is not shown again" in made["text"]
    assert "vst_" not in listed["text"] and "backup" in listed["text"]
    assert "The key is revoked." in revoked["text"] and "backup" not in revoked["text"]


def test_an_address_is_asked_for_by_the_keyboard_alone(documented, chromium, person):
    new = f"{unique()}@example.org"
    visit = {
        **NIGHT,
        "steps": [
            *sign_in(documented, person, "/account"),
            *press("a[href='/account/email']"),
            {"look": "account-email"},
            *reach("#email", {"type": new}),
            {"submit": "Enter"},
            {"look": "account-email-asked"},
        ],
    }
    form, asked = look(chromium, [visit])
    for page in (form, asked):
        assert_in_order(page, documented.url)
    assert person.email in form["text"] and "Messages are on their way." in asked["text"]
    assert len(outbox(documented, new)) == 1 and len(outbox(documented, person.email)) == 1


def test_a_provider_is_linked_and_unlinked_by_the_keyboard_alone(federated, chromium):
    person = Person.of(federated)
    visit = {
        **NIGHT,
        "steps": [
            *sign_in(federated, person, "/account"),
            {"look": "account-unlinked"},
            *press("button.provider"),
            # The page in between leads on by itself, also without scripts.
            {"click": "#login input[name=login]"},
            {"press": [{"type": unique()}]},
            {"submit": "Enter"},
            {"wait": "#providers"},
            {"look": "account-linked"},
            *press("button[aria-label^='Unlink']"),
            {"look": "account-unlinked-again"},
        ],
    }
    before, linked, after = look(chromium, [visit])
    for page in (before, after):
        assert_in_order(page, federated.url)
    assert "The provider is linked to your account." in linked["text"], linked["text"]
    assert linked["violations"] == [] and linked["overflow"] <= 0 and linked["small"] == []
    assert "The provider is no longer linked." in after["text"]


def test_this_one_is_ended_as_by_signing_out(documented, chromium, person):
    visit = {
        **DESK,
        "scheme": "light",
        "javascript": True,
        "steps": [
            *sign_in(documented, person, "/account"),
            *press("li:has(.badge.strong) button"),
            {"look": "account-signed-out"},
            {"open": f"{documented.url}/account"},
            {"look": "account-gone"},
        ],
    }
    for page in look(chromium, [visit]):
        assert page["url"].startswith(f"{documented.url}/login"), page["url"]


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_of_an_account_is_in_order_in_every_browser(federated, chromium, language):
    person = Person.of(federated)
    for _ in range(30):
        KNOX.log_in(federated, person, KNOX_DEVICE)
    visits = [
        {
            **kind,
            "locale": language,
            "steps": [
                *sign_in(federated, person, "/account"),
                {"look": f"account-{language}"},
                {"open": f"{federated.url}/account/keys"},
                {"look": f"account-keys-{language}"},
                *reach("#name", {"type": f"key {number}"}),
                {"submit": "Enter"},
                {"look": f"account-secret-{language}"},
                {"open": f"{federated.url}/account/email"},
                {"look": f"account-email-{language}"},
                {"open": f"{federated.url}/account/password"},
                {"look": f"account-password-{language}"},
            ],
        }
        for number, kind in enumerate(KINDS)
    ]
    looks = look(chromium, visits)
    assert len(looks) == 5 * len(KINDS)
    for seen in looks:
        assert seen["lang"] == language
        assert_in_order(seen, federated.url)
