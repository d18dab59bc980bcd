"""The bixarena dialect over the wire: to the provider and back, what is answered when that fails, tokens, logging out."""

import re
import urllib.parse
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from bixarena import BASES, CALLBACK, COOKIE, Person, is_deployed, log_in, service_client
from provider import CLIENT_ID, Hops, parameters
from vestibule import unique

SET = r"JSESSIONID=[0-9A-F]{32}; Path=/; HttpOnly; SameSite=Lax"
CLEARED = "JSESSIONID=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly; SameSite=Lax"
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
CHALLENGE = 'Cookie realm="BixArena", redirect="/auth/login"'


@pytest.fixture(params=BASES, ids=["v1", "root"])
def base(request) -> str:
    return request.param


@pytest.fixture
def person(either_federated, base) -> Person:
    with Person(either_federated, base) as person:
        yield person


def with_parameter(url: str, **changed: str | None) -> str:
    """The URL with other parameters; `None` takes one away."""
    values = {name: value for name, value in {**parameters(url), **changed}.items() if value is not None}
    return f"{url.split('?')[0]}?{urllib.parse.urlencode(values)}"


def assert_failed(answer, why: str, status: int = 400, deployed: str | None = None) -> None:
    """A login failed; how that is told depends on whose wire it is (contracts 5.1)."""
    if deployed is not None:
        assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/json"), answer.text
        assert answer.text == f'{{"status":"error:{deployed}"}}'
        return
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json"), answer.text
    title = {400: "Bad Request", 401: "Unauthorized"}[status]
    path = urllib.parse.urlsplit(answer.url).path
    expected = {"type": "about:blank", "title": title, "status": status, "detail": why, "instance": path}
    assert answer.json() == expected


# --- to the provider ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/auth/oidc/start", "/auth/login"])
def test_start_leads_to_the_provider(person, provider, path):
    answer = person.start(path)
    assert (answer.status_code, answer.content) == (302, b"")
    assert re.fullmatch(SET, answer.headers["Set-Cookie"]), answer.headers
    location = answer.headers["Location"]
    assert location.split("?")[0] == provider.discovery()["authorization_endpoint"]
    asked = parameters(location)
    assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT_ID)
    assert asked["redirect_uri"] == person.server.url + CALLBACK, "whichever path a login begins at"
    assert asked["scope"].split(" ") == ["openid", "profile", "email"]
    assert asked["code_challenge_method"] == "S256"
    assert re.fullmatch(r"[\w-]{43}", asked["code_challenge"])
    assert len(asked["state"]) >= 22 and len(asked["nonce"]) >= 22
    assert "client_secret" not in asked
    with Person(person.server) as other:
        again = parameters(other.start(path).headers["Location"])
    for once in ("state", "nonce", "code_challenge"):
        assert asked[once] != again[once], once


def test_head_is_as_get(person):
    answer = person.call("HEAD", "/auth/oidc/start")
    assert (answer.status_code, answer.content) == (302, b"")
    assert answer.headers["Location"]


# --- and back ----------------------------------------------------------------------------------------------------


def test_a_login_ends_with_a_session_and_a_new_cookie(person):
    name = unique()
    callback = person.come_back(name)
    before = person.cookie
    answer = person.get(callback)
    assert (answer.status_code, answer.text) == (200, '{"status":"ok"}')
    assert answer.headers["Content-Type"] == "application/json"
    assert re.fullmatch(SET, answer.headers["Set-Cookie"]), answer.headers
    assert person.cookie != before
    assert person.user_info().json()["preferred_username"] == name
    with Person(person.server, person.base) as planted:
        planted.cookies.set(COOKIE, before)
        assert planted.user_info().status_code == 401, "what the browser came with is dead"


def test_a_browser_is_led_on_to_the_site(either_federated, base):
    with Person(either_federated, base, BROWSER) as person:
        answer = person.try_log_in(unique())
        assert (answer.status_code, answer.content) == (302, b"")
        assert answer.headers["Location"].rstrip("/") == either_federated.url
        assert re.fullmatch(SET, answer.headers["Set-Cookie"])
        led = person.try_log_in(unique(), "/auth/login?return_to=/arena?tab=1")
        assert (led.status_code, led.headers["Location"]) == (302, f"{either_federated.url}/arena?tab=1")


