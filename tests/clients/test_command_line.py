"""The command line: what each command prints, refuses and ends with, alone and beside a running server."""

import datetime
import json
import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from vestibule import PASSWORD, Server, unique

INACTIVE = {"detail": "User inactive or deleted."}
INVALID = {"detail": "Invalid token."}


@pytest.fixture
def alone(new_server) -> Server:
    """Settings and a folder, and no server running on them."""
    return new_server(start=False)


@pytest.fixture
def beside(documented) -> Server:
    """A running server, whose database the commands share."""
    return documented


@pytest.fixture
def user(documented) -> dict:
    return documented.create_user(unique())


# --- users: create, list, show -----------------------------------------------------------------------------------


def test_create_prints_the_user_and_makes_the_database(alone):
    user = alone.create_user("ann", "ann@example.org")
    assert {"id", "number", "email", "username"} <= user.keys()
    assert uuid.UUID(user["id"]).version == 7
    assert isinstance(user["number"], int) and user["number"] > 0
    assert (user["email"], user["username"]) == ("ann@example.org", "ann")
    assert "password" not in user
    assert alone.data_dir.is_dir()


def test_create_without_a_username(alone):
    user = alone.create_user(None, "ann@example.org")
    assert (user["email"], user["username"]) == ("ann@example.org", None)


def test_create_in_text_names_the_user(alone):
    text = alone.done(
        "user", "create", "--email", "ann@example.org", "--username", "ann", "--password-stdin", input=PASSWORD
    )
    user = alone.data("user", "show", "ann")
    assert user["id"] in text
    assert PASSWORD not in text


def test_options_of_create_are_shown(alone):
    alone.create_user(
        "ann", "ann@example.org", PASSWORD, "--name", "Ann Example", "--role", "admin", "--status", "pending",
        "--email-verified", "--must-change-password",
    )  # fmt: skip
    shown = alone.data("user", "show", "ann")
    assert (shown["name"], shown["role"], shown["status"]) == ("Ann Example", "admin", "pending")
    assert (shown["email_verified"], shown["must_change_password"]) == (True, True)


def test_what_create_assumes(alone):
    alone.create_user("ann")
    shown = alone.data("user", "show", "ann")
    assert (shown["role"], shown["status"]) == ("user", "active")
    assert (shown["email_verified"], shown["must_change_password"]) == (False, False)


def test_show_has_the_keys_of_create_and_no_secret(alone):
    user = alone.create_user("ann")
    text = alone.done("user", "show", "ann", "--output", "json")
    assert user.items() <= json.loads(text).items()
    assert "argon2" not in text


def test_list_has_every_user_once_in_the_order_made(alone):
    assert alone.data("user", "list") == []
    made = [alone.create_user(name) for name in ("carol", "ann", "bob")]
    listed = alone.data("user", "list")
    assert [user["number"] for user in listed] == [user["number"] for user in made]
    assert [user["username"] for user in listed] == ["carol", "ann", "bob"]
    text = alone.done("user", "list")
    assert all(name in text for name in ("carol", "ann", "bob"))


def test_a_user_is_named_by_uuid_number_email_or_username(alone):
    alone.create_user("first")
    user = alone.create_user("ann", "Ann.Example@example.org")
    for reference in (
        user["id"],
        user["id"].upper(),
        str(user["number"]),
        "Ann.Example@example.org",
        "ann.example@EXAMPLE.ORG",
        "ann",
        "ANN",
    ):
        assert alone.data("user", "show", reference)["id"] == user["id"], reference


@pytest.mark.parametrize("reference", ["nobody", "nobody@example.org", "4711", "01890a5d-ac96-774b-bcce-b302099a8057"])
@pytest.mark.parametrize("command", ["show", "suspend", "activate", "logout", "delete"])
def test_a_user_who_is_not_there(alone_with_a_user, command, reference):
    line = alone_with_a_user.refused("user", command, reference)
    assert reference in line


@pytest.fixture(scope="module")
def alone_with_a_user(binary, tmp_path_factory) -> Server:
    server = Server(binary, tmp_path_factory.mktemp("alone"))
    server.create_user("ann", "ann@example.org")
    return server


@pytest.mark.parametrize(
    "name",
    [
        "12345",
        "0",
        "٣٤٥",
        "01890a5d-ac96-774b-bcce-b302099a8057",
        "01890A5DAC96774BBCCEB302099A8057",
        "{01890a5d-ac96-774b-bcce-b302099a8057}",
    ],
)
def test_a_username_that_could_be_read_as_another_reference(alone_with_a_user, name):
    alone_with_a_user.refused(
        "user", "create", "--email", f"{uuid.uuid4().hex}@example.org", "--username", name, "--password-stdin",
        input=PASSWORD,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["ann", "ANN", "Ann", "ａｎｎ", "ＡＮＮ"])
