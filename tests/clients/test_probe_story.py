"""The probe dialect over the wire: sign up, verify, sign in, list, end, change, restore; carriers and processes."""

import json
import urllib.parse

import pytest
from probe import BASE, CAPTCHA, bearing, current, jwt_of, links_in, outbox, sign_in, token_in, try_sign_in
from vestibule import PASSWORD, compact, unique

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NEW = "another correct horse"


@pytest.fixture
def server(new_server):
    return new_server(
        VESTIBULE_DIALECTS__PROBE__SIGN_UP="true",
        VESTIBULE_LIMITS__ACCOUNT_FAILURES_FREE="100",
        VESTIBULE_RETURN_URLS="https://app.example/",
    )


def sign_up(server, address, password=PASSWORD, **more):
    body = {"email": address, "password": password, "first-name": "Ann", "last-name": "Lee", **more}
    return server.post_json(f"{BASE}/auth/sign-up", body, CAPTCHA)


def verify(server, token):
    return server.post_json(f"{BASE}/auth/verify", {"verify-token": token}, CAPTCHA)


def restore(server, address):
    return server.post_json(f"{BASE}/auth/password-restore", {"email": address}, CAPTCHA)


def test_from_sign_up_to_a_restored_password(server):
    address = f"{unique()}@example.org"
    answer = sign_up(server, address)
    assert (answer.status, answer.json()) == (200, {"status": "pending", "email": address})
    assert try_sign_in(server, address).status == 401, "nobody signs in before the address is verified"

    (message,) = outbox(server, address)
    verified = verify(server, token_in(message))
    assert verified.json() == {"email": address, "status": "active", "success": True}
    assert verify(server, token_in(message)).status == 400, "a ticket is used once"

    first = sign_in(server, address, headers={"User-Agent": "first device"})
    second = sign_in(server, address, headers={"User-Agent": "second device"})
    assert first["api-token"] == second["api-token"] and len(first["api-token"]) == 64
    sessions = current(server, bearing(jwt_of(second))).json()["sessions"]
    assert [session["user-agent"] for session in sessions] == ["first device", "second device"]

    ended = server.http("DELETE", f"{BASE}/auth/session/{sessions[0]['id']}", bearing(jwt_of(second)))
    assert ended.status == 204
    assert current(server, bearing(jwt_of(first))).status == 401
    assert current(server, bearing(jwt_of(second))).status == 200

    third = sign_in(server, address)
    form = urllib.parse.urlencode({"old-password": PASSWORD, "new-password": NEW}).encode()
    path = f"{BASE}/auth/current/password?logout-all=true"
    changed = server.http("PUT", path, {**FORM, **bearing(jwt_of(third))}, form)
    assert changed.status == 204, changed.text
    assert current(server, bearing(jwt_of(third))).status == 200
    assert current(server, bearing(jwt_of(second))).status == 401
    assert current(server, bearing(first["api-token"])).status == 401, "the standing token is replaced"
    replaced = sign_in(server, address, NEW)
    assert replaced["api-token"] != first["api-token"]
    assert outbox(server, address, 2)[1]["subject"] != message["subject"], "the owner is told"

    assert restore(server, address).json() == {"success": True}
    mailed = token_in(outbox(server, address, 3)[2])
    exchange = {"password-restore-token": mailed}
    exchanged = server.post_json(f"{BASE}/auth/password-restore-verify", exchange, CAPTCHA)
    assert exchanged.status == 200, exchanged.text
    assert exchanged.json()["success"] is True
    assert server.post_json(f"{BASE}/auth/password-restore-verify", exchange, CAPTCHA).status == 400
    body = {"password-update-token": exchanged.json()["password-update-token"], "new-password": PASSWORD}
    json_type = {"Content-Type": "application/json"}
    assert server.http("PUT", f"{BASE}/auth/current/password", json_type, compact(body)).status == 204
    assert server.http("PUT", f"{BASE}/auth/current/password", json_type, compact(body)).status == 400
    assert current(server, bearing(jwt_of(replaced))).status == 401
    assert current(server, bearing(replaced["api-token"])).status == 401
    assert try_sign_in(server, address, NEW).status == 401
    assert sign_in(server, address)["status"] == "active"
    # No secret reached the log.
    log = server.log
    for secret in (PASSWORD, NEW, mailed, jwt_of(replaced), replaced["api-token"], address):
        assert secret not in log