@pytest.mark.parametrize(
    "return_to", ["//evil.example", "https://evil.example/", "/a?b=https://evil.example", "/\\evil.example", "arena"]
)
def test_a_browser_is_led_nowhere_else(person, return_to):
    answer = person.call("GET", "/auth/login", params={"return_to": return_to})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"] == "Parameter 'return_to' is not valid."


def test_the_callback_has_a_newer_name(person):
    answer = person.get(person.come_back(unique()).replace("/auth/oidc/callback", "/auth/callback"))
    assert (answer.status_code, answer.text) == (200, '{"status":"ok"}')


def test_the_same_identity_is_the_same_user(either_federated):
    name = unique()
    subjects = {log_in(either_federated, name, base).user_info().json()["sub"] for base in (*BASES, "/v1")}
    assert len(subjects) == 1
    user = either_federated.data("user", "show", name)
    assert subjects == {user["id"]}
    assert user["email"] == f"{name}@example.org"


def test_two_logins_of_one_browser_are_one_session(person):
    """The cookie of the first opens nothing any more: a browser has one."""
    name = unique()
    person.log_in(name)
    first = person.cookie
    person.log_in(name)
    with Person(person.server, person.base) as other:
        other.cookies.set(COOKIE, first)
        assert other.user_info().status_code == 401
    assert len(person.server.data("session", "list", "--user", name)) == 1


# --- what can go wrong ---------------------------------------------------------------------------------------------


def test_a_browser_that_began_no_login_finishes_none(person):
    """security 1, state-binding."""
    callback = person.come_back(unique())
    deployed = "no-session" if is_deployed(person.server) else None
    with Person(person.server) as stranger:
        assert_failed(stranger.get(callback), "no-session", deployed=deployed)
    deployed = "state-mismatch" if is_deployed(person.server) else None
    with Person(person.server) as stranger:
        stranger.start()
        assert_failed(stranger.get(callback), "state-mismatch", deployed=deployed)
    answer = person.get(callback)
    assert answer.status_code == 200, "a stranger's try costs the owner nothing"


def test_a_state_is_used_once(person):
    callback = person.come_back(unique())
    assert person.get(callback).status_code == 200
    deployed = "state-mismatch" if is_deployed(person.server) else None
    assert_failed(person.get(callback), "state-mismatch", deployed=deployed)
    assert person.user_info().status_code == 200, "the session of the first goes on"


def test_a_foreign_state_is_no_login(person):
    callback = person.come_back(unique())
    deployed = "state-mismatch" if is_deployed(person.server) else None
    assert_failed(person.get(with_parameter(callback, state="0" * 64)), "state-mismatch", deployed=deployed)


def test_a_wrong_code_is_not_taken_and_uses_the_state_up(person):
    callback = person.come_back(unique())
    token_exchange = "token-exchange" if is_deployed(person.server) else None
    assert_failed(person.get(with_parameter(callback, code="x" * 43)), "token-exchange", deployed=token_exchange)
    mismatch = "state-mismatch" if is_deployed(person.server) else None
    assert_failed(person.get(callback), "state-mismatch", deployed=mismatch)


@pytest.mark.parametrize("issuer", ["https://evil.example", None])
def test_an_answer_of_another_issuer_is_not_trusted(person, issuer):
    """RFC 9207 section 2.4: the provider says that it names itself, so an answer without a name is none of its own."""
    callback = person.come_back(unique())
    assert parameters(callback)["iss"]
    deployed = "exception" if is_deployed(person.server) else None
    assert_failed(person.get(with_parameter(callback, iss=issuer)), "exception", deployed=deployed)


def test_somebody_who_cancels_is_not_signed_in(person):
    callback = person.cancel(person.server.url + person.base + "/auth/oidc/start", person.server.url)
    assert parameters(callback)["error"] == "access_denied"
    deployed = "exception" if is_deployed(person.server) else None
    assert_failed(person.get(callback), "access-denied", deployed=deployed)
    assert person.user_info().status_code == 401