def test_a_username_that_is_taken_in_another_spelling(alone_with_a_user, name):
    line = alone_with_a_user.refused(
        "user", "create", "--email", f"{uuid.uuid4().hex}@example.org", "--username", name, "--password-stdin",
        input=PASSWORD,
    )  # fmt: skip
    assert re.search(r"taken|in use|already", line), line


def test_a_name_differs_by_more_than_folding(alone):
    alone.create_user("straße", "a@example.org")
    alone.refused(
        "user", "create", "--email", "b@example.org", "--username", "STRASSE", "--password-stdin", input=PASSWORD
    )
    alone.create_user("strase", "c@example.org")


@pytest.mark.parametrize("email", ["ann@example.org", "ANN@example.org", "ann@EXAMPLE.org"])
def test_an_address_that_is_taken_in_another_spelling(alone_with_a_user, email):
    line = alone_with_a_user.refused(
        "user", "create", "--email", email, "--username", unique(), "--password-stdin", input=PASSWORD
    )
    assert re.search(r"taken|in use|already", line), line


def test_a_username_cannot_shadow_an_address(alone_with_a_user):
    alone_with_a_user.refused(
        "user", "create", "--email", f"{uuid.uuid4().hex}@example.org", "--username", "ann@example.org",
        "--password-stdin", input=PASSWORD,
    )  # fmt: skip


@pytest.mark.parametrize("email", ["ann", "@example.org", "ann@", "a b@example.org", "ann@example.org\n"])
def test_an_address_that_is_none(alone_with_a_user, email):
    alone_with_a_user.refused(
        "user", "create", "--email", email, "--username", unique(), "--password-stdin", input=PASSWORD
    )


def test_creating_many_at_once_gives_each_a_number(alone):
    alone.done("migrate")
    with ThreadPoolExecutor(8) as pool:
        users = list(pool.map(lambda n: alone.create_user(f"user-{n}"), range(16)))
    assert len({user["number"] for user in users}) == 16
    assert len(alone.data("user", "list")) == 16


# --- passwords -------------------------------------------------------------------------------------------------


def test_a_generated_password_is_printed_once_and_works(beside):
    name = unique()
    user = beside.data("user", "create", "--email", f"{name}@example.org", "--username", name, "--generate-password")
    assert len(user["password"]) >= 16
    beside.login(name, user["password"])
    assert user["password"] not in beside.done("user", "show", name, "--output", "json")

    again = beside.data("user", "set-password", name, "--generate-password")["password"]
    assert again != user["password"]
    beside.login(name, again)


def test_a_generated_password_is_printed_as_text_too(beside):
    name = unique()
    text = beside.done("user", "create", "--email", f"{name}@example.org", "--username", name, "--generate-password")
    assert any(beside.try_login(name, word).status == 200 for word in text.split() if len(word) >= 16)


@pytest.mark.parametrize(
    ("given", "password"),
    [
        ("a secret of mine\n", "a secret of mine"),
        ("a secret of mine", "a secret of mine"),
        ("a secret of mine\n\n", "a secret of mine\n"),
        ("  a secret of mine \n", "  a secret of mine "),
        ("two lines\nof secret\n", "two lines\nof secret"),
        ("пароль ✓ длинный\n", "пароль ✓ длинный"),
    ],
    ids=["newline", "bare", "two-newlines", "blanks", "lines", "not-ascii"],
)
def test_exactly_one_closing_newline_is_not_part_of_a_password(beside, user, given, password):
    beside.done("user", "set-password", user["username"], "--password-stdin", input=given)
    beside.login(user["username"], password)
    for other in {given, given.strip(), password + "\n"} - {password}:
        assert beside.try_login(user["username"], other).status == 400


@pytest.mark.parametrize("password", ["", "\n", "short", "seven77\n"])
def test_a_password_that_is_too_short(alone_with_a_user, password):
    line = alone_with_a_user.refused(
        "user", "create", "--email", f"{uuid.uuid4().hex}@example.org", "--username", unique(), "--password-stdin",
        input=password,
    )  # fmt: skip
    assert "8" in line
    assert "8" in alone_with_a_user.refused("user", "set-password", "ann", "--password-stdin", input=password)


