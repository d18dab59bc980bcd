"""The log: one line a request, findable by the id that the client was given, and never a secret in it."""

import base64
import json
import time

import pytest
from vestibule import PASSWORD, Server

WRONG_PASSWORD = "wrong-password-8f1c"


def request_lines(server: Server, request_id: str) -> list[dict]:
    """The request lines (those with a status) of one request; each line of the JSON log is one object."""
    log = server.log_holding(request_id)
    time.sleep(0.1)
    lines = [json.loads(line) for line in log.splitlines()]
    return [line for line in lines if line.get("request_id") == request_id and "status" in line]


@pytest.fixture(params=["text", "json"])
def chatty(request, new_server):
    """A server that logs all it can, and a user of it."""
    server = new_server(VESTIBULE_LOG__FORMAT=request.param, VESTIBULE_LOG__LEVEL="trace")
    server.create_user("ann", "ann.private@example.org")
    return server


def test_a_request_is_one_json_line_with_the_id_of_its_answer(new_server):
    server = new_server(VESTIBULE_LOG__FORMAT="json")
    server.create_user("ann")
    for answer, method, path in [
        (server.try_login("ann"), "POST", "/auth/login/"),
        (server.try_login("ann", WRONG_PASSWORD), "POST", "/auth/login/"),
        (server.http("GET", "/auth/user/"), "GET", "/auth/user/"),
        (server.http("DELETE", "/auth/login/"), "DELETE", "/auth/login/"),
        (server.http("GET", "/nothing/here"), "GET", "/nothing/here"),
    ]:
        (line,) = request_lines(server, answer.header("x-request-id"))
        assert (line["method"], line["path"], line["status"]) == (method, path, answer.status)


def test_a_request_is_one_line_of_text_too(new_server):
    server = new_server()
    request_id = server.http("GET", "/auth/user/").header("x-request-id")
    (line,) = [line for line in server.log_holding(request_id).splitlines() if request_id in line]
    for part in ("GET", "/auth/user/", "401"):
        assert part in line


def test_request_ids_are_the_servers_own(documented):
    forged = "0" * 32
    ids = [documented.http("GET", "/healthz", {"X-Request-Id": forged}).header("x-request-id") for _ in range(3)]
    assert len(set(ids)) == 3
    assert forged not in ids


def test_no_secret_and_no_address_is_logged_for_good_and_bad_requests(chatty):
    """security 2, no. 49."""
    server = chatty
    token = server.login("ann")
    basic = base64.b64encode(b"ann:basic-secret-77aa").decode()
    secrets = {
        "password": PASSWORD,
        "wrong password": WRONG_PASSWORD,
        "token": token,
        "e-mail": "ann.private@example.org",
        "unknown token": "unknown-token-5d2e",
        "basic credentials": basic,
        "password in the wrong field": "misplaced-secret-31bb",
        "password in broken JSON": "broken-secret-90cd",
        "password in the query": "query-secret-12ef",
        "cookie": "cookie-secret-4a4a",
    }
    login = "/auth/login/"
    server.try_login("ann", WRONG_PASSWORD)
    server.try_login("ann.private@example.org")
    server.try_login("ann.private@example.org", WRONG_PASSWORD)
    server.try_login(secrets["password in the wrong field"])
    server.http("POST", login, {"Content-Type": "application/json"}, b'{"password": "broken-secret-90cd')
    server.http("POST", f"{login}?password=query-secret-12ef&username=ann.private@example.org")
    server.post_json(login, {"username": "ann", "password": ["broken-secret-90cd"]})
    server.http("POST", login, {"Content-Type": "text/plain"}, b"broken-secret-90cd")
    server.http("POST", login, {"Authorization": f"Basic {basic}", "Cookie": "sessionid=cookie-secret-4a4a"})
    server.who("unknown-token-5d2e")
    server.http("GET", "/auth/user/", {"Authorization": "Token unknown-token-5d2e x"})
    server.http("POST", "/auth/logout/", {"Authorization": f"Token {token}"})
    last = server.who(token)
    server.log_holding(last.header("x-request-id"))
    server.stop()
    log = server.log
    for what, secret in secrets.items():
        assert secret not in log, f"{what} is in the log: {[line for line in log.splitlines() if secret in line]}"
    assert "Authorization" not in log


def test_what_a_client_sends_cannot_forge_a_line(new_server):
    """security 2, no. 49."""
    server = new_server()
    server.http("GET", "/auth/%0Aforged-line%0D/", {"User-Agent": "agent\tforged"})
    request_id = server.try_login("ann\nforged-line by a name").header("x-request-id")
    log = server.log_holding(request_id)
    assert not [line for line in log.splitlines() if line.lstrip().startswith("forged-line")]


def test_level_off_silences_the_request_line_too(new_server):
    server = new_server(VESTIBULE_LOG__LEVEL="off")
    server.create_user("ann")
    before = server.log
    assert server.try_login("ann").status == 200
    assert server.try_login("ann", WRONG_PASSWORD).status == 400
    server.stop()
    assert server.log == before == ""
