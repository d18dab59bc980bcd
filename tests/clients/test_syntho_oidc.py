"""The syntho dialect with a provider: signing in in a browser, and a provider's access token as a credential."""

import re
import time
import urllib.parse
from email.utils import parsedate_to_datetime

import pytest
import requests
from bixarena import log_in
from provider import CLIENT_ID, Hops, Provider, parameters
from vestibule import PASSWORD, Server, unique

AUTHENTICATE = "/api/v1/oidc/authenticate/"
CALLBACK = "/api/v1/oidc/callback/"
ME = "/api/v1/users/me/"
OVER = {"detail": "This login was begun in another browser, was used or is too old. Begin again."}


class Browser(Hops):
    """A browser in front of one server."""

    def __init__(self, server: Server):
        super().__init__()
        self.server = server

    def call(self, method: str, path: str, **arguments) -> requests.Response:
        return self.request(method, self.server.url + path, **{"headers": {"Accept": "*/*"}, **arguments})

    def come_back(self, name: str, query: str = "") -> str:
        """Begins a login and signs in at the provider; the callback's URL, which is not opened."""
        url = self.server.url + AUTHENTICATE + query
        return self.sign_in(url, name, self.server.url + CALLBACK)

    def log_in(self, name: str, query: str = "") -> requests.Response:
        answer = self.get(self.come_back(name, query))
        assert answer.status_code == 302, answer.text
        return answer


@pytest.fixture
def browser(either_federated) -> Browser:
    with Browser(either_federated) as browser:
        yield browser


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def known(provider: Provider, server: Server) -> tuple[str, str]:
    """Somebody who has signed in at this server by another door, and an access token that the provider gave out."""
    name = unique()
    log_in(server, name)
    return name, provider.access_token(name)


def test_login_methods_tell_the_provider(browser):
    answer = browser.call("GET", "/api/v1/auth/")
    assert answer.status_code == 200
    assert answer.json()["oidc_providers"] == [{"provider": "sample", "url": AUTHENTICATE}]
    assert answer.json()["username_password_enabled"] is True


def test_the_advertised_path_leads_to_the_provider(browser, provider):
    answer = browser.get(browser.server.url + AUTHENTICATE)
    assert (answer.status_code, answer.content) == (302, b"")
    asked = parameters(answer.headers["Location"])
    assert answer.headers["Location"].split("?")[0] == provider.discovery()["authorization_endpoint"]
    assert (asked["client_id"], asked["response_type"]) == (CLIENT_ID, "code")
    assert asked["redirect_uri"] == browser.server.url + CALLBACK
    assert asked["code_challenge_method"] == "S256" and asked["state"] and asked["nonce"]
    named = browser.get(f"{browser.server.url}{AUTHENTICATE}?provider=sample")
    assert named.status_code == 302


def test_a_login_sets_the_cookie_and_leads_home(browser):
    name = unique()
    answer = browser.log_in(name)
    assert answer.headers["Location"] in ("/", f"{browser.server.url}/")
    cookies = answer.raw.headers.getlist("Set-Cookie")
    (session,) = [cookie for cookie in cookies if cookie.startswith("sessionid=")]
    form = re.fullmatch(
        r"sessionid=[0-9a-z]{32}; expires=([^;]+ GMT); HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax", session
    )
    assert form, session
    life = parsedate_to_datetime(form[1]) - parsedate_to_datetime(answer.headers["Date"])
    assert 1209590 <= life.total_seconds() <= 1209610
    me = browser.call("GET", ME)
    assert (me.status_code, me.json()["email"]) == (200, f"{name}@example.org")
    (row,) = browser.server.data("session", "list", "--user", name)
    assert row["dialect"] == "syntho"
    assert browser.call("DELETE", "/api/v1/auth/").status_code == 200
    assert browser.call("GET", ME).status_code == 401


def test_a_login_leads_where_it_was_asked_to(browser):
    answer = browser.log_in(unique(), "?next=" + urllib.parse.quote("/somewhere/?tab=1", safe=""))
    assert answer.headers["Location"] in ("/somewhere/?tab=1", f"{browser.server.url}/somewhere/?tab=1")


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http://127.0.0.1:1/",
        "evil",
        "",
    ],
)
def test_a_login_leads_nowhere_else(browser, place):
    answer = browser.call("GET", f"{AUTHENTICATE}?next={urllib.parse.quote(place, safe='')}")
    assert (answer.status_code, answer.json()) == (400, {"next": ["This address is not allowed."]})