@pytest.mark.parametrize(
    ("password", "reason"),
    [("password1", "most common ones"), ("ann@example.org", "user's names or address"), ("correcthorse", "easy to guess")],
)
def test_a_weak_password_is_refused_with_the_reason(alone_with_a_user, password, reason):
    line = alone_with_a_user.refused("user", "set-password", "ann", "--password-stdin", input=password)
    assert reason in line and "--generate-password" in line and password not in line


def test_the_shortest_password_follows_the_setting(new_server):
    server = new_server(start=False, VESTIBULE_PASSWORD__MIN_LENGTH="15")
    line = server.refused("user", "create", "--email", "ann@example.org", "--password-stdin", input="fourteen chars")
    assert "15" in line
    server.create_user("ann", "ann@example.org", "fifteen letters")


def test_no_password_means_no_password_login(beside):
    name = unique()
    beside.data("user", "create", "--email", f"{name}@example.org", "--username", name, "--no-password")
    assert beside.try_login(name, "no password at all").status == 400
    beside.done("user", "set-password", name, "--password-stdin", input=PASSWORD)
    beside.login(name)


# --- beside a running server: the very next request ------------------------------------------------------------


def test_a_user_made_now_signs_in_now(beside, user):
    assert beside.who(beside.login(user["username"])).json()["pk"] == user["number"]


def test_suspending_ends_the_sessions_and_the_logins(beside, user):
    token = beside.login(user["username"])
    beside.done("user", "suspend", user["username"])
    assert (beside.who(token).status, beside.who(token).json()) == (401, INACTIVE)
    assert beside.try_login(user["username"]).status == 400
    assert beside.data("user", "show", user["username"])["status"] == "suspended"


def test_activating_lets_the_user_in_again_but_revives_no_session(beside, user):
    token = beside.login(user["username"])
    beside.done("user", "suspend", user["username"])
    beside.done("user", "activate", user["username"])
    assert (beside.who(token).status, beside.who(token).json()) == (401, INVALID)
    assert beside.who(beside.login(user["username"])).status == 200


def test_a_pending_user_is_let_in_once_activated(beside):
    user = beside.create_user(unique(), None, PASSWORD, "--status", "pending")
    assert beside.try_login(user["username"]).status == 400
    beside.done("user", "activate", user["username"])
    beside.login(user["username"])


def test_logout_ends_every_session_of_the_user_and_of_nobody_else(beside, user):
    tokens = [beside.login(user["username"]) for _ in range(3)]
    foreign = beside.login(beside.create_user(unique())["username"])
    beside.done("user", "logout", user["username"])
    for token in tokens:
        assert (beside.who(token).status, beside.who(token).json()) == (401, INVALID)
    assert beside.who(foreign).status == 200
    beside.login(user["username"])


def test_a_new_password_ends_the_sessions_and_the_old_password(beside, user):
    token = beside.login(user["username"])
    beside.done("user", "set-password", user["username"], "--password-stdin", input="another long secret")
    assert (beside.who(token).status, beside.who(token).json()) == (401, INVALID)
    assert beside.try_login(user["username"]).status == 400
    beside.login(user["username"], "another long secret")


def test_deleting_ends_the_sessions_and_the_user(beside, user):
    token = beside.login(user["username"])
    beside.done("user", "delete", user["username"])
    assert beside.who(token).status == 401
    assert beside.try_login(user["username"]).status == 400
    beside.refused("user", "show", user["username"])
    beside.refused("user", "delete", user["username"])
    assert user["number"] not in [listed["number"] for listed in beside.data("user", "list")]


def test_nothing_of_a_deleted_user_is_used_again(alone):
    first = alone.create_user("ann")
    last = alone.create_user("bob")
    alone.done("user", "delete", "bob")
    line = alone.refused(
        "user", "create", "--email", "other@example.org", "--username", "BOB", "--password-stdin", input=PASSWORD
    )
    assert re.search(r"taken|in use|already|used", line), line
    new = alone.create_user("carol")
    assert new["number"] > last["number"] > first["number"]
    assert len({user["id"] for user in (first, last, new)}) == 3


def test_doing_it_twice_is_not_an_error(beside, user):
    for verb in ("suspend", "suspend", "activate", "activate", "logout", "logout"):
        beside.done("user", verb, user["username"])


# --- sessions --------------------------------------------------------------------------------------------------


def moment(text: str) -> datetime.datetime:
    """A time as the command line prints it: RFC 3339, in UTC."""
    value = datetime.datetime.fromisoformat(text)
    assert value.utcoffset() == datetime.timedelta(0), text
    return value


