"""The knox dialect byte by byte: what stands in the document, and what the deployed product answers instead.

Each row of the tables is asked at both base paths (`/auth/...`, `/api/auth/...`) of a server of each wire form.
"""

import re
import time
import uuid
from typing import NamedTuple

import pytest
from vestibule import PASSWORD, Answer, Server, compact, unique

JSON = {"Content-Type": "application/json"}
WRONG = {"non_field_errors": ["Unable to log in with provided credentials."]}
REQUIRED = ["This field is required."]
BLANK = ["This field may not be blank."]
NULL = ["This field may not be null."]
NOT_TEXT = ["Not a valid string."]

# The exact set of header names on a successful login. A new one is a decision, not an accident.
LOGIN_HEADERS = {
    "allow",
    "cache-control",
    "content-length",
    "content-security-policy",
    "content-type",
    "cross-origin-opener-policy",
    "date",
    "referrer-policy",
    "vary",
    "x-content-type-options",
    "x-frame-options",
    "x-request-id",
}

bases = pytest.mark.parametrize("base", ["", "/api"], ids=["root", "api"])


@pytest.fixture
def user(either) -> dict:
    return either.create_user(unique())


def assert_json(answer: Answer, status: int, body) -> None:
    assert (answer.status, answer.text) == (status, compact(body).decode())
    assert answer.header("content-type") == "application/json"


# --- login: success --------------------------------------------------------------------------------------------


@bases
def test_a_login_answers_the_documented_bytes(either, user, base):
    body = compact({"username": user["username"], "password": PASSWORD})
    raw = either.raw(
        f"POST {base}/auth/login/ HTTP/1.1\r\n"
        "Host: example.com\r\nAccept: application/json\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
        + body
    )
    head, _, content = raw.partition(b"\r\n\r\n")
    status_line, *lines = head.decode("ascii").split("\r\n")
    assert status_line == "HTTP/1.1 200 OK"
    headers = {}
    for line in lines:
        name, separator, value = line.partition(": ")
        assert separator and name.lower() not in headers, line
        headers[name.lower()] = value
    # The product's own Python client refuses a Content-Type with a charset.
    assert headers["content-type"] == "application/json"
    assert headers["content-length"] == str(len(content))
    assert headers["cache-control"] == "no-store"
    assert headers.keys() - {"connection"} == LOGIN_HEADERS
    assert re.fullmatch(rb'\{"expiry":null,"token":"[0-9a-f]{64}"\}', content), content


@bases
def test_the_example_of_the_document_works_with_a_password_that_may_be_set(either, base):
    if not any(user["username"] == "john" for user in either.data("user", "list")):
        either.create_user("john", "john@example.com", PASSWORD)
    answer = either.http(
        "POST",
        f"{base}/auth/login/",
        {"Accept": "application/json", "Content-Type": "application/json"},
        f'{{\n  "username": "john",\n  "password": "{PASSWORD}"\n}}'.encode(),
    )
    assert answer.status == 200
    assert answer.json()["expiry"] is None


def test_every_login_makes_a_new_token_and_leaves_the_older_ones(either, user):
    tokens = [either.login(user["username"]) for _ in range(3)]
    assert len(set(tokens)) == 3
    assert [either.who(token).status for token in tokens] == [200, 200, 200]


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer x"},
        {"Authorization": "Basic am9objpwYXNzd29yZA=="},
        {"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz012345"},
        {"Accept": "*/*"},
        {"Accept": "text/html, application/json;q=0.5"},
        {"Content-Type": "application/json; charset=utf-8"},
        {"Content-Type": "APPLICATION/JSON"},
        {"Origin": "https://elsewhere.example"},
    ],
    ids=lambda headers: ":".join(*headers.items()),
)
def test_headers_that_a_login_does_not_care_about(either, user, headers):
    answer = either.post_json("/auth/login/", {"username": user["username"], "password": PASSWORD}, headers)
    assert answer.status == 200, answer.text
    assert answer.header("set-cookie") is None