@pytest.mark.parametrize("missing", ["code", "state"])
def test_a_missing_parameter_is_named(person, missing):
    """contracts 5.1: the same on both wires."""
    answer = person.get(with_parameter(person.come_back(unique()), **{missing: None}))
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["detail"] == f"Required parameter '{missing}' is not present."


def test_of_many_who_come_back_at_once_one_is_signed_in(either_federated):
    """security 1, code-race."""
    name = unique()
    with Person(either_federated) as person:
        callback = person.come_back(name)
        cookie = {"Cookie": f"{COOKIE}={person.cookie}"}

    def redeem(_):
        with Hops("*/*") as hops:
            return hops.get(callback, headers=cookie).status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(redeem, range(20)))
    assert sorted(statuses) == [200] + [400] * 19
    assert len(either_federated.data("session", "list", "--user", name)) == 1


def test_a_suspended_user_is_not_let_in(either_federated):
    name = unique()
    user = {"id": log_in(either_federated, name).user_info().json()["sub"]}
    either_federated.set_status(user, "suspend")
    deployed = "exception" if is_deployed(either_federated) else None
    with Person(either_federated) as person:
        assert_failed(person.try_log_in(name), "user-inactive", 401, deployed)
        either_federated.set_status(user, "activate")
        assert person.try_log_in(name).status_code == 200


def test_a_stranger_is_let_in_only_where_the_operator_wants_it(new_server, provider):
    server = new_server(**provider.environment(sign_up="false"))
    with Person(server) as person:
        assert_failed(person.try_log_in(unique()), "identity-refused", 401)
    assert server.data("user", "list") == []


def test_an_address_joins_an_account_only_where_both_sides_have_verified_it(new_server, provider):
    """security 1, foreign-identity."""
    server = new_server(**provider.environment(link_verified_email="true"))
    known, unverified = unique(), unique()
    user = server.create_user(f"{known}-here", f"{known}@example.org", "correct horse battery", "--email-verified")
    server.create_user(f"{unverified}-here", f"{unverified}@example.org")
    assert log_in(server, known).user_info().json()["sub"] == user["id"]
    with Person(server) as person:
        assert_failed(person.try_log_in(unverified), "identity-refused", 401)


def test_an_address_alone_joins_nobody(federated):
    name = unique()
    federated.create_user(f"{name}-here", f"{name}@example.org", "correct horse battery", "--email-verified")
    with Person(federated) as person:
        assert_failed(person.try_log_in(name), "identity-refused", 401)


def test_claims_that_the_id_token_lacks_are_asked_of_userinfo(new_server, new_provider):
    server = new_server(**new_provider(id_token_claims=False).environment())
    told = log_in(server, "ann").user_info().json()
    assert (told["preferred_username"], told["email"], told["email_verified"]) == ("ann", "ann@example.org", True)


def test_what_a_provider_does_not_vouch_for_is_not_taken_over(new_server, new_provider):
    server = new_server(**new_provider().environment())
    assert "email" not in log_in(server, "ben").user_info().json(), "an address that was not verified"
    assert log_in(server, "cleo").user_info().json()["preferred_username"] == "cleo"


@pytest.mark.parametrize("wire", ["documented", "deployed"])
def test_a_provider_that_is_away_costs_its_logins_only(new_server, new_provider, wire):
    away = new_provider()
    server = new_server(VESTIBULE_DIALECTS__BIXARENA__WIRE=wire, **away.environment())
    with log_in(server, unique()) as signed_in, Person(server) as person:
        callback = person.come_back(unique())
        away.stop()
        answer = person.get(callback)
        if wire == "deployed":
            assert_failed(answer, "", deployed="token-exchange")
        else:
            assert answer.status_code == 503 and int(answer.headers["Retry-After"]) >= 1
            assert answer.headers["Content-Type"] == "application/problem+json"
        assert signed_in.call("POST", "/token").status_code == 200


def test_without_a_provider_our_own_page_takes_its_place(either, base):
    with Person(either, base) as person:
        answer = person.start()
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(f"{either.url}/login?continue=")