def test_a_session_tells_where_it_came_from(beside, user):
    assert beside.data("session", "list", "--user", user["username"]) == []
    answer = beside.post_json(
        "/api/auth/login/", {"username": user["username"], "password": PASSWORD}, {"User-Agent": "curl/8.5 (test)"}
    )
    assert answer.status == 200
    (session,) = beside.data("session", "list", "--user", user["username"])
    assert session.keys() == {
        "id", "dialect", "user", "created", "last_seen", "expires", "address", "user_agent", "state",
    }  # fmt: skip
    assert (session["dialect"], session["address"], session["user_agent"]) == ("knox", "127.0.0.1", "curl/8.5 (test)")
    assert session["user"] in (user["id"], user["number"])
    assert session["expires"] is None
    now = datetime.datetime.now(datetime.UTC)
    assert now - datetime.timedelta(minutes=1) < moment(session["created"]) <= moment(session["last_seen"]) <= now
    text = beside.done("session", "list", "--user", user["username"])
    assert session["id"] in text
    assert answer.json()["token"][:8] not in text


def test_a_session_with_an_end_shows_it(new_server):
    server = new_server(VESTIBULE_DIALECTS__KNOX__TOKEN_TTL="10h")
    server.create_user("ann")
    answer = server.try_login("ann")
    (session,) = server.data("session", "list", "--user", "ann")
    assert moment(session["expires"]) - moment(session["created"]) == datetime.timedelta(hours=10)
    assert abs(moment(answer.json()["expiry"]) - moment(session["expires"])) < datetime.timedelta(seconds=1)


def test_revoking_ends_one_session_and_it_stays_in_the_ledger(beside, user):
    token, other = beside.login(user["username"]), beside.login(user["username"])
    sessions = beside.data("session", "list", "--user", str(user["number"]))
    assert len(sessions) == 2
    first = min(sessions, key=lambda session: session["created"] + session["id"])
    beside.done("session", "revoke", first["id"])
    assert (beside.who(token).status, beside.who(token).json()) == (401, INVALID)
    assert beside.who(other).status == 200

    live = beside.data("session", "list", "--user", user["email"])
    everything = beside.data("session", "list", "--user", user["id"], "--all")
    assert [session["id"] for session in live] == [s["id"] for s in sessions if s["id"] != first["id"]]
    assert {session["id"] for session in everything} == {session["id"] for session in sessions}
    states = {session["id"]: session["state"] for session in everything}
    assert states == {first["id"]: "ended", live[0]["id"]: "live"}


def test_a_token_that_logged_out_is_in_the_ledger_as_ended(beside, user):
    token = beside.login(user["username"])
    beside.http("POST", "/auth/logout/", {"Authorization": f"Token {token}"})
    assert beside.data("session", "list", "--user", user["id"]) == []
    assert len(beside.data("session", "list", "--user", user["id"], "--all")) == 1


def test_a_session_that_is_not_there(beside):
    beside.refused("session", "revoke", "01890a5d-ac96-774b-bcce-b302099a8057")
    beside.refused("session", "list", "--user", "nobody")


# --- configuration, migrations, dialects -------------------------------------------------------------------------


def test_dialects_lists_what_is_spoken(alone):
    assert "knox" in alone.done("dialects")
    (knox,) = [dialect for dialect in alone.data("dialects") if dialect["name"] == "knox"]
    assert (knox["enabled"], knox["wire"]) == (True, "documented")


def test_migrate_makes_the_schema_and_may_be_repeated(alone):
    alone.done("migrate")
    alone.done("migrate")
    assert alone.data("user", "list") == []
    alone.create_user("ann")


def test_checking_a_good_configuration_changes_nothing(alone):
    assert alone.cli("config", "check").returncode == 0
    assert not alone.data_dir.exists()


def test_config_show_has_every_key_with_the_value_in_force(alone):
    shown = alone.data("config", "show")
    assert shown["listen"] == f"127.0.0.1:{alone.port}"
    assert shown["data_dir"] == str(alone.data_dir)
    assert shown["password"]["memory_kib"] == 64
    assert shown["dialects"]["knox"]["wire"] == "documented"
    assert shown["dialects"]["knox"]["token_length"] == 64
    assert f"127.0.0.1:{alone.port}" in alone.done("config", "show")


