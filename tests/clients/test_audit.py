"""The audit trail as an operator reads it: what two doors, strangers and the command line did, whole and filtered; nothing
in it that anybody typed; and an end after `audit.retention`.

security 2, no. 49.
"""

import contextlib
import json
import re
import sqlite3
import subprocess
import time
import uuid
from pathlib import Path

import pytest
from doors import KNOX, NATIVE, NATIVE_BASE, Person
from vestibule import ENGINE, PASSWORD, Server

pytestmark = pytest.mark.usefixtures("no_proxy")
NEW = "another correct horse"
PROXIED = {"VESTIBULE_TRUSTED_PROXIES": "127.0.0.0/8"}
# What would do something to a terminal, or to who reads line by line.
EVIL = ["mark\r\n2026-01-01T00:00:00.000Z  signed_in  ok", "mark\x1b[2J\x1b]0;mark\x07", "mark\u202e\u2028mark", "mark" * 2500]


def listed(at: Server, *options: str) -> list[dict]:
    return at.data("audit", "list", *options)


def kinds(at: Server, *options: str) -> list[str]:
    """Oldest first, as a story is told."""
    return [event["kind"] for event in reversed(listed(at, *options))]


def stored(at: Server) -> list[tuple]:
    """The rows themselves, every column of them."""
    statement = "SELECT * FROM audit_events ORDER BY number"
    if ENGINE == "sqlite":
        with contextlib.closing(sqlite3.connect(at.database)) as database:
            return database.execute(statement).fetchall()
    return [tuple(row) for row in psql(at, f"SELECT coalesce(json_agg(row(e.*)), '[]') FROM ({statement}) AS e")]


def psql(at: Server, statement: str):
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/psql"))
    url = at.environment["VESTIBULE_DATABASE__URL"]
    ran = subprocess.run(
        [programs[-1], "-X", "-A", "-t", "-c", statement, url], capture_output=True, text=True, timeout=30
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout) if ran.stdout.startswith("[") else None


def change(at: Server, statement: str) -> None:
    """Does to the database what only time can do."""
    if ENGINE == "postgres":
        psql(at, statement)
        return
    with contextlib.closing(sqlite3.connect(at.database, timeout=30)) as database:
        database.execute(statement)
        database.commit()


def test_a_story_by_two_doors_and_the_command_line_reads_back_whole(new_server):
    at = new_server(**PROXIED)
    ann = Person.of(at)
    [token] = KNOX.log_in(at, ann)
    from_afar = {"X-Forwarded-For": "203.0.113.9", "Content-Type": "application/json"}
    failed = at.http("POST", "/auth/login/", from_afar, json.dumps({"username": ann.name, "password": "no"}).encode())
    assert failed.status in (400, 401)
    # A door of our own: another session, a key, a new password.
    mine = NATIVE.log_in(at, ann)[0]
    assert at.post_json(f"{NATIVE_BASE}/keys", {"name": "ci"}, NATIVE.carried(mine)).status == 201
    assert NATIVE.change_password(at, mine, ann, NEW, False).status in (200, 204)
    assert KNOX.log_out(at, token).status in (200, 204)
    at.done("user", "suspend", ann.id)
    at.done("user", "activate", ann.id)
    at.done("user", "delete", ann.id)

    told = listed(at, "--user", ann.id)
    assert [event["kind"] for event in reversed(told) if event["kind"] not in ("mail_sent",)] == [
        "user_created",
        "signed_in",
        "sign_in_failed",
        "signed_in",
        "api_key_created",
        "password_changed",
        "session_ended",
        "user_suspended",
        "user_activated",
        "user_deleted",
    ]
    by_kind = {event["kind"]: event for event in told}
    wrong = by_kind["sign_in_failed"]
    assert wrong | {"position": "", "time": ""} == {
        "position": "", "time": "", "kind": "sign_in_failed", "outcome": "refused", "user": ann.id,
        "actor": "anonymous", "by": None, "door": "knox", "session": None, "address": "203.0.113.9",
        "request": failed.header("x-request-id"), "detail": "wrong name or password",
    }  # fmt: skip
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", wrong["time"])
    changed = by_kind["password_changed"]
    assert (changed["actor"], changed["by"], changed["door"]) == ("user", ann.id, "native")
    deleted = by_kind["user_deleted"]
    assert (deleted["actor"], deleted["by"], deleted["door"], deleted["address"]) == ("operator", None, None, None)

    # Each filter by itself, and together.
    assert listed(at, "--request", wrong["request"]) == [wrong]
    assert listed(at, "--address", "203.0.113.9") == [wrong]
    assert listed(at, "--outcome", "refused") == [wrong]
    assert kinds(at, "--kind", "user_suspended", "--kind", "user_deleted") == ["user_suspended", "user_deleted"]
    assert kinds(at, "--door", "native") == ["signed_in", "api_key_created", "password_changed"]
    session = by_kind["session_ended"]["session"]
    assert kinds(at, "--session", session) == ["signed_in", "session_ended"]
    assert kinds(at, "--since", wrong["time"], "--until", wrong["time"]) == []
    assert wrong in listed(at, "--since", wrong["time"])
    assert wrong not in listed(at, "--until", wrong["time"])
    assert listed(at, "--since", "1h") == listed(at)
    assert listed(at, "--until", "1h") == []
    assert kinds(at, "--user", ann.id, "--outcome", "ok", "--door", "knox") == ["signed_in", "session_ended"]
    assert listed(at, "--user", str(uuid.uuid4())) == []

    # Page by page it is the same.
    pages, position = [], []
    while page := listed(at, "--limit", "3", *position):
        assert len(page) <= 3
        pages += page
        position = ["--before", page[-1]["position"]]
    assert pages == listed(at)
    shown = at.cli("audit", "list", "--limit", "2")
    assert shown.returncode == 0 and len(shown.stdout.splitlines()) == 3
    assert f"--before {pages[1]['position']}" in shown.stderr
    assert at.cli("audit", "list", "--limit", "10000").stderr == ""

    # By whom is found as well as to whom.
    root = at.create_user("root", None, PASSWORD)
    assert kinds(at, "--user", "root") == ["user_created"]
    assert listed(at, "--user", root["id"])[0]["actor"] == "operator"