@pytest.mark.parametrize("wire", ["documented", "deployed"])
def test_without_a_provider_and_pages_nobody_is_led_anywhere(new_server, base, wire):
    off = {"VESTIBULE_DIALECTS__NATIVE__ENABLED": "false", "VESTIBULE_DIALECTS__BIXARENA__WIRE": wire}
    with Person(new_server(**off), base) as person:
        answer = person.start()
        assert_failed(answer, "no-provider")
        assert "Set-Cookie" not in answer.headers


# --- tokens and sessions -------------------------------------------------------------------------------------------


def test_a_session_is_traded_for_a_token(person):
    person.log_in(unique())
    answer = person.call("POST", "/token")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    body = answer.json()
    assert list(body) == ["access_token", "token_type", "expires_in"]
    expires_in = 599 if is_deployed(person.server) else 600
    assert (body["token_type"], body["expires_in"]) == ("Bearer", expires_in)
    assert len(body["access_token"].split(".")) == 3
    assert "no-store" in answer.headers["Cache-Control"]


def test_nobody_gets_no_token(person):
    for cookie in (None, "0" * 32, "nonsense"):
        if cookie:
            person.cookies.set(COOKIE, cookie)
        answer = person.call("POST", "/token")
        if is_deployed(person.server):
            assert (answer.status_code, answer.content) == (403, b"")
        else:
            assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/json")
            assert answer.text == '{"title":"Unauthorized","status":401}'


def test_logging_out_ends_the_session_and_may_be_done_again(person):
    person.log_in(unique())
    kept = person.cookie
    for _ in range(2):
        answer = person.call("POST", "/auth/logout")
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["Set-Cookie"] == CLEARED
        assert answer.headers["Cache-Control"] == "no-store, no-cache, must-revalidate, max-age=0"
        assert answer.headers["Pragma"] == "no-cache"
        assert COOKIE not in person.cookies
    person.cookies.set(COOKIE, kept)
    assert person.user_info().status_code == 401
    assert person.call("POST", "/token").status_code == (403 if is_deployed(person.server) else 401)


def test_a_path_with_a_closing_slash_is_another_dialects(person):
    """contracts 8.1: `/auth/logout/` is knox's, and ends nothing here."""
    person.log_in(unique())
    assert person.request("POST", f"{person.server.url}/auth/logout/").status_code == 401
    assert person.user_info().status_code == 200


def test_the_newer_token_is_for_an_audience(person):
    person.log_in(unique())
    assert person.call("POST", "/oauth2/token").json()["expires_in"] == 600
    answer = person.call("POST", "/oauth2/token?audience=leaderboard")
    assert answer.status_code == 200 and answer.json()["token_type"] == "Bearer"
    assert person.user_info(answer.json()["access_token"]).status_code == 401, "it is for somebody else"


def test_nobody_is_told_where_to_sign_in(person):
    for method, path in [("POST", "/oauth2/token"), ("GET", "/userinfo")]:
        answer = person.call(method, path)
        assert (answer.status_code, answer.content) == (401, b"")
        assert answer.headers["WWW-Authenticate"] == CHALLENGE


def test_userinfo_knows_a_session_and_a_token(person):
    name = unique()
    person.log_in(name)
    by_session = person.user_info()
    expected = {
        "preferred_username": name,
        "email": f"{name}@example.org",
        "email_verified": True,
        "roles": ["user"],
    }
    told = by_session.json()
    assert uuid.UUID(told.pop("sub")) and told == expected
    assert "no-store" in by_session.headers["Cache-Control"]
    token = person.mint()
    with Person(person.server, person.base) as back_end:
        assert back_end.user_info(token).json() == by_session.json()
        bad = back_end.user_info(token[:-4] + "AAAA")
        assert (bad.status_code, bad.content) == (401, b"")
        assert bad.headers["WWW-Authenticate"].startswith("Bearer ")
    assert person.user_info("nonsense").status_code == 401, "a bad token makes no room for the cookie"


