"""A disk without room: the client is told so in the dialect's shape, nothing is half-written, what was there still
works, and room is all it takes to go on.
"""

import sqlite3
import subprocess

import pytest
from vestibule import PASSWORD, compact, unique

# Room for the database, its log and a few hundred sessions.
DISK_KIB = 3072
# More logins than that disk can hold.
MANY = 4000


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own, as small as a forgotten partition."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_KIB}k,mode=0700", "tmpfs", folder]
    made = subprocess.run(mount, capture_output=True, text=True)
    assert made.returncode == 0, f"this test mounts a small file system, as root: {made.stderr}"
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder):
    """Takes the room that is left; the file to delete for having it back."""
    filler = folder / "filler"
    with open(filler, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1024))
        except OSError:
            pass
    return filler


@pytest.mark.sqlite
def test_a_full_disk_is_told_and_leaves_no_half_written_state(new_server, small_disk, tmp_path):
    server = new_server(
        start=False,
        folder=tmp_path / "server",
        VESTIBULE_DATA_DIR=str(small_disk / "data"),
        VESTIBULE_LIMITS__ACCOUNT_FAILURES_FREE="100",
    )
    server.data_dir = small_disk / "data"
    server.start()
    name = unique("disk")
    user = server.create_user(name)
    tokens = [server.login(name) for _ in range(20)]
    filler = fill(small_disk)

    refusals = []
    for _ in range(MANY):
        answer = server.try_login(name)
        if answer.status == 200:
            tokens.append(answer.json()["token"])
            continue
        refusals.append(answer)
        if len(refusals) == 5:
            break
    assert len(refusals) == 5, f"{len(tokens)} logins and the disk is not full"
    for answer in refusals:
        assert answer.status == 503, answer.text
        assert answer.header("retry-after") == "1"
        assert answer.header("content-type") == "application/json"
        assert answer.json() == {"detail": "Service temporarily unavailable, try again later."}
    syntho = server.post_json("/api/v1/auth/", {"email": f"{name}@example.org", "password": PASSWORD})
    assert syntho.status == 503 and "detail" in syntho.json(), syntho.text
    assert "disk" in server.log_holding("full"), "the log tells the operator why"

    # What needs no room goes on: whoever is in stays in.
    assert server.who(tokens[0]).status == 200 and server.who(tokens[-1]).status == 200
    # A sign-out that cannot be written is refused, not forgotten.
    out = server.http("POST", "/auth/logout/", {"Authorization": f"Token {tokens[0]}"}, compact({}))
    assert out.status in (200, 503), out.text
    ended = [tokens.pop(0)] if out.status == 200 else []

    filler.unlink()
    tokens.append(server.login(name))
    for token in tokens:
        assert server.who(token).status == 200
    for token in ended:
        assert server.who(token).status == 401
    live = server.data("session", "list", "--user", user["id"])
    assert len(live) == len(tokens), "a login that was refused left a session, or one that was not left none"
    server.stop()
    with sqlite3.connect(server.data_dir / "vestibule.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        orphans = "SELECT count(*) FROM sessions WHERE user_number NOT IN (SELECT number FROM users)"
        assert database.execute(orphans).fetchall() == [(0,)]