def test_unknown_keys_are_ignored(either, user):
    answer = either.post_json(
        "/auth/login/", {"username": user["username"], "password": PASSWORD, "remember": {"me": [True]}}
    )
    assert answer.status == 200


def test_a_username_is_trimmed_and_a_password_is_not(either, user):
    assert either.try_login(f" \t{user['username']}\n ").status == 200
    assert_json(either.try_login(user["username"], f"{PASSWORD} "), 400, WRONG)
    assert_json(either.try_login(user["username"], f" {PASSWORD}"), 400, WRONG)


def test_a_password_of_blanks_around_text_is_taken_as_it_is(either):
    user = either.create_user(unique(), password="  blanks around  ")
    assert either.try_login(user["username"], "  blanks around  ").status == 200
    assert either.try_login(user["username"], "blanks around").status == 400


def test_a_number_is_read_as_its_text(either):
    user = either.create_user(unique(), password="730291584466")
    assert either.post_json("/auth/login/", {"username": user["username"], "password": 730291584466}).status == 200


def test_an_email_address_signs_in_too(either, user):
    assert either.try_login(user["email"]).status == 200


def test_letters_outside_ascii_survive(either):
    name, password = f"zoë-{uuid.uuid4().hex[:8]}", "пароль с пробелом ✓"
    user = either.create_user(name, f"{uuid.uuid4().hex}@example.org", password)
    assert either.who(either.login(name, password)).json()["username"] == user["username"]


# --- login: refusals -------------------------------------------------------------------------------------------


class Row(NamedTuple):
    id: str
    body: bytes
    answer: dict