def test_a_service_gets_a_token_for_its_secret(new_server, provider, tmp_path):
    secret = "a-long-and-random-secret"
    server = new_server(**provider.environment(), **service_client(tmp_path, "bixarena-api-service", secret))
    for base in BASES:
        with Person(server, base) as service:
            right, wrong = ("bixarena-api-service", secret), ("bixarena-api-service", "another-long-secret")
            answer = service.call("POST", "/oauth2/service-token?audience=leaderboard", auth=right)
            assert answer.status_code == 200, answer.text
            assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 300)
            assert service.user_info(answer.json()["access_token"]).status_code == 401, "a service is no user"
            without = service.call("POST", "/oauth2/service-token", auth=right)
            assert (without.status_code, without.content) == (400, b"")
            for credentials in (wrong, None):
                refused = service.call("POST", "/oauth2/service-token?audience=leaderboard", auth=credentials)
                assert (refused.status_code, refused.content) == (401, b"")
                assert refused.headers["WWW-Authenticate"] == 'Basic realm="BixArena"'
    assert secret not in server.log


def test_foreign_pages_change_nothing(person):
    person.log_in(unique())
    for path in ("/token", "/auth/logout", "/oauth2/token"):
        answer = person.call("POST", path, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403, path
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert person.user_info().status_code == 200


def test_errors_have_the_shape_of_the_document(person):
    refused = person.call("PUT", "/token")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["detail"] == "Method 'PUT' is not supported."
    missing = person.request("GET", f"{person.server.url}/v1/nothing")
    assert (missing.status_code, missing.headers["Content-Type"]) == (404, "application/problem+json")


# --- one ledger ----------------------------------------------------------------------------------------------------


def test_the_operator_sees_and_ends_the_session(either_federated):
    name = unique()
    with log_in(either_federated, name) as person:
        (session,) = either_federated.data("session", "list", "--user", name)
        assert (session["dialect"], session["state"]) == ("bixarena", "live")
        token = person.mint()
        either_federated.done("session", "revoke", session["id"])
        assert person.user_info().status_code == 401
        assert person.user_info(token).status_code == 401, "a token is dead here as soon as its session is"


def test_a_suspension_ends_the_session_and_its_tokens(either_federated):
    name = unique()
    with log_in(either_federated, name) as person:
        token, user = person.mint(), {"id": person.user_info().json()["sub"]}
        either_federated.set_status(user, "suspend")
        assert person.user_info().status_code == 401
        assert person.user_info(token).status_code == 401
        either_federated.set_status(user, "activate")
        assert person.user_info().status_code == 401


def test_the_cookie_opens_no_other_door(person):
    person.log_in(unique())
    for cookie in ("sessionid", "jwt", "vault"):
        headers = {"Cookie": f"{cookie}={person.cookie}"}
        assert person.server.http("GET", "/api/v1/users/me/", headers).status == 401
    assert person.server.who(person.cookie).status == 401


def test_no_secret_reaches_the_log(new_server, provider):
    server = new_server(VESTIBULE_LOG__LEVEL="trace", **provider.environment())
    with Person(server) as person:
        asked = parameters(person.start().headers["Location"])
        callback = person.come_back(unique())
        code, state, before = parameters(callback)["code"], parameters(callback)["state"], person.cookie
        assert person.get(callback).status_code == 200
        token, cookie = person.mint(), person.cookie
        person.get(callback)
        person.call("POST", "/auth/logout")
    log = server.log_holding("/auth/logout")
    for secret in (code, state, before, token, cookie, asked["nonce"], asked["state"], "vestibule-sample-secret"):
        assert secret not in log, secret


def test_several_processes_are_one(new_server, provider):
    """A login that one began another one finishes, and what one ends the others refuse."""
    server = new_server(**provider.environment())
    other = new_server(beside=server)
    with Person(server) as here, Person(other) as there:
        callback = here.come_back(unique())
        there.cookies = here.cookies
        assert there.get(callback.replace(server.url, other.url)).status_code == 200
        assert here.user_info().status_code == there.user_info().status_code == 200
        assert there.user_info(here.mint()).status_code == here.user_info(there.mint()).status_code == 200
        cookie = here.cookie
        assert here.call("POST", "/auth/logout").status_code == 204
        there.cookies.set(COOKIE, cookie)
        assert there.user_info().status_code == 401
