"""A server on PostgreSQL as an operator meets it: a database that is away, several nodes, and a password in its URL."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from vestibule import PASSWORD, Server, assert_no_trace, database_for, unique

pytestmark = pytest.mark.postgres
SCRIPT = Path(__file__).parent.parent / "postgres"


class Cluster:
    """A database server of one test's own."""

    def __init__(self, folder: Path):
        # Not below pytest's folders, which are their owner's alone: PostgreSQL does not run as root.
        self.folder = Path("/var/tmp") / f"{folder.name}-{unique('cluster')}"

    def _run(self, *arguments: str) -> str:
        ran = subprocess.run([SCRIPT, *arguments], capture_output=True, text=True, timeout=120)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.strip()

    def start(self) -> str:
        return self._run("start", str(self.folder), str(os.getpid())) + "postgres"

    def crash(self) -> None:
        self._run("crash", str(self.folder))


@pytest.fixture
def cluster(tmp_path):
    cluster = Cluster(tmp_path)
    yield cluster
    subprocess.run([SCRIPT, "crash", str(cluster.folder)], capture_output=True, timeout=120)
    shutil.rmtree(cluster.folder, ignore_errors=True)


def until_ready(server: Server, status: int) -> None:
    deadline = time.monotonic() + 10
    while server.http("GET", "/readyz").status != status:
        assert time.monotonic() < deadline, f"/readyz does not come to {status}:\n{server.log}"
        time.sleep(0.05)


def test_a_database_that_goes_away_and_comes_back_needs_no_restart(new_server, cluster):
    url = cluster.start()
    server = new_server(VESTIBULE_DATABASE__URL=url)
    server.create_user("ann")
    token = server.login("ann")
    for _ in range(2):
        cluster.crash()
        started = time.monotonic()
        assert server.http("GET", "/readyz").status == 503
        assert server.http("GET", "/healthz").status == 200
        # Nobody is told that a good token is a bad one.
        answer = server.who(token)
        assert answer.status == 503 and "detail" in answer.json(), (answer.status, answer.text)
        assert server.try_login("ann").status == 503
        assert "the database at 127.0.0.1:" in server.refused("user", "list")
        assert time.monotonic() - started < 5, "a database that is not there takes no time"
        cluster.start()
        until_ready(server, 200)
        assert server.who(token).status == 200
        server.login("ann")
    server.stop()


def test_a_start_without_a_database_says_where_it_was_looked_for(new_server):
    server = new_server(start=False, VESTIBULE_DATABASE__URL="postgres://ann:hunter2@127.0.0.1:1/vestibule")
    code, lines = server.start_refused()
    assert code == 1 and len(lines) == 1, (code, lines)
    assert re.search(r"127\.0\.0\.1:1/vestibule .*start PostgreSQL .*database\.url", lines[0]), lines[0]
    assert "hunter2" not in lines[0]
    assert_no_trace(lines[0])


def test_the_password_in_the_url_is_shown_nowhere(new_server):
    server = new_server(start=False, VESTIBULE_DATABASE__URL="postgres://ann:hunter2@127.0.0.1:1/vestibule")
    shown = server.data("config", "show")["database"]["url"]
    assert shown == "postgres://ann:***@127.0.0.1:1/vestibule"
    told = [server.done("config", "show"), server.done("config", "check"), server.refused("user", "list")]
    assert not any("hunter2" in text for text in told), told


def test_two_nodes_are_one_house(new_server, tmp_path):
    url = database_for(str(tmp_path / "shared"))
    key = {"VESTIBULE_MASTER_KEY_FILE": str(tmp_path / "master.key"), "VESTIBULE_DATABASE__URL": url}
    one, other = new_server(**key), new_server(**key)
    user = one.create_user("ann")
    for _ in range(5):
        token = one.login("ann")
        assert other.who(token).status == 200
        assert other.http("POST", "/auth/logout/", {"Authorization": f"Token {token}"}).status in (200, 204)
        assert one.who(token).status == 401
    token = other.login("ann")
    assert one.who(token).status == 200
    one.set_status(user, "suspend")
    assert (one.who(token).status, other.who(token).status) == (401, 401)
    one.set_status(user, "activate")
    # A limit on failures is one for all nodes.
    for _ in range(6):
        one.try_login("ann", "wrong " + PASSWORD)
    assert other.try_login("ann", "wrong " + PASSWORD).status == 429


def test_a_node_without_the_masters_key_is_refused(new_server, tmp_path):
    url = database_for(str(tmp_path / "shared"))
    new_server(VESTIBULE_DATABASE__URL=url)
    stranger = new_server(start=False, VESTIBULE_DATABASE__URL=url)
    code, lines = stranger.start_refused()
    assert code == 1 and len(lines) == 1 and "master key" in lines[0], (code, lines)