# `NAME` stands for the name of a user whose password is not the one sent.
BODIES = [
    Row("wrong-password", compact({"username": "NAME", "password": "not this one"}), WRONG),
    Row("unknown-user", compact({"username": "nobody-of-that-name", "password": PASSWORD}), WRONG),
    Row("missing-username", compact({"password": PASSWORD}), {"username": REQUIRED}),
    Row("misspelt-username", compact({"user_name": "NAME", "password": PASSWORD}), {"username": REQUIRED}),
    Row("username-in-capitals", compact({"Username": "NAME", "password": PASSWORD}), {"username": REQUIRED}),
    Row("missing-password", compact({"username": "NAME"}), {"password": REQUIRED}),
    Row("both-missing", b"{}", {"username": REQUIRED, "password": REQUIRED}),
    Row("empty-body", b"", {"username": REQUIRED, "password": REQUIRED}),
    Row("blank-username", compact({"username": "", "password": PASSWORD}), {"username": BLANK}),
    Row("blanks-only-username", compact({"username": " \t ", "password": PASSWORD}), {"username": BLANK}),
    Row("blank-password", compact({"username": "NAME", "password": ""}), {"password": BLANK}),
    Row("both-blank", compact({"username": "", "password": ""}), {"username": BLANK, "password": BLANK}),
    Row("null-username", compact({"username": None, "password": PASSWORD}), {"username": NULL}),
    Row("null-password", compact({"username": "NAME", "password": None}), {"password": NULL}),
    Row("null-and-missing", compact({"username": None}), {"username": NULL, "password": REQUIRED}),
    Row("list-as-username", compact({"username": ["NAME"], "password": PASSWORD}), {"username": NOT_TEXT}),
    Row("object-as-username", compact({"username": {"a": 1}, "password": PASSWORD}), {"username": NOT_TEXT}),
    Row("bool-as-username", compact({"username": True, "password": PASSWORD}), {"username": NOT_TEXT}),
    Row("list-as-password", compact({"username": "NAME", "password": []}), {"password": NOT_TEXT}),
    Row("bool-as-password", compact({"username": "NAME", "password": False}), {"password": NOT_TEXT}),
    Row("numbers", compact({"username": 42, "password": 4.5}), WRONG),
    Row("a-list", b"[]", {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
    Row("a-string", b'"text"', {"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]}),
    Row(
        "broken-json",
        b'{"username":',
        {"detail": "JSON parse error - Expecting value: line 1 column 13 (char 12)"},
    ),
    Row(
        "broken-json-on-line-two",
        b'{\n"username": x}',
        {"detail": "JSON parse error - Expecting value: line 2 column 13 (char 14)"},
    ),
    Row("not-json", b"username=john", {"detail": "JSON parse error - Expecting value: line 1 column 1 (char 0)"}),
]


@bases
@pytest.mark.parametrize("row", BODIES, ids=lambda row: row.id)
def test_a_login_body_that_is_refused(either, taken_name, base, row):
    body = row.body.replace(b"NAME", taken_name(either).encode())
    assert_json(either.http("POST", f"{base}/auth/login/", JSON, body), 400, row.answer)


@pytest.fixture(scope="module")
def taken_name():
    """The name of one user a server, made at the first need: a user a row would be hundreds of processes."""
    names: dict[str, str] = {}

    def name(server: Server) -> str:
        if server.url not in names:
            names[server.url] = server.create_user(unique("taken"))["username"]
        return names[server.url]

    return name


@pytest.mark.parametrize("status", ["suspended", "pending"])
def test_a_user_who_is_not_active_gets_the_same_answer_as_a_wrong_password(either, status):
    user = either.create_user(unique(), None, PASSWORD, "--status", status)
    assert_json(either.try_login(user["username"]), 400, WRONG)


def test_a_user_without_a_password_gets_the_same_answer_as_a_wrong_password(either):
    name = unique()
    either.done("user", "create", "--email", f"{name}@example.org", "--username", name, "--no-password")
    assert_json(either.try_login(name, "any password"), 400, WRONG)


@bases
@pytest.mark.parametrize(
    ("authorization", "detail"),
    [
        ("Token 0123456789abcdef", "Invalid token."),
        (f"Token {'0' * 64}", "Invalid token."),
        (f"token {'0' * 64}", "Invalid token."),
        ("Token", "Invalid token header. No credentials provided."),
        ("Token a b", "Invalid token header. Token string should not contain spaces."),
    ],
)
def test_an_invalid_token_sent_along_with_good_credentials_is_refused(either, user, base, authorization, detail):
    answer = either.post_json(
        f"{base}/auth/login/", {"username": user["username"], "password": PASSWORD}, {"Authorization": authorization}
    )
    assert_json(answer, 401, {"detail": detail})
    assert answer.header("www-authenticate") == 'Basic realm="api"'


@bases
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_login_by_another_method(either, base, method):
    answer = either.http(method, f"{base}/auth/login/")
    assert_json(answer, 405, {"detail": f'Method "{method}" not allowed.'})
    assert answer.header("allow") == "POST, OPTIONS"


def test_the_method_is_judged_before_the_credentials(either):
    answer = either.http("GET", "/auth/login/", {"Authorization": "Token unknown"})
    assert answer.status == 405


@bases
def test_a_login_that_accepts_no_json(either, user, base):
    answer = either.post_json(
        f"{base}/auth/login/", {"username": user["username"], "password": PASSWORD}, {"Accept": "application/xml"}
    )
    assert_json(answer, 406, {"detail": "Could not satisfy the request Accept header."})


@bases
@pytest.mark.parametrize("media", ["application/x-www-form-urlencoded", "text/plain", "application/vnd.api+json"])
def test_a_login_in_another_media_type(either, base, media):
    answer = either.http("POST", f"{base}/auth/login/", {"Content-Type": media}, b"username=john&password=password")
    assert_json(answer, 415, {"detail": f'Unsupported media type "{media}" in request.'})


def test_a_body_over_the_limit_is_refused_in_this_dialect(either):
    answer = either.post_json("/auth/login/", {"username": "a" * 70_000, "password": PASSWORD})
    assert answer.status == 413
    assert answer.header("content-type") == "application/json"
    assert list(answer.json()) == ["detail"]


# --- logout: success -------------------------------------------------------------------------------------------


def assert_logged_out(server: Server, answer: Answer) -> None:
    """200 as documented, 204 as deployed; neither has a body or names a type of one."""
    assert answer.status == (204 if "VESTIBULE_DIALECTS__KNOX__WIRE" in server.environment else 200), answer.text
    assert answer.body == b""
    assert answer.header("content-type") is None
    assert answer.header("set-cookie") is None


@bases
def test_logout_ends_the_token_used_and_no_other(either, user, base):
    used, other = either.login(user["username"]), either.login(user["username"])
    assert_logged_out(either, either.http("POST", f"{base}/auth/logout/", {"Authorization": f"Token {used}"}))
    assert [either.who(used).status, either.who(other).status] == [401, 200]


@bases
def test_logoutall_ends_every_token_of_the_user_and_of_nobody_else(either, user, base):
    tokens = [either.login(user["username"]) for _ in range(3)]
    foreign = either.login(either.create_user(unique())["username"])
    assert_logged_out(either, either.http("POST", f"{base}/auth/logoutall/", {"Authorization": f"Token {tokens[0]}"}))
    assert [either.who(token).status for token in tokens] == [401, 401, 401]
    assert either.who(foreign).status == 200


@pytest.mark.parametrize("path", ["/auth/logout/", "/auth/logoutall/", "/api/auth/logout/", "/api/auth/logoutall/"])
@pytest.mark.parametrize(
    ("media", "body"),
    [("application/json", b'{"broken":'), ("application/json", b'{"any": "thing"}'), ("text/plain", b"text")],
    ids=["broken-json", "json", "text"],
)
def test_a_body_that_should_not_be_there_is_ignored(either, taken_name, path, media, body):
    token = either.login(taken_name(either))
    answer = either.http("POST", path, {"Authorization": f"Token {token}", "Content-Type": media}, body)
    assert_logged_out(either, answer)


@pytest.mark.parametrize("form", ["token {}", "TOKEN {}", "Token   {}", "Token {} "])
def test_spellings_of_the_header_that_are_the_same(either, taken_name, form):
    token = either.login(taken_name(either))
    assert_logged_out(either, either.http("POST", "/auth/logout/", {"Authorization": form.format(token)}))


def test_a_query_does_not_change_the_answer(either, taken_name):
    token = either.login(taken_name(either))
    answer = either.http("POST", "/api/auth/logout/?format=json", {"Authorization": f"Token {token}"})
    assert_logged_out(either, answer)


# --- logout: refusals ------------------------------------------------------------------------------------------

NO_CREDENTIALS = "Authentication credentials were not provided."


def assert_unauthorized(server: Server, answer: Answer, detail: str) -> None:
    code = "not_authenticated" if detail == NO_CREDENTIALS else "authentication_failed"
    if "VESTIBULE_DIALECTS__KNOX__WIRE" in server.environment:
        media = "application/vnd.api+json"
        body = {"errors": [{"detail": detail, "status": "401", "source": {"pointer": "/data"}, "code": code}]}
    else:
        media, body = "application/json", {"detail": detail}
    assert (answer.status, answer.text) == (401, compact(body).decode())
    assert answer.header("content-type") == media
    assert answer.header("www-authenticate") == "Token"


LOGOUTS = ["/auth/logout/", "/auth/logoutall/", "/api/auth/logout/", "/api/auth/logoutall/"]


@pytest.mark.parametrize("path", LOGOUTS)
@pytest.mark.parametrize(
    ("headers", "detail"),
    [
        ({}, NO_CREDENTIALS),
        ({"Authorization": "Bearer abc"}, NO_CREDENTIALS),
        ({"Authorization": "Basic am9objpwYXNzd29yZA=="}, NO_CREDENTIALS),
        ({"Authorization": "Tokenabc"}, NO_CREDENTIALS),
        ({"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz012345"}, NO_CREDENTIALS),
        ({"Authorization": "Token"}, "Invalid token header. No credentials provided."),
        ({"Authorization": "Token a b"}, "Invalid token header. Token string should not contain spaces."),
        ({"Authorization": f"Token {'0' * 64}"}, "Invalid token."),
        ({"Authorization": "Token abc"}, "Invalid token."),
        ({"Authorization": f"Token {'0' * 4096}"}, "Invalid token."),
    ],
    ids=["none", "bearer", "basic", "no-blank", "cookie", "empty", "two-words", "unknown", "odd-length", "very-long"],
)
def test_a_logout_without_a_good_token(either, path, headers, detail):
    assert_unauthorized(either, either.http("POST", path, headers), detail)


def test_a_used_token_is_refused(either, user):
    token = either.login(user["username"])
    assert_logged_out(either, either.http("POST", "/auth/logout/", {"Authorization": f"Token {token}"}))
    for path in LOGOUTS:
        assert_unauthorized(either, either.http("POST", path, {"Authorization": f"Token {token}"}), "Invalid token.")


def test_a_token_is_told_apart_by_the_case_of_its_letters(either, user):
    token = next(t for t in iter(lambda: either.login(user["username"]), None) if t != t.upper())
    answer = either.http("POST", "/auth/logout/", {"Authorization": f"Token {token.upper()}"})
    assert_unauthorized(either, answer, "Invalid token.")
    assert either.who(token).status == 200


@pytest.mark.parametrize("path", LOGOUTS)
def test_the_token_of_a_suspended_user_says_so(either, path):
    user = either.create_user(unique())
    token = either.login(user["username"])
    either.set_status(user, "suspend")
    answer = either.http("POST", path, {"Authorization": f"Token {token}"})
    assert_unauthorized(either, answer, "User inactive or deleted.")


@pytest.mark.parametrize("path", LOGOUTS)
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_logout_by_another_method(either, path, method):
    answer = either.http(method, path)
    detail = f'Method "{method}" not allowed.'
    assert answer.status == 405
    assert answer.header("allow") == "POST, OPTIONS"
    if "VESTIBULE_DIALECTS__KNOX__WIRE" in either.environment:
        assert answer.header("content-type") == "application/vnd.api+json"
        (error,) = answer.json()["errors"]
        assert (error["detail"], error["status"], error["code"]) == (detail, "405", "method_not_allowed")
    else:
        assert_json(answer, 405, {"detail": detail})


# --- who am I --------------------------------------------------------------------------------------------------


@bases
def test_the_user_of_a_token(either, user, base):
    token = either.login(user["username"])
    answer = either.http("GET", f"{base}/auth/user/", {"Authorization": f"Token {token}"})
    assert answer.status == 200
    assert answer.json() == {"pk": user["number"], "username": user["username"], "email": user["email"]}
    assert list(answer.json()) == ["pk", "username", "email"]
    assert isinstance(answer.json()["pk"], int)


@bases
def test_the_user_of_no_token(either, base):
    assert_unauthorized(either, either.http("GET", f"{base}/auth/user/"), NO_CREDENTIALS)
    answer = either.http("GET", f"{base}/auth/user/", {"Authorization": "Token abc"})
    assert_unauthorized(either, answer, "Invalid token.")


@bases
def test_the_user_by_another_method(either, base):
    answer = either.http("POST", f"{base}/auth/user/")
    assert answer.status == 405
    assert answer.header("allow") == "GET, HEAD, OPTIONS"


# --- HEAD, OPTIONS, other paths --------------------------------------------------------------------------------


def test_head_is_get_without_the_body(either, user):
    token = either.login(user["username"])
    full = either.who(token)
    answer = either.http("HEAD", "/auth/user/", {"Authorization": f"Token {token}"})
    assert (answer.status, answer.body) == (200, b"")
    assert answer.header("content-type") == full.header("content-type")
    assert answer.header("content-length") in (None, str(len(full.body)))


@pytest.mark.parametrize("path", ["/auth/login/", *LOGOUTS])
def test_head_where_there_is_no_get(either, path):
    answer = either.http("HEAD", path)
    assert (answer.status, answer.body) == (405, b"")
    assert answer.header("allow") == "POST, OPTIONS"


@bases
def test_options_describes_the_login(either, base):
    answer = either.http("OPTIONS", f"{base}/auth/login/")
    assert answer.status == 200
    assert answer.header("content-type") == "application/json"
    assert answer.header("allow") == "POST, OPTIONS"
    described = answer.json()
    assert list(described) == ["name", "description", "renders", "parses"]
    assert described["renders"] == ["application/json"]
    assert described["parses"] == ["application/json"]


@pytest.mark.parametrize(
    "path",
    ["/auth/unknown/", "/auth/login/anything/", "/auth/logout/anything/", "/api/auth/unknown/", "/auth/user/1/"],
)
def test_an_unknown_path_with_a_closing_slash_is_this_dialects_404(documented, path):
    for method in ("GET", "POST"):
        assert_json(documented.http(method, path), 404, {"detail": "Not found."})


@pytest.mark.parametrize(
    "path, status",
    [
        # These two are BixArena's: a logout of nobody's, and a path that is only read.
        ("/auth/logout", 204),
        ("/auth/login", 405),
        ("/auth/logoutall", 404),
        ("/api/auth/logout", 404),
        ("//auth/logout/", 404),
        ("/auth//logout/", 404),
        ("/auth/./logout/", 404),
        ("/x/../auth/logout/", 404),
        ("/AUTH/logout/", 404),
    ],
)
def test_a_path_is_matched_exactly(either, user, path, status):
    """No redirect, no cleaning: `/auth/logout` belongs to another API, and nobody is logged out by it."""
    token = either.login(user["username"])
    answer = either.http("POST", path, {"Authorization": f"Token {token}", **JSON}, b"")
    assert answer.status == status
    assert either.who(token).status == 200


@pytest.mark.parametrize("path, status", [("/auth/login", 405), ("/auth/unknown", 404)])
def test_a_path_without_the_closing_slash_does_not_speak_for_this_dialect(documented, path, status):
    answer = documented.http("POST", path)
    assert (answer.status, answer.header("content-type")) == (status, "application/problem+json")


# --- throttling ------------------------------------------------------------------------------------------------


def retry_after(answer: Answer) -> int:
    """The seconds of a 429 in this dialect, which its header and its text name alike."""
    seconds = answer.header("retry-after")
    assert_json(answer, 429, {"detail": f"Request was throttled. Expected available in {seconds} seconds."})
    return int(seconds)


def test_failures_beyond_the_free_ones_wait_and_the_wait_grows(new_server):
    server = new_server()
    user = server.create_user("ann")
    other = server.create_user("bob")
    for _ in range(5):
        assert_json(server.try_login("ann", "wrong password"), 400, WRONG)

    # The right password does not pass either, or the answer would tell that it is right.
    first = retry_after(server.try_login("ann"))
    assert 1 <= first <= 5
    # By whatever name: it is the account that waits.
    assert server.try_login(user["email"].upper()).status == 429
    assert server.try_login(other["username"]).status == 200, "another account has to wait too"

    time.sleep(first + 0.5)
    assert_json(server.try_login("ann", "wrong password"), 400, WRONG)
    # The account waits ten seconds, whoever failed there fifteen.
    assert 10 < retry_after(server.try_login("ann")) <= 15


def test_a_name_that_nobody_has_is_throttled_alike(new_server):
    server = new_server()
    answers = [server.try_login("nobody", "wrong password") for _ in range(6)]
    assert [answer.status for answer in answers] == [400, 400, 400, 400, 400, 429]
    assert 1 <= retry_after(answers[-1]) <= 5


def test_a_login_after_the_wait_succeeds_and_forgives(new_server):
    server = new_server(VESTIBULE_LIMITS__ACCOUNT_FAILURES_FREE="1")
    server.create_user("ann")
    assert server.try_login("ann", "wrong password").status == 400
    time.sleep(retry_after(server.try_login("ann")) + 0.5)
    assert server.try_login("ann").status == 200
    assert server.try_login("ann", "wrong password").status == 400