def test_what_is_mistyped_is_named(new_server):
    at = new_server(start=False)
    at.done("migrate")
    unknown = at.cli("audit", "list", "--kind", "signed-in")
    assert unknown.returncode == 2 and "'signed_in'" in unknown.stderr
    assert at.cli("audit", "list", "--door", "front").returncode == 2
    assert "--since" in at.refused("audit", "list", "--since", "yesterday", code=2)
    assert "--address" in at.refused("audit", "list", "--address", "example.org", code=2)
    at.refused("audit", "list", "--user", "nobody")
    assert listed(at) == []


def test_nothing_that_anybody_typed_or_sent_is_in_a_row_or_on_a_terminal(new_server):
    """security 2, no. 49: names, user agents, forwarded addresses and names of keys, with line breaks, escape sequences
    and of 10 KB."""
    at = new_server(**PROXIED)
    ann = Person.of(at)
    mine = NATIVE.log_in(at, ann)[0]
    header = [value.encode().replace(b"\r\n", b"\t")[:6000].decode("latin-1") for value in EVIL]
    for typed, sent in zip(EVIL, header, strict=True):
        at.try_login(typed)
        at.try_login(ann.name, typed)
        at.post_json(f"{NATIVE_BASE}/keys", {"name": typed}, NATIVE.carried(mine))
        at.cli("api-key", "create", "--user", ann.name, "--name", typed)
        with contextlib.suppress(ValueError, OSError):
            at.http(
                "POST",
                "/auth/login/",
                {"Content-Type": "application/json", "User-Agent": sent, "X-Forwarded-For": sent},
                json.dumps({"username": ann.name, "password": PASSWORD}).encode(),
            )
    events = listed(at, "--limit", "10000")
    assert len(events) >= 8 and {"sign_in_failed", "signed_in"} <= {event["kind"] for event in events}
    for row in stored(at):
        assert "mark" not in repr(row) and ann.name not in repr(row), row
        for field in row:
            assert not isinstance(field, str) or (field.isprintable() and len(field) < 100), row
    for shown in (at.done("audit", "list"), json.dumps(events)):
        assert "mark" not in shown and ann.name not in shown
        assert all(c.isprintable() or c == "\n" for c in shown)
    assert len(at.done("audit", "list", "--limit", "10000").splitlines()) == len(events) + 1


def test_events_are_forgotten_after_their_time_by_several_processes_at_once(new_server):
    at = new_server(start=False, VESTIBULE_AUDIT__RETENTION="30d")
    at.done("migrate")
    old = int((time.time() - 31 * 86_400) * 1000)
    many = """INSERT INTO audit_events (at, kind, actor, address, request, detail)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2100)
        SELECT {at} + i, 'mail_sent', 'system', '', {nil}, '' FROM n"""
    nil = "zeroblob(16)" if ENGINE == "sqlite" else "decode(repeat('00', 16), 'hex')"
    change(at, many.format(at=old, nil=nil))
    at.create_user("ann")
    assert len(listed(at, "--limit", "10000")) == 2101
    at.start()
    other = new_server(beside=at)
    deadline = time.monotonic() + 20
    other.login("ann")
    while len(left := listed(at, "--limit", "10000")) > 1:
        assert time.monotonic() < deadline, len(left)
        # Whoever signs in meanwhile is not held up.
        begun = time.monotonic()
        other.login("ann")
        assert time.monotonic() - begun < 2
        if len(left) < 100:
            break
        time.sleep(0.1)
    while kept := [event for event in listed(at, "--limit", "10000") if event["kind"] == "mail_sent"]:
        assert time.monotonic() < deadline, len(kept)
        time.sleep(0.1)
    assert {"user_created", "signed_in"} <= set(kinds(at)), "what is younger stays"