def test_a_taken_address_gets_the_same_answer_and_its_owner_a_message(server):
    address = f"{unique()}@example.org"
    server.create_user(None, address, PASSWORD, "--email-verified")
    answer = sign_up(server, address, NEW)
    assert (answer.status, answer.json()) == (200, {"status": "pending", "email": address})
    (message,) = outbox(server, address)
    text = message.get_body(("plain",)).get_content()
    assert "verify-email" not in text
    assert try_sign_in(server, address, NEW).status == 401
    sign_in(server, address)


def test_who_signs_up_with_a_foreign_address_first_has_nothing_of_it(server):
    """The owner verifies the own sign-up, and the own password holds."""
    address = f"{unique()}@example.org"
    sign_up(server, address, "the password of somebody else")
    sign_up(server, address, PASSWORD)
    messages = outbox(server, address, 2)
    assert verify(server, token_in(messages[1])).status == 200
    assert try_sign_in(server, address, "the password of somebody else").status == 401
    sign_in(server, address)
    assert verify(server, token_in(messages[0])).status == 400


def test_links_start_at_the_public_url_and_lead_on_to_allowed_addresses_only(server):
    address = f"{unique()}@example.org"
    refused = sign_up(server, address, **{"ret-url": "https://evil.example/"})
    assert refused.status == 400, refused.text
    assert sign_up(server, address, **{"ret-url": "https://app.example/done"}).status == 200
    (message,) = outbox(server, address)
    (link,) = [link for link in links_in(message) if "verify-email" in link]
    assert link.startswith(f"{server.url}/verify-email?")

    path = link.removeprefix(server.url)
    page = server.http("GET", path)
    assert page.status == 200 and "<form method=\"post\">" in page.text
    assert page.header("referrer-policy") == "no-referrer"
    assert try_sign_in(server, address).status == 401, "opening the link changes nothing"
    query = urllib.parse.urlsplit(link).query
    done = server.http("POST", "/verify-email", FORM, query.encode())
    assert done.status == 200 and 'href="https://app.example/done"' in done.text
    sign_in(server, address)
    again = server.http("POST", "/verify-email", FORM, query.encode())
    assert again.status == 400 and "no longer good" in again.text
    foreign = server.http("GET", path.split("&return_to")[0] + "&return_to=https://evil.example/")
    assert "evil" not in foreign.text


def test_a_forgotten_password_is_chosen_anew_on_the_page_that_the_mail_leads_to(server):
    address = f"{unique()}@example.org"
    server.create_user(None, address)
    session = sign_in(server, address)
    restore(server, address)
    (message,) = outbox(server, address)
    (link,) = [link for link in links_in(message) if "restore-password" in link]
    page = server.http("GET", link.removeprefix(server.url))
    assert page.status == 200 and 'name="password"' in page.text
    token = urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["token"][0]

    def choose(password):
        form = urllib.parse.urlencode({"token": token, "password": password}).encode()
        return server.http("POST", "/restore-password", FORM, form)

    short = choose("short")
    assert short.status == 400 and 'name="password"' in short.text, "the form is shown again"
    assert choose(NEW).status == 200
    assert choose(NEW).status == 400
    assert current(server, bearing(jwt_of(session))).status == 401
    sign_in(server, address, NEW)


def test_tickets_die_when_the_address_or_the_password_changes(server):
    user = server.create_user(None, f"{unique()}@example.org")
    restore(server, user["email"])
    (message,) = outbox(server, user["email"])
    server.data("user", "set-password", user["id"], "--password-stdin", input=NEW)
    exchange = {"password-restore-token": token_in(message)}
    assert server.post_json(f"{BASE}/auth/password-restore-verify", exchange, CAPTCHA).status == 400

    restore(server, user["email"])
    later = token_in(outbox(server, user["email"], 3)[2])
    moved = f"{unique()}@example.org"
    server.data("user", "set-email", user["id"], "--email", moved)
    exchange = {"password-restore-token": later}
    assert server.post_json(f"{BASE}/auth/password-restore-verify", exchange, CAPTCHA).status == 400
    notice = outbox(server, user["email"], 4)[3]
    assert moved not in notice.as_string(), "the old address is not told the new one"


