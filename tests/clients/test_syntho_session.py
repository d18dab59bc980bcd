"""The syntho dialect as a browser or a script with a cookie jar meets it: `requests` with a `Session`, over a socket."""

import re
from email.utils import parsedate_to_datetime

import pytest
import requests
from vestibule import PASSWORD, Server, unique

CLEARED = 'sessionid=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax'


class Browser(requests.Session):
    """A cookie jar in front of one server."""

    def __init__(self, server: Server):
        super().__init__()
        self.trust_env = False
        self.server = server

    def call(self, method: str, path: str, **arguments) -> requests.Response:
        return self.request(method, self.server.url + path, timeout=30, **arguments)

    def sign_in(self, user: dict, password: str = PASSWORD) -> requests.Response:
        return self.call("POST", "/api/v1/auth/", json={"email": user["email"], "password": password})

    def who(self) -> requests.Response:
        return self.call("GET", "/api/v1/users/me/")


@pytest.fixture
def user(either) -> dict:
    return either.create_user(unique())


@pytest.fixture
def browser(either) -> Browser:
    with Browser(either) as browser:
        yield browser


def test_login_methods_are_told(browser):
    answer = browser.call("GET", "/api/v1/auth/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.text == '{"username_password_enabled":true,"oidc_providers":[],"session_timeout":1209600}'


def test_a_login_sets_the_cookie_and_the_jar_carries_it(browser, user):
    answer = browser.sign_in(user)
    assert answer.status_code == 201
    assert answer.text == f'{{"new_password_required":false,"pk":{user["number"]}}}'
    cookie = answer.headers["Set-Cookie"]
    form = re.fullmatch(
        r"sessionid=[0-9a-z]{32}; expires=([^;]+ GMT); HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax", cookie
    )
    assert form, cookie
    life = parsedate_to_datetime(form[1]) - parsedate_to_datetime(answer.headers["Date"])
    assert 1209590 <= life.total_seconds() <= 1209610
    who = browser.who()
    assert (who.status_code, who.json()["email"]) == (200, user["email"])


def test_signing_out_empties_the_jar_and_ends_the_session(browser, user):
    browser.sign_in(user)
    kept = browser.cookies["sessionid"]
    answer = browser.call("DELETE", "/api/v1/auth/")
    assert (answer.status_code, answer.text, answer.headers["Set-Cookie"]) == (200, '{"status":"OK"}', CLEARED)
    assert not browser.cookies
    again = browser.call("GET", "/api/v1/users/me/", headers={"Cookie": f"sessionid={kept}"})
    assert again.status_code == 401
    assert again.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_stale_session_does_not_lock_a_browser_out(either, browser, user):
    browser.sign_in(user)
    either.done("user", "logout", user["id"])
    first = browser.sign_in(user)
    if "VESTIBULE_DIALECTS__SYNTHO__WIRE" in either.environment:
        assert first.status_code == 201
        return
    assert (first.status_code, first.headers["Set-Cookie"]) == (401, CLEARED)
    assert first.json() == {"detail": "Incorrect authentication credentials."}
    assert browser.sign_in(user).status_code == 201


def test_a_second_login_ends_the_session_of_the_jar(browser, user):
    browser.sign_in(user)
    old = browser.cookies["sessionid"]
    browser.sign_in(user)
    assert browser.cookies["sessionid"] != old
    assert browser.who().status_code == 200
    assert requests.get(browser.server.url + "/api/v1/users/me/", cookies={"sessionid": old}).status_code == 401


def test_the_redirect_of_the_path_without_its_slash_is_followed(browser):
    answer = browser.call("GET", "/api/v1/auth")
    assert [step.status_code for step in answer.history] == [301]
    assert answer.json()["session_timeout"] == 1209600


def test_forms_are_not_taken(browser, user):
    answer = browser.call("POST", "/api/v1/auth/", data={"email": user["email"], "password": PASSWORD})
    assert answer.status_code == 415


def test_a_foreign_page_cannot_sign_anybody_out(browser, user):
    browser.sign_in(user)
    answer = browser.call("DELETE", "/api/v1/auth/", headers={"Origin": "https://evil.example"})
    assert (answer.status_code, answer.json()) == (403, {"detail": "CSRF Failed: Origin checking failed."})
    assert browser.who().status_code == 200


def test_a_user_made_by_an_administrator_sets_a_password_of_their_own(either, browser):
    admin = either.create_user(unique(), None, PASSWORD, "--role", "admin")
    browser.sign_in(admin)
    email = f"{unique()}@example.org"
    made = browser.call("POST", "/api/v1/users/", json={"email": email, "first_name": "Eve", "last_name": "Poe"})
    assert made.status_code == 201
    with Browser(either) as eve:
        first = eve.sign_in({"email": email}, made.json()["password"])
        assert first.json() == {"new_password_required": True, "pk": made.json()["pk"]}
        change = {"old_password": made.json()["password"], "new_password": PASSWORD}
        changed = eve.call("POST", "/api/v1/users/me/password/", json=change)
        assert (changed.status_code, changed.content) == (204, b"")
        assert eve.sign_in({"email": email}).json()["new_password_required"] is False


def test_the_operator_sees_and_ends_the_session(either, browser, user):
    browser.headers["User-Agent"] = "browser (test)"
    browser.sign_in(user)
    token = either.login(user["username"])
    sessions = either.data("session", "list", "--user", user["id"])
    assert sorted(session["dialect"] for session in sessions) == ["knox", "syntho"]
    (session,) = [session for session in sessions if session["dialect"] == "syntho"]
    assert (session["user_agent"], session["address"]) == ("browser (test)", "127.0.0.1")
    either.done("session", "revoke", session["id"])
    assert browser.who().status_code == 401
    assert either.who(token).status == 200


def test_suspension_ends_both_doors(either, browser, user):
    browser.sign_in(user)
    token = either.login(user["username"])
    either.set_status(user, "suspend")
    assert browser.who().status_code == 401
    assert either.who(token).status == 401
    assert browser.sign_in(user).status_code == 400
