"""`vestibule serve` as an operator meets it: the first start, refusals to start, signals, TLS, shutting down."""

import http.client
import re
import shutil
import signal
import socket
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import certificates
import pytest
from vestibule import PASSWORD, Server, assert_no_trace, compact, peer_certificate

# Where the store keeps the number of each migration that has run.
MIGRATIONS_TABLE, MIGRATION_NUMBER = "schema_migrations", "number"

# --- start -----------------------------------------------------------------------------------------------------


def test_the_first_start_tells_how_to_create_the_first_user(new_server):
    server = new_server()
    server.log_holding("vestibule user create")
    server.create_user("ann")
    server.stop()

    again = new_server(folder=server.folder.parent / "again", VESTIBULE_DATA_DIR=str(server.data_dir))
    again.login("ann")
    again.stop()
    assert "vestibule user create" not in again.log


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_and_readiness(documented, path):
    assert documented.http("GET", path).status == 200
    assert documented.http("HEAD", path).status == 200
    # Exactly these: a path with something behind it is nobody's.
    assert documented.http("GET", f"{path}/").status == 404


def test_an_unknown_path_is_a_plain_404(documented):
    answer = documented.http("GET", "/nothing/here")
    assert answer.status == 404
    assert b'"detail"' not in answer.body


def test_the_document_of_the_dialect_is_served(documented):
    answer = documented.http("GET", "/docs/knox.json")
    assert answer.status == 200
    assert answer.header("content-type") == "application/json"
    document = answer.json()
    assert document["openapi"].startswith("3.")
    assert any(path.endswith("/auth/login/") for path in document["paths"])


def test_a_restart_keeps_users_and_sessions(new_server):
    server = new_server()
    user = server.create_user("ann")
    token = server.login("ann")
    server.stop()
    server.start()
    assert server.who(token).json()["pk"] == user["number"]


def test_a_killed_server_comes_back_with_everything_it_confirmed(new_server):
    server = new_server()
    server.create_user("ann")
    tokens = [server.login("ann") for _ in range(20)]
    server.disconnect()
    server.signal(signal.SIGKILL)
    assert server.wait() == -signal.SIGKILL
    server.start()
    assert [server.who(token).status for token in tokens] == [200] * 20


def test_what_holds_secrets_is_readable_by_its_owner_only(new_server):
    server = new_server()
    assert (server.data_dir / "master.key").stat().st_mode & 0o077 == 0
    assert server.data_dir.stat().st_mode & 0o077 == 0 or server.database.stat().st_mode & 0o077 == 0


def test_a_disabled_dialect_answers_nothing(new_server):
    server = new_server(VESTIBULE_DIALECTS__KNOX__ENABLED="false")
    assert server.http("POST", "/auth/login/").status == 404
    assert server.http("GET", "/docs/knox.json").status == 404


# --- refusals to start -----------------------------------------------------------------------------------------


def assert_refused(server: Server, *words: str, code: int | None = None) -> None:
    """One line on standard error that names what is wrong and what to do, and nothing that looks like a crash."""
    got, lines = server.start_refused()
    assert got not in (0, 101) and got > 0, f"exit code {got}: {lines}"
    assert code is None or got == code, f"exit code {got}: {lines}"
    assert len(lines) == 1, lines
    assert_no_trace(lines[0])
    for word in words:
        assert re.search(word, lines[0], re.IGNORECASE), f"{word!r} is not in: {lines[0]}"


def test_a_port_that_is_taken(new_server):
    server = new_server(start=False)
    with socket.create_server(("127.0.0.1", server.port)):
        assert_refused(server, f"127.0.0.1:{server.port}", r"\blisten\b")


def test_a_data_folder_that_cannot_be_made(new_server, tmp_path):
    # Below a regular file: not even root can make it.
    (tmp_path / "file").write_text("not a folder")
    server = new_server(start=False, VESTIBULE_DATA_DIR=str(tmp_path / "file" / "data"))
    assert_refused(server, re.escape(str(tmp_path / "file" / "data")), r"\bdata_dir\b")


def test_an_unknown_key_in_the_configuration_file(new_server):
    server = new_server(start=False)
    (server.folder / "vestibule.toml").write_text('public_url = "http://localhost:1"\n\nlissten = "127.0.0.1:1"\n')
    assert_refused(server, "lissten", r"vestibule\.toml", r"\b3\b", code=2)


