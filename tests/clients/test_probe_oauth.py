"""The probe dialect with a provider: an access token that the client got there, for a session here."""

import urllib.parse

import pytest
from bixarena import log_in
from probe import BASE, bearing, current, jwt_of
from provider import ID, Hops
from vestibule import unique

PATH = f"{BASE}/auth/oauth-sign-in"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def oauth_sign_in(server, token, provider=ID, headers=None, **more):
    body = {"oauth-provider-token": {"provider": provider, "token": token}, **more}
    return server.post_json(PATH, body, headers)


def assert_refused(answer, status=401, word="UNAUTHENTICATED") -> None:
    assert answer.status == status, answer.text
    assert answer.header("content-type") == "application/json"
    error = answer.json()
    assert set(error) <= {"status", "code", "error", "context"}, error
    assert error["status"] == word and error["error"], error
    assert answer.header("set-cookie") is None


@pytest.fixture
def person(federated, provider):
    """Somebody who has signed in by another door, and what the provider gave out for them."""
    name = unique()
    log_in(federated, name)
    return federated.data("user", "show", name), provider.access_token(name)


def test_a_providers_token_signs_in_who_has_been_here_before(federated, person):
    user, token = person
    answer = oauth_sign_in(federated, token)
    assert answer.status == 200, answer.text
    body = answer.json()
    assert body["check-auth-result"] == {"message": "ok", "ok": True}
    assert (body["user-id"], body["email"], body["status"]) == (user["number"], user["email"], "active")
    assert body["oauth-provider-tokens"] == [{"provider": ID, "token": token}]
    assert len(body["api-token"]) == 64
    assert answer.header("set-cookie").startswith(f"jwt={jwt_of(body)};")
    assert current(federated, bearing(jwt_of(body))).status == 200
    rows = federated.data("session", "list", "--user", user["id"])
    assert sorted(row["dialect"] for row in rows) == ["bixarena", "probe"]


def test_a_form_calls_the_token_by_another_name(federated, person):
    """contracts 3.4."""
    user, token = person
    for provider_key, token_key in [
        ("oauth-token[provider]", "oauth-token[token]"),
        ("oauth-token.provider", "oauth-token.token"),
    ]:
        form = urllib.parse.urlencode({provider_key: ID, token_key: token}).encode()
        answer = federated.http("POST", PATH, FORM, form)
        assert (answer.status, answer.json()["user-id"]) == (200, user["number"]), answer.text


def test_the_token_may_come_in_cookies(federated, person):
    user, token = person
    cookies = {"Cookie": f"oauth-provider-name={ID}; oauth-provider-token={token}; oauth-email=somebody@example.org"}
    answer = federated.post_json(PATH, {}, cookies)
    assert (answer.status, answer.json()["user-id"]) == (200, user["number"]), answer.text


def test_check_auth_looks_and_opens_nothing(federated, person):
    user, token = person
    before = federated.data("session", "list", "--user", user["id"])
    good = oauth_sign_in(federated, token, **{"check-auth": True})
    assert good.status == 200, good.text
    assert good.json()["check-auth-result"] == {"message": "ok", "ok": True}
    bad = oauth_sign_in(federated, "nonsense", **{"check-auth": True})
    assert bad.status == 200, bad.text
    result = bad.json()["check-auth-result"]
    assert result["ok"] is False and result["message"]
    for answer in (good, bad):
        assert answer.header("set-cookie") is None
        assert not answer.json().get("jwt-token") and not answer.json().get("api-token")
    assert federated.data("session", "list", "--user", user["id"]) == before


def test_check_auth_that_is_false_signs_in(federated, person):
    _, token = person
    body = oauth_sign_in(federated, token, **{"check-auth": False}).json()
    assert current(federated, bearing(jwt_of(body))).status == 200


def test_other_sessions_end_when_asked(federated, person):
    _, token = person
    first = jwt_of(oauth_sign_in(federated, token).json())
    second = jwt_of(oauth_sign_in(federated, token, **{"logout-other": True}).json())
    assert current(federated, bearing(first)).status == 401
    assert current(federated, bearing(second)).status == 200


def test_an_unknown_identity_is_refused_and_nobody_is_made(federated, provider):
    name = unique()
    assert_refused(oauth_sign_in(federated, provider.access_token(name)))
    federated.refused("user", "show", name)


@pytest.mark.parametrize("token", ["nonsense", "a.b.c"])
def test_a_bad_token_is_refused(federated, token):
    assert_refused(oauth_sign_in(federated, token))


def test_no_token_at_all_is_refused(federated):
    answer = federated.post_json(PATH, {})
    assert answer.status in (400, 401), answer.text


def test_an_id_token_is_no_access_token(federated, provider):
    name = unique()
    log_in(federated, name)
    assert_refused(oauth_sign_in(federated, provider.tokens(name)["id_token"]))


def test_an_unknown_provider_is_told(federated, person):
    _, token = person
    assert_refused(oauth_sign_in(federated, token, provider="nobody"), 412, "FAILED_PRECONDITION")


def test_a_suspended_user_is_refused(federated, person):
    user, token = person
    federated.set_status(user, "suspend")
    assert_refused(oauth_sign_in(federated, token))
    looked = oauth_sign_in(federated, token, **{"check-auth": True})
    assert looked.status == 200 and looked.json()["check-auth-result"]["ok"] is False
    federated.set_status(user, "activate")
    assert oauth_sign_in(federated, token).status == 200


def test_a_login_by_syntho_links_too(federated, provider):
    name = unique()
    with Hops() as browser:
        syntho = f"{federated.url}/api/v1/oidc"
        answer = browser.get(browser.sign_in(f"{syntho}/authenticate/", name, f"{syntho}/callback/"))
        assert answer.status_code == 302, answer.text
    answer = oauth_sign_in(federated, provider.access_token(name))
    assert (answer.status, answer.json()["email"]) == (200, f"{name}@example.org")


def test_a_provider_that_is_away_is_told_apart_from_a_bad_token(new_server, new_provider):
    provider = new_provider()
    server = new_server(**provider.environment())
    name = unique()
    log_in(server, name)
    token = provider.access_token(name)
    provider.stop()
    for more in ({}, {"check-auth": True}):
        answer = oauth_sign_in(server, token, **more)
        assert answer.status == 503 and int(answer.header("retry-after")) >= 1, answer.text
    assert token not in server.log
