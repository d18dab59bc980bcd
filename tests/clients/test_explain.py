"""Refused over the wire, explained by the command line: the id of each refusal leads to the rule, to what really came and to
the key that decides, and to nothing secret.
"""

import json
import re
import subprocess
import time
import urllib.parse
from pathlib import Path

import pytest
from provider import Hops, parameters
from vestibule import ENGINE, PASSWORD, Server, compact, unique

HEADER = "X-Vestibule-Refusal"
WRONG = "wrong-s3cret-8f1c"
AUTHENTICATE = "/api/v1/oidc/authenticate/"
CALLBACK = "/api/v1/oidc/callback/"
ME = "/api/v1/users/me/"
ALLOWED = "https://app.example"
FOREIGN = "https://evil.example:8443"


@pytest.fixture(scope="module")
def server(module_server, provider):
    return module_server(
        VESTIBULE_RETURN_URLS=ALLOWED,
        VESTIBULE_DIALECTS__SYNTHO__ALLOWED_ORIGINS=ALLOWED,
        VESTIBULE_LIMITS__ACCOUNT_FAILURES_FREE="3",
        VESTIBULE_LOG__FORMAT="json",
        **provider.environment(),
    )


def header(answer, name: str = HEADER) -> str | None:
    return answer.header(name.lower()) if hasattr(answer, "header") else answer.headers.get(name)


def explained(server: Server, answer) -> dict:
    """What the command line says of a refused answer; the server writes once a second."""
    refusal = header(answer)
    assert refusal and re.fullmatch("[0-9A-HJKMNP-TV-Z]{10}", refusal), answer
    deadline = time.monotonic() + 10
    while (asked := server.cli("explain", refusal, "--output", "json")).returncode != 0:
        assert time.monotonic() < deadline, asked.stderr
        time.sleep(0.2)
    told = json.loads(asked.stdout)
    assert told["id"] == refusal
    assert told["request_id"] == header(answer, "X-Request-Id")
    assert told["client_address"] == "127.0.0.1"
    assert told["status"] == (answer.status if hasattr(answer, "status") else answer.status_code)
    for key in ("time", "means", "seen", "wanted", "remedy"):
        assert told[key], (key, told)
    (line,) = [line for line in server.log.splitlines() if f'"refusal":"{refusal}"' in line]
    assert json.loads(line)["rule"] == told["rule"]
    return told


def session(server: Server) -> str:
    name = unique()
    server.create_user(name)
    answer = server.post_json("/api/v1/auth/", {"email": f"{name}@example.org", "password": PASSWORD})
    assert answer.status == 201 and header(answer) is None
    return re.match("sessionid=([^;]+)", answer.header("set-cookie"))[1]


def test_a_good_answer_has_no_id(server):
    for answer in [server.http("GET", "/healthz"), server.http("GET", "/"), server.http("GET", "/docs/knox.json")]:
        assert (answer.status, header(answer)) == (200, None)


def test_cookies(server):
    """The browser came back without the cookie of the login; and a call without any."""
    answer = server.http("GET", f"{CALLBACK}?state=s3cret-state&code=s3cret-code")
    told = explained(server, answer)
    assert (told["rule"], told["door"]) == ("login_cookie", "syntho")
    assert told["decided_by"] == {"public_url": server.url}
    assert told["observed"] == "no Cookie header, no Authorization header"
    told = explained(server, server.http("GET", ME, {"Cookie": "theirs=s3cret-cookie"}))
    assert (told["rule"], told["decided_by"]) == ("credential_missing", {})
    assert told["observed"] == "a Cookie header, no Authorization header"


def test_csrf(server):
    cookie = {"Cookie": f"sessionid={session(server)}", "Origin": FOREIGN}
    told = explained(server, server.http("DELETE", "/api/v1/auth/", cookie))
    assert (told["rule"], told["request"]) == ("cross_site", "DELETE /api/v1/auth/")
    assert told["decided_by"] == {"dialects.syntho.allowed_origins": [ALLOWED]}
    assert told["observed"] == f"Origin: {FOREIGN}"


def test_a_page_of_ours(server):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    told = explained(server, server.http("POST", "/login", {**form, "Origin": FOREIGN}, b"password=s3cret"))
    assert (told["rule"], told["door"]) == ("cross_site", None)
    assert told["decided_by"] == {"public_url": server.url}
    told = explained(server, server.http("POST", "/login", {**form, "Origin": server.url}, b"password=s3cret"))
    assert (told["rule"], told["decided_by"]) == ("form_token", {"public_url": server.url})