def test_a_value_of_the_wrong_kind_in_the_configuration_file(new_server):
    server = new_server(start=False)
    (server.folder / "vestibule.toml").write_text('[log]\nformat = "xml"\n')
    assert_refused(server, "format", "json", code=2)


def test_an_unknown_variable_of_the_environment(new_server):
    server = new_server(start=False, VESTIBULE_LOG__LEVLE="info")
    assert_refused(server, "VESTIBULE_LOG__LEVLE", code=2)


def test_a_configuration_file_that_is_not_there(new_server, tmp_path):
    server = new_server(start=False, VESTIBULE_CONFIG=str(tmp_path / "missing.toml"))
    assert_refused(server, r"missing\.toml", code=2)


def test_a_missing_master_key(new_server):
    server = new_server()
    server.stop()
    (server.data_dir / "master.key").unlink()
    assert_refused(server, r"master[._ ]key")
    assert not (server.data_dir / "master.key").exists(), "a new key was made beside a database that has one"


def test_the_master_key_of_another_database(new_server):
    server, other = new_server(), new_server()
    server.stop()
    other.stop()
    shutil.copy(other.data_dir / "master.key", server.data_dir / "master.key")
    assert_refused(server, r"master[._ ]key")


def test_a_master_key_that_is_no_key(new_server):
    server = new_server()
    server.stop()
    (server.data_dir / "master.key").write_text("not a key\n")
    assert_refused(server, r"master[._ ]key")


@pytest.mark.sqlite
def test_a_schema_newer_than_this_binary(new_server):
    server = new_server()
    server.stop()
    with sqlite3.connect(server.database) as database:
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({MIGRATIONS_TABLE})")]
        others = [column for column in columns if column != MIGRATION_NUMBER]
        # The newest migration's row once more, under a number of the future.
        database.execute(
            f"INSERT INTO {MIGRATIONS_TABLE} ({MIGRATION_NUMBER}, {', '.join(others)})"
            f" SELECT {MIGRATION_NUMBER} + 1000, {', '.join(others)} FROM {MIGRATIONS_TABLE}"
            f" ORDER BY {MIGRATION_NUMBER} DESC LIMIT 1"
        )
    database.close()
    assert_refused(server, "newer")


@pytest.mark.sqlite
def test_a_database_that_is_no_database(new_server):
    server = new_server(start=False)
    server.data_dir.mkdir()
    server.database.write_text("not a database, and longer than the header of one: " + "x" * 200)
    assert_refused(server, re.escape(server.database.name))


def test_a_certificate_that_is_not_there(new_server, tmp_path):
    server = new_server(
        start=False,
        VESTIBULE_TLS__CERTIFICATE_FILE=str(tmp_path / "nowhere.pem"),
        VESTIBULE_TLS__KEY_FILE=str(tmp_path / "nowhere.key"),
    )
    assert_refused(server, r"nowhere\.(pem|key)")


# --- connections and shutting down -----------------------------------------------------------------------------


def test_a_connection_is_kept_for_further_requests(documented):
    connection = http.client.HTTPConnection("127.0.0.1", documented.port, timeout=10)
    connection.connect()
    first = connection.sock
    for path in ("/healthz", "/auth/user/", "/nowhere/", "/auth/login/", "/readyz"):
        connection.request("GET", path)
        connection.getresponse().read()
        assert connection.sock is first, f"the connection was closed after {path}"
    connection.close()