def test_every_carrier_is_one_session(server):
    user = server.create_user(unique())
    answer = try_sign_in(server, user["email"])
    token = jwt_of(answer.json())
    cookie = answer.header("set-cookie").split(";")[0]
    assert cookie == f"jwt={token}"
    carriers = [
        (bearing(token), ""),
        ({}, f"?jwt={token}"),
        ({"Cookie": cookie}, ""),
        (bearing(answer.json()["api-token"]), ""),
        ({}, f"?token={answer.json()['api-token']}"),
    ]
    for headers, query in carriers:
        answer = current(server, headers, query)
        assert answer.status == 200, (headers, query, answer.text)
        assert len(answer.json()["sessions"]) == 1
    assert server.http("DELETE", f"{BASE}/auth/sign-out", {"Cookie": cookie}).status == 200
    for headers, query in carriers[:3]:
        assert current(server, headers, query).status == 401
    for headers, query in carriers[3:]:
        assert current(server, headers, query).status == 200, "an API token is no session"
    assert token not in server.log and "jwt=" not in server.log


def test_what_the_command_line_ends_is_refused_at_the_next_request(server):
    user = server.create_user(unique())
    by_session, by_logout, by_suspension = (sign_in(server, user["email"]) for _ in range(3))
    sessions = server.data("session", "list", "--user", user["id"])
    assert {session["dialect"] for session in sessions} == {"probe"}
    server.done("session", "revoke", sessions[0]["id"])
    assert current(server, bearing(jwt_of(by_session))).status == 401
    assert current(server, bearing(jwt_of(by_logout))).status == 200
    server.done("user", "logout", user["id"])
    assert current(server, bearing(jwt_of(by_logout))).status == 401
    again = sign_in(server, user["email"])
    assert by_suspension["api-token"] == again["api-token"]
    server.set_status(user, "suspend")
    assert current(server, bearing(jwt_of(again))).status == 401
    assert current(server, bearing(again["api-token"])).status == 401
    server.set_status(user, "activate")
    assert current(server, bearing(jwt_of(again))).status == 401
    assert current(server, bearing(again["api-token"])).status == 200, "a suspension stops the standing token"


def test_a_rotated_key_signs_and_the_one_before_is_accepted_until_it_is_dropped(server):
    user = server.create_user(unique())
    before = sign_in(server, user["email"])
    (made,) = server.data("signing-key", "rotate", "--use", "probe")
    after = sign_in(server, user["email"])
    for session in (before, after):
        assert current(server, bearing(jwt_of(session))).status == 200
    keys = lambda: [key for key in server.data("signing-key", "list") if key["use"] == "probe"]  # noqa: E731
    states = [(key["id"] == made["id"], key["state"]) for key in keys()]
    assert states == [(True, "active"), (False, "accepted")]
    server.data("signing-key", "rotate", "--now")
    for session in (before, after):
        assert current(server, bearing(jwt_of(session))).status == 401
    assert [key["state"] for key in keys()] == ["active"]
    assert server.data("session", "list", "--user", user["id"]) == []
    sign_in(server, user["email"])


def test_several_processes_are_one(new_server, server):
    """What one ends, signs or rotates, the others know at the next request."""
    others = [new_server(beside=server) for _ in range(2)]
    user = server.create_user(unique())
    sessions = [sign_in(one, user["email"]) for one in (server, *others)]
    for one in (server, *others):
        for session in sessions:
            assert current(one, bearing(jwt_of(session))).status == 200
    server.data("signing-key", "rotate", "--use", "probe")
    newest = sign_in(others[0], user["email"])
    for one in (server, *others):
        assert current(one, bearing(jwt_of(newest))).status == 200, "a key that another process made is found"
    others[1].http("DELETE", f"{BASE}/auth/session", bearing(jwt_of(sessions[0])))
    for one in (server, *others):
        for session in (*sessions, newest):
            assert current(one, bearing(jwt_of(session))).status == 401


def test_an_error_has_the_shape_of_the_document_whatever_is_wrong(server):
    for method, path, status, word in [
        ("GET", "/frontend/nothing", 404, "NOT_FOUND"),
        ("PATCH", f"{BASE}/auth/sign-in", 405, None),
        ("POST", f"{BASE}/auth/sign-in", 400, "INVALID_ARGUMENT"),
        ("GET", f"{BASE}/auth/session", 401, "UNAUTHENTICATED"),
    ]:
        answer = server.http(method, path)
        assert answer.status == status, (path, answer.text)
        assert answer.header("content-type") == "application/json"
        assert answer.text.endswith("\n")
        error = json.loads(answer.text)
        assert set(error) <= {"status", "code", "error", "context"} and error["error"], error
        assert word is None or error["status"] == word, error