def test_cors(server):
    asked = {"Origin": FOREIGN, "Access-Control-Request-Method": "POST"}
    answer = server.http("OPTIONS", "/api/v1/auth/", asked)
    assert answer.status == 204 and answer.header("access-control-allow-origin") is None
    told = explained(server, answer)
    assert (told["rule"], told["observed"]) == ("preflight", f"Origin: {FOREIGN}")
    assert told["decided_by"] == {"dialects.syntho.allowed_origins": [ALLOWED]}
    allowed = server.http("OPTIONS", "/api/v1/auth/", {**asked, "Origin": ALLOWED})
    assert header(allowed) is None
    refused = server.http("GET", ME, {"Origin": ALLOWED})
    assert "x-vestibule-refusal" in refused.header("access-control-expose-headers")


@pytest.mark.parametrize(
    "path",
    [f"{AUTHENTICATE}?next=", "/id/v1/login/provider?return_to=", "/api/auth?redirect_uri="],
)
def test_return_targets(server, path):
    to = urllib.parse.quote(f"{FOREIGN}/in?token=s3cret-token#s3cret-frag", safe="")
    told = explained(server, server.http("GET", path + to))
    assert (told["rule"], told["observed"]) == ("return_url", f"{FOREIGN}/in")
    assert told["decided_by"] == {"return_urls": [ALLOWED]}


def test_tokens(server, new_server):
    name = unique()
    server.create_user(name)
    token = server.login(name)
    assert explained(server, server.http("GET", ME, {"Cookie": f"sessionid={token}"}))["rule"] == "credential_other_door"
    server.http("POST", "/auth/logout/", {"Authorization": f"Token {token}"})
    told = explained(server, server.who(token))
    assert (told["rule"], told["decided_by"]) == ("session_ended", {"dialects.knox.scope": "dialect"})
    assert explained(server, server.who("s3cret" * 10 + "abcd"))["rule"] == "credential_unknown"
    assert explained(server, server.who("s3cret s3cret"))["rule"] == "credential_malformed"
    jwt = "Bearer eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiJzM2NyZXQifQ.c2lnbmF0dXJl"
    answer = server.http("GET", "/frontend/api/v1/auth/session", {"Authorization": jwt})
    assert explained(server, answer)["rule"] in ("token_signature", "credential_malformed")

    short = new_server(VESTIBULE_DIALECTS__KNOX__TOKEN_TTL="1s", VESTIBULE_LOG__FORMAT="json")
    short.create_user(name)
    token = short.login(name)
    time.sleep(1.2)
    told = explained(short, short.who(token))
    assert told["rule"] == "session_expired"
    assert told["decided_by"]["dialects.knox.token_ttl"] == "1s"


def test_state(server):
    with Hops() as browser:
        browser.get(server.url + AUTHENTICATE)
        answer = browser.get(f"{server.url}{CALLBACK}?state=s3cret-state&code=s3cret-code")
    told = explained(server, answer)
    assert (told["rule"], told["decided_by"]) == ("login_state", {})


def test_throttles(server):
    name = unique()
    server.create_user(name)
    for _ in range(20):
        answer = server.try_login(name, WRONG)
        if answer.status == 429:
            break
        assert explained(server, answer)["rule"] == "password_login"
    told = explained(server, answer)
    assert told["rule"] in ("account_failures", "account_failures_of_network")
    assert told["decided_by"] == {"limits.account_failures_free": 3}


def test_the_client_is_told_the_same_of_an_unknown_name_and_a_wrong_password(server):
    name = unique()
    server.create_user(name)
    answers = [server.try_login(name, WRONG), server.try_login(unique(), WRONG)]
    mine = ("x-vestibule-refusal", "x-request-id", "date")
    bodies = [(a.status, a.body, [pair for pair in a.headers if pair[0] not in mine]) for a in answers]
    assert bodies[0] == bodies[1]
    assert [explained(server, answer)["rule"] for answer in answers] == ["password_login"] * 2


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_provider_errors(server, provider, accept):
    """Also where the browser is led on with what went wrong."""
    with Hops(accept) as browser:
        begun = browser.get(server.url + AUTHENTICATE)
        state = parameters(begun.headers["Location"])["state"]
        answer = browser.get(f"{server.url}{CALLBACK}?state={state}&error=access_denied&error_description=s3cret")
    told = explained(server, answer)
    assert (told["rule"], told["observed"]) == ("provider_denied", "error: access_denied")
    (entry,) = told["decided_by"]["providers"]
    assert entry["issuer"] == provider.issuer and "vestibule-sample-secret" not in json.dumps(told)
    with Hops(accept) as browser:
        begun = browser.get(server.url + AUTHENTICATE)
        state = parameters(begun.headers["Location"])["state"]
        answer = browser.get(f"{server.url}{CALLBACK}?state={state}&code=s3cret-code")
    told = explained(server, answer)
    assert told["rule"] in ("provider_code", "provider_untrusted")
    assert told["observed"].startswith("provider sample: ") and "s3cret" not in told["observed"]