def test_requests_sent_at_once_on_one_connection_are_answered_in_order(documented):
    raw = documented.raw(
        b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
        b"GET /auth/login/ HTTP/1.1\r\nHost: a\r\n\r\n"
        b"GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )
    assert re.findall(rb"HTTP/1\.1 (\d{3})", raw) == [b"200", b"405", b"200"]


def test_what_is_no_http_harms_nobody(documented):
    assert documented.raw(b"\x16\x03\x01\x02\x00 this is not HTTP \r\n\r\n")[:12] in (b"", b"HTTP/1.1 400")
    assert documented.http("GET", "/healthz").status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_login_under_way_is_answered_before_the_server_ends(new_server, number):
    # A hash that takes about a second, so that the signal meets it.
    server = new_server(VESTIBULE_PASSWORD__MEMORY_KIB="65536", VESTIBULE_PASSWORD__ITERATIONS="24")
    server.create_user("ann")
    with ThreadPoolExecutor(1) as pool:
        login = pool.submit(server.try_login, "ann")
        time.sleep(0.25)
        assert not login.done(), "the login was too quick for this test: raise the iterations"
        server.signal(number)
        assert login.result(30).status == 200
    assert server.wait() == 0


def test_a_server_that_shuts_down_takes_no_new_connections(new_server):
    server = new_server(VESTIBULE_PASSWORD__MEMORY_KIB="65536", VESTIBULE_PASSWORD__ITERATIONS="24")
    server.create_user("ann")
    with server.connect() as busy:
        body = compact({"username": "ann", "password": PASSWORD})
        busy.sendall(
            b"POST /auth/login/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body) + body
        )
        time.sleep(0.25)
        server.signal(signal.SIGTERM)
        time.sleep(0.25)
        with pytest.raises(OSError):
            server.connect()
        assert busy.recv(65_536).startswith(b"HTTP/1.1 200")
    assert server.wait() == 0


def test_idle_connections_do_not_hold_the_shutdown(new_server):
    server = new_server()
    kept = [server.connect() for _ in range(5)]
    for connection in kept[:3]:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
    started = time.monotonic()
    server.signal(signal.SIGTERM)
    assert server.wait() == 0
    assert time.monotonic() - started < 5
    for connection in kept:
        connection.close()


@pytest.mark.parametrize(
    "begun",
    [
        b"POST /auth/login/ HTTP/1.1\r\nHost: a\r\nContent-",
        b"POST /auth/login/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
    ],
    ids=["half-a-head", "half-a-body"],
)
def test_a_slow_client_does_not_hold_the_shutdown_beyond_its_limit(new_server, begun):
    server = new_server(VESTIBULE_SHUTDOWN_TIMEOUT="1s")
    with server.connect() as slow:
        slow.sendall(begun)
        time.sleep(0.25)
        started = time.monotonic()
        server.signal(signal.SIGTERM)
        assert server.wait(10) == 0
        assert time.monotonic() - started < 4


# --- TLS -------------------------------------------------------------------------------------------------------


@pytest.fixture
def tls(new_server, tmp_path):
    """A server over TLS, the folder its certificate lies in, and that certificate as DER."""
    folder = tmp_path / "tls"
    certificate = certificates.write(folder, "first")
    server = new_server(
        VESTIBULE_TLS__CERTIFICATE_FILE=str(folder / "certificate.pem"),
        VESTIBULE_TLS__KEY_FILE=str(folder / "key.pem"),
    )
    return server, folder, certificate


def test_https_serves_with_the_certificate_given(tls):
    server, _, certificate = tls
    # `get` verifies the certificate against the file.
    assert server.get("/healthz").status_code == 200
    assert peer_certificate(server.port) == certificate


def test_plain_http_to_a_tls_port_is_not_answered_as_if_it_were(tls):
    server, _, _ = tls
    try:
        answer = server.raw(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    except ConnectionError:
        answer = b""
    assert not answer.startswith(b"HTTP/1.1 200")


def test_sighup_takes_up_a_new_certificate_and_loses_no_connection(tls):
    server, folder, first = tls
    second = certificates.write(folder, "second")
    assert second != first
    assert peer_certificate(server.port) == first, "a new certificate is taken up at the signal, not before"
    server.signal(signal.SIGHUP)
    deadline = time.monotonic() + 10
    while peer_certificate(server.port) != second:
        assert time.monotonic() < deadline, f"the new certificate is not served:\n{server.log}"
        time.sleep(0.05)
    assert server.get("/healthz").status_code == 200


def test_sighup_with_broken_files_keeps_the_certificate_in_use(tls):
    server, folder, first = tls
    (folder / "certificate.pem").rename(folder / "kept.pem")
    (folder / "certificate.pem").write_text("-----BEGIN CERTIFICATE-----\nnot one\n-----END CERTIFICATE-----\n")
    server.signal(signal.SIGHUP)
    time.sleep(0.5)
    assert server.process.poll() is None, server.log
    assert peer_certificate(server.port) == first
    shutil.move(folder / "kept.pem", folder / "certificate.pem")


def test_sighup_without_tls_does_not_end_the_server(new_server):
    server = new_server()
    server.signal(signal.SIGHUP)
    time.sleep(0.5)
    assert server.http("GET", "/healthz").status == 200