def test_an_unknown_provider_is_refused(browser):
    answer = browser.call("GET", f"{AUTHENTICATE}?provider=nobody")
    assert (answer.status_code, answer.json()) == (404, {"detail": "There is no such identity provider."})


def test_a_login_is_finished_in_its_own_browser_and_once(browser):
    """security 1, state-binding."""
    callback = browser.come_back(unique())
    with Browser(browser.server) as stranger:
        refused = stranger.call("GET", callback.removeprefix(browser.server.url))
        assert (refused.status_code, refused.json()) == (400, OVER)
        stranger.get(browser.server.url + AUTHENTICATE)
        assert stranger.call("GET", callback.removeprefix(browser.server.url)).json() == OVER
    assert browser.get(callback).status_code == 302
    again = browser.call("GET", callback.removeprefix(browser.server.url))
    assert (again.status_code, again.json()) == (400, OVER)
    assert browser.call("GET", ME).status_code == 200


def test_a_login_of_one_door_is_not_finished_at_another(browser):
    """A state belongs to the door that it was made at."""
    callback = browser.come_back(unique())
    answer = browser.get(callback.replace(CALLBACK, "/v1/auth/oidc/callback"), headers={"Accept": "*/*"})
    assert answer.status_code == 400
    assert browser.call("GET", "/v1/userinfo").status_code == 401


def test_somebody_who_cancels_is_told_so(browser):
    callback = browser.cancel(browser.server.url + AUTHENTICATE, browser.server.url)
    answer = browser.call("GET", callback.removeprefix(browser.server.url))
    assert (answer.status_code, answer.json()) == (400, {"detail": "The identity provider refused the login."})


def test_both_doors_know_the_same_user(either_federated):
    name = unique()
    with log_in(either_federated, name) as arena, Browser(either_federated) as browser:
        browser.log_in(name)
        user = either_federated.data("user", "show", name)
        assert arena.user_info().json()["sub"] == user["id"]
        assert browser.call("GET", ME).json()["pk"] == user["number"]
        sessions = either_federated.data("session", "list", "--user", name)
        assert sorted(session["dialect"] for session in sessions) == ["bixarena", "syntho"]


def test_a_login_ends_the_session_that_the_browser_held(browser):
    user = browser.server.create_user(unique())
    signed_in = browser.call("POST", "/api/v1/auth/", json={"email": user["email"], "password": PASSWORD})
    assert signed_in.status_code == 201
    browser.log_in(unique())
    assert browser.server.data("session", "list", "--user", user["id"]) == []


def test_a_stranger_is_let_in_only_where_the_operator_wants_it(new_server, provider):
    with Browser(new_server(**provider.environment(sign_up="false"))) as browser:
        callback = browser.come_back(unique())
        answer = browser.call("GET", callback.removeprefix(browser.server.url))
        assert (answer.status_code, answer.json()) == (403, {"detail": "This identity cannot sign in here."})


# --- a provider's access token -------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["Bearer ", ""], ids=["bearer", "bare"])
def test_an_access_token_is_a_credential_of_who_has_signed_in_before(either_federated, provider, browser, scheme):
    name, token = known(provider, either_federated)
    answer = browser.call("GET", ME, headers={"Authorization": scheme + token})
    assert (answer.status_code, answer.json()["email"]) == (200, f"{name}@example.org")
    assert "Set-Cookie" not in answer.headers
    rows = either_federated.data("session", "list", "--user", name)
    assert [row["dialect"] for row in rows] == ["bixarena"], "an access token is no session"


def test_a_jwt_for_us_is_an_access_token(either_federated, provider, browser):
    name = unique()
    log_in(either_federated, name)
    token = provider.access_token(name, resource="urn:vestibule")
    assert len(token.split(".")) == 3
    answer = browser.call("GET", ME, headers=bearing(token))
    assert (answer.status_code, answer.json()["email"]) == (200, f"{name}@example.org")
    header, payload, signature = token.split(".")
    forged = f"{header}.{payload}.{signature[:-8]}AAAAAAAA"
    assert browser.call("GET", ME, headers=bearing(forged)).status_code == 401


def test_an_id_token_is_no_access_token(either_federated, provider, browser):
    name = unique()
    log_in(either_federated, name)
    answer = browser.call("GET", ME, headers=bearing(provider.tokens(name)["id_token"]))
    assert answer.status_code == 401


