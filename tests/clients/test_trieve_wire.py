"""The trieve dialect over the wire: to the provider and back, who somebody is, keys, invitations, logging out."""

import re

import pytest
from provider import CLIENT_ID, Hops, parameters
from trieve import CALLBACK, COOKIE, LOGIN, ME, Person, invitation, invitation_link, log_in
from vestibule import unique

SET = r"vault=[0-9a-z]{64}; HttpOnly; SameSite=Lax; Path=/; Max-Age=86400"
CLEARED = "vault=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


def is_deployed(server) -> bool:
    return server.environment.get("VESTIBULE_DIALECTS__TRIEVE__WIRE") == "deployed"


@pytest.fixture
def person(either_federated):
    with Person(either_federated) as person:
        yield person


def assert_refused(answer, status: int, message: str) -> None:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json"), answer.text
    assert answer.json() == {"message": message}


def test_login_leads_to_the_provider(person, provider):
    answer = person.call("GET", LOGIN)
    assert (answer.status_code, answer.content) == (303, b"")
    assert re.fullmatch(SET, answer.headers["Set-Cookie"]), answer.headers
    location = answer.headers["Location"]
    assert location.split("?")[0] == provider.discovery()["authorization_endpoint"]
    asked = parameters(location)
    assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT_ID)
    assert asked["redirect_uri"] == person.server.url + CALLBACK
    assert asked["scope"].split(" ") == ["openid", "profile", "email"]
    assert asked["code_challenge_method"] == "S256"
    assert re.fullmatch(r"[\w-]{43}", asked["code_challenge"])


def test_a_client_is_told_who_it_is_and_a_browser_is_led_on(either_federated):
    name = unique()
    with Person(either_federated) as program:
        callback = program.come_back(name)
        before = program.cookie
        answer = program.get(callback)
        assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json"
        assert re.fullmatch(SET, answer.headers["Set-Cookie"]), answer.headers
        assert program.cookie != before
        assert answer.json() == program.me()
    with Person(either_federated, accept=BROWSER) as browser:
        answer = browser.get(browser.come_back(unique(), "?redirect_uri=/here"))
        assert (answer.status_code, answer.content) == (303, b"")
        assert answer.headers["Location"] == "/here?new_user=true"
        assert browser.me()["user_orgs"][0]["role"] == 2


def test_a_callback_is_heard_once_in_the_browser_that_began(person):
    callback = person.come_back(unique())
    with Hops("*/*") as stranger:
        assert_refused(stranger.get(callback), 401, "Unauthorized")
    assert person.get(callback).status_code == 200, "what a stranger brought took nothing away"
    assert_refused(person.get(callback), 401, "Unauthorized")


def test_who_asks_without_a_credential(person):
    assert_refused(person.call("GET", ME), 401 if is_deployed(person.server) else 400, "Unauthorized")
    for method, path in [
        ("GET", "/api/user/api_key"),
        ("POST", "/api/user/api_key"),
        ("POST", "/api/invitation"),
        ("GET", "/api/organization/api_key"),
    ]:
        assert_refused(person.call(method, path), 401, "Unauthorized")
    answer = person.call("DELETE", LOGIN)
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize("form", ["{}", "Bearer {}"])
@pytest.mark.parametrize("header", ["Authorization", "x-api-key"])
def test_a_key_opens_in_every_spelling_and_outlives_the_session(person, header, form):
    key = person.log_in(unique()).key()
    assert re.fullmatch(r"tr-[0-9a-z]{32}", key)
    me = person.me()
    person.call("DELETE", LOGIN)
    with Hops("*/*") as program:
        answer = program.get(person.server.url + ME, headers={header: form.format(key)})
        assert (answer.status_code, answer.json()) == (200, me)


def test_a_logout_ends_one_session(person, provider):
    name = unique()
    person.log_in(name)
    cookie = person.cookie
    with log_in(person.server, name) as other:
        answer = person.call("DELETE", LOGIN)
        assert answer.headers["Set-Cookie"] == CLEARED
        if is_deployed(person.server):
            assert answer.status_code == 200
            url = answer.json()["logout_url"]
            assert url.split("?")[0] == provider.discovery()["end_session_endpoint"]
            expected = {"post_logout_redirect_uri": f"{person.server.url}/", "client_id": CLIENT_ID}
            assert parameters(url) == expected
        else:
            assert (answer.status_code, answer.content) == (204, b"")
        assert COOKIE not in person.cookies
        stale = person.call("GET", ME, headers={"Cookie": f"{COOKIE}={cookie}"})
        assert stale.status_code in (400, 401)
        assert other.me()["email"] == f"{name}@example.org"


def test_an_invitation_is_followed_by_whom_it_was_mailed_to(either_federated):
    server, name, guest = either_federated, unique(), unique("guest")
    with log_in(server, name) as owner:
        organization = owner.organization
        body = invitation(organization, f"{guest}@example.org", f"{server.url}/api", role=1)
        assert owner.call("POST", "/api/invitation", json=body).status_code == 204
        link = invitation_link(server, f"{guest}@example.org")
        assert link.startswith(f"{server.url}/api/auth?inv_code=")
        assert parameters(link)["organization_id"] == organization
        query = "?" + link.split("?")[1]
        with Person(server) as stranger:
            assert_refused(stranger.try_log_in(unique(), query), 400, "Email does not match invitation")
        with Person(server) as invited:
            me = invited.try_log_in(guest, query).json()
            assert [(one["organization_id"], one["role"]) for one in me["user_orgs"]] == [(organization, 1)]
        (listed,) = owner.call("GET", f"/api/invitation/{organization}").json()
        assert (listed["email"], listed["used"]) == (f"{guest}@example.org", True)


def test_what_the_framework_says(person):
    answer = person.call("GET", f"{LOGIN}?organization_id=x")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert answer.text.startswith("Query deserialize error: UUID parsing failed")
    for method, path, status in [
        ("GET", "/api/auth/x", 404),
        ("PUT", ME, 405),
        ("HEAD", ME, 405),
        ("OPTIONS", ME, 405),
        ("GET", "/api/health", 200),
    ]:
        answer = person.call(method, path)
        assert (answer.status_code, answer.content, answer.headers.get("Allow")) == (status, b"", None), path


@pytest.mark.parametrize("place", ["https://evil.example", "//evil.example", "/%5Cevil.example", "javascript:alert(1)"])
def test_a_login_leads_nowhere_else(person, place):
    answer = person.call("GET", f"{LOGIN}?redirect_uri={place}")
    assert_refused(answer, 400, "redirect_uri is not an address that people may be led to here")
    assert "Set-Cookie" not in answer.headers


def test_no_secret_is_in_the_log(new_server, provider):
    server = new_server(**provider.environment())
    guest = unique("guest")
    with log_in(server, unique()) as owner:
        secrets = [owner.cookie, owner.key()]
        body = invitation(owner.organization, f"{guest}@example.org", server.url)
        assert owner.call("POST", "/api/invitation", json=body).status_code == 204
        link = invitation_link(server, f"{guest}@example.org")
        secrets.append(parameters(link)["inv_code"])
        with Person(server) as invited:
            callback = invited.come_back(guest, "?" + link.split("?")[1])
            secrets += [parameters(callback)["code"], parameters(callback)["state"]]
            assert invited.get(callback).status_code == 200
    for secret in secrets:
        assert secret not in server.log