def test_what_is_too_large_unreadable_or_nowhere(server):
    form = {"Content-Type": "application/json"}
    for answer, rule, key in [
        (server.http("POST", "/auth/login/", form, compact({"username": "x" * 100_000})), "body_too_large", "limits.body_bytes"),
        (server.http("POST", "/auth/login/", form, b"{s3cret"), "body_malformed", None),
        (server.http("GET", "/nothing/here"), "unknown_path", None),
        (server.http("PATCH", "/auth/login/"), "method", None),
    ]:
        told = explained(server, answer)
        assert (told["rule"], list(told["decided_by"])) == (rule, [key] if key else []), told


def test_text_for_people(server):
    answer = server.http("GET", "/nothing/here")
    explained(server, answer)
    refusal = header(answer)
    text = server.done("explain", f"{refusal[:5]}-{refusal[5:]}".lower())
    assert refusal in text and "unknown_path" in text and "remedy" in text
    assert server.done("explain", header(answer, "X-Request-Id")) == text


def test_an_id_that_is_none_or_is_not_kept(server):
    assert "ten letters and digits" in server.refused("explain", "x", code=2)
    assert "no refusal of this id is kept" in server.refused("explain", "0000000000")


def test_what_is_refused_last_is_explained_after_a_stop(new_server):
    server = new_server(VESTIBULE_LOG__FORMAT="json")
    answer = server.http("GET", "/auth/user/")
    server.stop()
    assert explained(server, answer)["rule"] == "credential_missing"


@pytest.mark.postgres
def test_what_is_being_written_at_a_stop_is_written(new_server):
    server = new_server(VESTIBULE_LOG__FORMAT="json")
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/psql"))
    psql = [programs[-1], "-X", "-q", "-A", "-t", server.environment["VESTIBULE_DATABASE__URL"]]
    # For longer than a server takes to stop that has nothing to wait for.
    lock = ["BEGIN", "LOCK TABLE refusals", "SELECT 'locked'", "SELECT pg_sleep(4)", "COMMIT"]
    commands = [argument for command in lock for argument in ("-c", command)]
    waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'refusals'::regclass AND NOT granted"
    with subprocess.Popen([*psql, *commands], stdout=subprocess.PIPE, text=True) as locking:
        assert locking.stdout.readline() == "locked\n"
        answer = server.http("GET", "/auth/user/")
        deadline = time.monotonic() + 10
        while subprocess.run([*psql, "-c", waiting], capture_output=True, text=True, timeout=30).stdout == "0\n":
            assert time.monotonic() < deadline, "it is not being written"
            time.sleep(0.05)
        server.stop()
    assert explained(server, answer)["rule"] == "credential_missing"


def test_a_flood_leaves_others_explained_and_is_counted(new_server):
    server = new_server(VESTIBULE_LOG__FORMAT="json")
    mine = server.http("GET", "/auth/user/")
    for _ in range(500):
        last = server.http("GET", "/nothing/here")
    assert explained(server, mine)["rule"] == "credential_missing"
    server.stop()
    assert "of unknown_path" in server.refused("explain", "0000000000")
    assert header(last) in server.log


@pytest.mark.sqlite
def test_no_secret_is_in_the_database(server):
    """Last in the file: all that the tests above sent is looked for."""
    assert ENGINE == "sqlite"
    server.log_holding("provider_denied")
    time.sleep(1.5)
    stored = b"".join(path.read_bytes() for path in server.data_dir.iterdir() if path.name.startswith("vestibule.db"))
    assert b"evil.example:8443/in" in stored
    for secret in (b"s3cret", WRONG.encode(), b"eyJhbGciOiJIUzI1NiJ9"):
        assert secret not in stored, secret