def test_a_jwt_for_another_client_is_refused(new_server, new_provider):
    other = {
        "client_id": "other",
        "client_secret": "another-secret-of-another-client",
        "redirect_uris": ["http://127.0.0.1:1/login/callback"],
    }
    provider = new_provider(clients=[other])
    server = new_server(**provider.environment())
    name = unique()
    log_in(server, name)
    mine = provider.access_token(name, resource="urn:vestibule")
    theirs = provider.access_token(
        name, client_id="other", client_secret=other["client_secret"], resource="urn:vestibule"
    )
    with Browser(server) as browser:
        assert browser.call("GET", ME, headers=bearing(mine)).status_code == 200
        assert browser.call("GET", ME, headers=bearing(theirs)).status_code == 401


def test_an_unknown_identity_is_nobody_and_stays_so(either_federated, provider, browser):
    name = unique()
    answer = browser.call("GET", ME, headers=bearing(provider.access_token(name)))
    assert answer.status_code == 401
    assert answer.json() == {"detail": "Incorrect authentication credentials."}
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    either_federated.refused("user", "show", name)


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "x" * 5000])
def test_what_no_provider_gave_out_is_refused(browser, token):
    assert browser.call("GET", ME, headers=bearing(token)).status_code == 401


def test_a_suspended_user_is_refused_at_once(either_federated, provider, browser):
    """What the provider said is remembered; whether the user may act is not."""
    name, token = known(provider, either_federated)
    user = either_federated.data("user", "show", name)
    assert browser.call("GET", ME, headers=bearing(token)).status_code == 200
    either_federated.set_status(user, "suspend")
    assert browser.call("GET", ME, headers=bearing(token)).status_code == 401
    either_federated.set_status(user, "activate")
    assert browser.call("GET", ME, headers=bearing(token)).status_code == 200


def test_a_revoked_token_is_refused_when_it_was_not_seen_before(either_federated, provider, browser):
    """What a provider said of a token that was shown is believed for less than a minute."""
    name = unique()
    log_in(either_federated, name)
    token = provider.access_token(name)
    provider.revoke(token)
    assert browser.call("GET", ME, headers=bearing(token)).status_code == 401


def test_a_provider_that_is_away_is_not_taken_for_a_bad_token(new_server, new_provider):
    provider = new_provider()
    server = new_server(**provider.environment())
    _, token = known(provider, server)
    provider.stop()
    began = time.monotonic()
    with Browser(server) as browser:
        answer = browser.call("GET", ME, headers=bearing(token))
        assert answer.status_code == 503 and int(answer.headers["Retry-After"]) >= 1
        assert time.monotonic() - began < 30
        assert browser.call("GET", "/api/v1/auth/").status_code == 200, "nobody else notices"
    assert token not in server.log


def test_with_several_providers_one_is_named(new_server, provider, new_provider):
    second = new_provider()
    server = new_server(
        VESTIBULE_DIALECTS__BIXARENA__PROVIDER="sample",
        **provider.environment(),
        **second.environment(1, id="second", name="Second"),
    )
    with Browser(server) as browser:
        told = browser.call("GET", "/api/v1/auth/").json()["oidc_providers"]
        assert told == [
            {"provider": "sample", "url": f"{AUTHENTICATE}?provider=sample"},
            {"provider": "second", "url": f"{AUTHENTICATE}?provider=second"},
        ]
        # None is named: our own page has a button for each.
        assert f"{server.url}/login?continue=" in browser.call("GET", AUTHENTICATE).headers["Location"]
        name = unique()
        first = browser.log_in(name, "?provider=sample")
        assert first.headers["Location"]
        pk = browser.call("GET", ME).json()["pk"]
    with Browser(server) as browser:
        # The same name and the same subject at another issuer are somebody else; the address is taken.
        callback = browser.come_back(name, "?provider=second")
        assert browser.call("GET", callback.removeprefix(server.url)).status_code == 403
    with Browser(server) as browser:
        browser.log_in(unique(), "?provider=second")
        assert browser.call("GET", ME).json()["pk"] != pk
        # An opaque token does not say whose it is, and is shown to nobody.
        assert browser.call("GET", ME, headers=bearing(provider.access_token(name))).status_code == 401
    with Browser(server) as browser:
        said = provider.access_token(name, resource="urn:vestibule")
        assert browser.call("GET", ME, headers=bearing(said)).json()["pk"] == pk