def test_where_the_configuration_comes_from(new_server):
    server = new_server(start=False)
    for name, length in (("vestibule.toml", 40), ("by-variable.toml", 42), ("by-option.toml", 44)):
        (server.folder / name).write_text(f'listen = "127.0.0.1:1"\n[dialects.knox]\ntoken_length = {length}\n')

    def length(*options: str) -> int:
        shown = server.data(*options, "config", "show")
        # The environment goes before any file.
        assert shown["listen"] == f"127.0.0.1:{server.port}"
        return shown["dialects"]["knox"]["token_length"]

    assert length() == 40
    server.environment["VESTIBULE_CONFIG"] = "by-variable.toml"
    assert length() == 42
    assert length("--config", "by-option.toml") == 44
    server.environment["VESTIBULE_DIALECTS__KNOX__TOKEN_LENGTH"] = "46"
    assert length("--config", "by-option.toml") == 46


def test_a_list_in_the_environment_is_separated_by_commas(new_server):
    server = new_server(start=False, VESTIBULE_TRUSTED_PROXIES="10.0.0.0/8,192.168.0.0/16")
    assert server.data("config", "show")["trusted_proxies"] == ["10.0.0.0/8", "192.168.0.0/16"]


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("VESTIBULE_DIALECTS__KNOX__WIRE", "maybe", "wire"),
        ("VESTIBULE_DIALECTS__KNOX__TOKEN_TTL", "ten hours", "token_ttl"),
        ("VESTIBULE_DIALECTS__KNOX__TOKEN_TTL", "10", "token_ttl"),
        ("VESTIBULE_LISTEN", "everywhere", "listen"),
        ("VESTIBULE_TRUSTED_PROXIES", "10.0.0.0/99", "trusted_proxies"),
        ("VESTIBULE_PASSWORD__MEMORY_KIB", "much", "memory_kib"),
        ("VESTIBULE_SHUTDOWN_TIMEOUT", "-1s", "shutdown_timeout"),
        ("VESTIBULE_LOG__NO_SUCH_KEY", "1", "no_such_key"),
        ("VESTIBULE_DIALECTS__KNOCKS__WIRE", "documented", "knocks"),
    ],
)
def test_a_wrong_setting_is_named(new_server, name, value, word):
    server = new_server(start=False, **{name: value})
    assert word in server.refused("config", "check", code=2).lower()
    # Every command refuses it, before it touches anything.
    assert word in server.refused("user", "list", code=2).lower()
    assert not server.data_dir.exists()


def test_a_variable_that_only_looks_like_ours_stops_nothing(new_server):
    """Container platforms put such names into the environment of every neighbour of a service of this name."""
    server = new_server(start=False, VESTIBULE_PORT="tcp://10.0.0.1:80", VESTIBULE_SERVICE_HOST="10.0.0.1")
    assert server.cli("config", "check").returncode == 0
    assert server.data("user", "list") == []


def test_an_unknown_key_of_a_file_is_named_with_its_line(new_server):
    server = new_server(start=False)
    (server.folder / "vestibule.toml").write_text("[dialects.knox]\n\n\ntoken_lenght = 40\n")
    line = server.refused("config", "check", code=2)
    assert "token_lenght" in line
    assert re.search(r"\b4\b", line), line


# --- usage -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["no-such-command"],
        ["user"],
        ["user", "no-such-command"],
        ["user", "show"],
        ["user", "list", "--no-such-option"],
        ["user", "list", "--output", "yaml"],
        ["user", "create", "--password-stdin"],
        ["user", "create", "--email", "a@example.org"],
        ["user", "create", "--email", "", "--no-password"],
        ["user", "create", "--email", "a@example.org", "--password-stdin", "--no-password"],
        ["user", "create", "--email", "a@example.org", "--role", "emperor", "--no-password"],
        ["user", "create", "--email", "a@example.org", "--status", "asleep", "--no-password"],
        ["user", "set-password", "ann"],
        ["session", "list"],
        ["session", "revoke"],
    ],
    ids=lambda arguments: " ".join(arguments) or "nothing",
)
def test_wrong_usage_ends_with_2(alone_with_a_user, arguments):
    result = alone_with_a_user.cli(*arguments, input=PASSWORD)
    assert result.returncode == 2
    assert result.stderr.strip()
    assert result.stdout == ""


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_are_no_errors(alone, option):
    result = alone.cli(option)
    assert result.returncode == 0
    assert "vestibule" in result.stdout
    assert result.stderr == ""


def test_the_global_options_may_stand_before_or_behind(alone_with_a_user):
    before = alone_with_a_user.done("--output", "json", "user", "list")
    behind = alone_with_a_user.done("user", "list", "--output", "json")
    assert json.loads(before) == json.loads(behind)
