"""`vestibule doctor`: what is planted is named, nothing is named beside it, and a good installation is told so.

Each misconfiguration is there for real: in files, in a proxy, in a mail server, in a provider, in a database.
"""

import json
import os
import resource
import sqlite3
import subprocess
from pathlib import Path

import pytest
from front_end import front_end
from surroundings import Post, Provider, context, proxy, redirector
from test_postgres import SCRIPT, cluster  # noqa: F401
from vestibule import ENGINE, Server, assert_no_trace, free_port

GOOD_HASHES = {
    "VESTIBULE_PASSWORD__MEMORY_KIB": "19456",
    "VESTIBULE_PASSWORD__ITERATIONS": "2",
    "VESTIBULE_PASSWORD__PARALLELISM": "1",
}
TRUSTED = {"VESTIBULE_TRUSTED_PROXIES": "127.0.0.1/32"}
# What holds for the tests' own PostgreSQL, which is thrown away.
THROWN_AWAY = ("postgres_fsync", "postgres_full_page_writes") if ENGINE == "postgres" else ()
SECRETS = (Provider.CLIENT_SECRET, Post.SECRET)


def look(server: Server, *arguments: str, few_files: bool = False, **environment: str) -> dict:
    """The report, which agrees with the exit code and holds no secret."""
    ran = subprocess.run(
        [server.binary, "doctor", "--output", "json", *arguments],
        cwd=server.folder,
        env={**server._environment(), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))) if few_files else None,
    )
    assert ran.stderr == "" and ran.returncode in (0, 1), (ran.returncode, ran.stdout, ran.stderr)
    report = json.loads(ran.stdout)
    assert report["ok"] == (ran.returncode == 0) == (not wrong(report))
    key = server.data_dir / "master.key"
    for secret in (*SECRETS, *([key.read_text().strip()] if key.is_file() else [])):
        assert secret not in ran.stdout
    assert_no_trace(ran.stdout)
    return report


def wrong(report: dict) -> list[dict]:
    return [finding for finding in report["findings"] if finding["level"] in ("fault", "warning")]


def named(report: dict) -> list[str]:
    """The names of all that is wrong."""
    for finding in wrong(report):
        assert finding["seen"] and finding["remedy"] and finding["check"]
    return [finding["finding"] for finding in wrong(report) if finding["finding"] not in THROWN_AWAY]


def the_one(report: dict, name: str) -> dict:
    assert named(report) == [name], wrong(report)
    return next(finding for finding in wrong(report) if finding["finding"] == name)


@pytest.fixture
def post():
    """A good mail server on this machine."""
    port = free_port()
    with Post().running(port) as post:
        post.url = f"smtp://127.0.0.1:{port}"
        yield post


@pytest.fixture
def house(new_server, post):
    """A maker of installations that are good but for the settings given; each has been started once."""

    def make(running: bool = False, started: bool = True, **settings: str) -> Server:
        good = {"VESTIBULE_MAIL__SMTP_URL": post.url, **GOOD_HASHES}
        server = new_server(start=False, **{**good, **settings})
        if started and not running:
            server.done("migrate")
            server.done("user", "list")
        if running:
            server.start()
        return server

    return make


@pytest.fixture
def provider():
    with Provider().running() as provider:
        yield provider


# --- a good installation -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_a_good_installation_behind_a_good_proxy_is_well(house, tmp_path, provider, running):
    tls, authority = context(tmp_path / "tls")
    listen = free_port()
    with proxy(listen, tls) as port:
        server = house(
            started=not running,
            VESTIBULE_LISTEN=f"127.0.0.1:{listen}",
            VESTIBULE_PUBLIC_URL=f"https://localhost:{port}",
            **TRUSTED,
            **provider.environment(),
        )
        if running:
            server.port = listen
            server.start()
        report = look(server, "--roots", str(authority))
        assert named(report) == [], wrong(report)
        assert report["ok"] or THROWN_AWAY
        who = "the running server" if running else "this command in the server's place"
        seen = {finding["check"]: finding["seen"] for finding in report["findings"]}
        assert who in seen["round trip"] and "logins a second" in seen["hashing"]
        for path in ("/login/callback", "/api/auth/callback", "/v1/auth/oidc/callback", "/api/v1/oidc/callback/"):
            assert f"https://localhost:{port}{path}" in seen["providers"]


def test_text_names_finding_key_and_remedy_and_a_warning_can_be_accepted(house):
    server = house(VESTIBULE_MAIL__SMTP_URL="")
    assert the_one(look(server), "mail_outbox")["key"] == "mail.smtp_url"
    text = server.cli("doctor").stdout
    assert "mail_outbox (mail.smtp_url): " in text and "Set mail.smtp_url." in text
    accepted = look(server, "--accept", "mail_outbox")
    assert named(accepted) == []
    for name in ("no_such_rule", "master_key_other"):
        assert name in server.refused("doctor", "--accept", name, code=2)


def test_nothing_is_made_and_nothing_is_changed(house):
    server = house(started=False)
    before = sorted(server.folder.rglob("*"))
    assert named(look(server)) in (["database_absent"], [])
    made = [path for path in sorted(server.folder.rglob("*")) if path not in before]
    assert made == []


def test_a_stranger_finds_nothing_where_the_doctor_asks(house):
    server = house(started=False, running=True)
    questions = [{}, {"X-Vestibule-Doctor": "1.2.3"}, {"X-Vestibule-Doctor": f"1767355200000.{'0' * 32}.{'0' * 64}"}]
    for headers in questions:
        here, elsewhere = (server.http("GET", path, headers) for path in ("/id/doctor", "/id/nowhere"))
        volatile = ("x-request-id", "x-vestibule-refusal", "date", "content-security-policy")
        shown = [
            (answer.status, [pair for pair in answer.headers if pair[0] not in volatile]) for answer in (here, elsewhere)
        ]
        assert shown[0] == shown[1] and here.status == 404
        assert here.header("set-cookie") is None and here.header("x-vestibule-doctor") is None


# --- configuration and files ---------------------------------------------------------------------------------------


def test_a_bad_configuration_is_a_finding(house):
    server = house(started=False, VESTIBULE_DIALECTS__SYNTHO__ALLOWED_ORIGINS="https://app.example/path")
    finding = the_one(look(server), "configuration")
    assert "ALLOWED_ORIGINS" in finding["seen"].upper() and "host and port" in finding["seen"]


def test_rights_are_looked_at(house):
    server = house()
    server.data_dir.chmod(0o755)
    assert "0755" in the_one(look(server), "data_dir_exposed")["seen"]
    server.data_dir.chmod(0o700)
    (server.data_dir / "master.key").chmod(0o644)
    assert "master.key has mode 0644" in the_one(look(server), "secret_exposed")["seen"]
    (server.data_dir / "master.key").chmod(0o600)
    assert named(look(server)) == []
    # Only root can give a file away; the rule itself is held by a test of the server's.
    if os.geteuid() == 0:
        os.chown(server.data_dir / "master.key", 65534, -1)
        assert "belongs to user 65534" in the_one(look(server), "file_owner")["seen"]


def test_a_data_folder_that_is_none_is_named(house, tmp_path):
    server = house()
    (tmp_path / "file").write_text("")
    below = str(tmp_path / "file" / "data")
    report = look(server, VESTIBULE_DATA_DIR=below, VESTIBULE_MASTER_KEY_FILE=str(server.data_dir / "master.key"))
    assert "data_dir_unusable" in named(report)


def test_a_secret_that_is_not_there_is_named_once(house, provider):
    settings = {**provider.environment(client_secret=""), "VESTIBULE_PROVIDERS__0__CLIENT_SECRET_FILE": "absent"}
    server = house()
    server.environment.update(settings)
    finding = the_one(look(server), "secret_unreadable")
    assert finding["key"] == "providers.0.client_secret_file"


# --- keys, certificates and the database ---------------------------------------------------------------------------


def test_the_master_key_is_compared_with_the_database(house):
    server = house(started=False, running=True)
    key = server.data_dir / "master.key"
    good = key.read_text()
    key.write_text("0" * 64 + "\n")
    assert the_one(look(server), "master_key_other")["key"] == "master_key_file"
    key.write_text("nonsense")
    the_one(look(server), "master_key_unusable")
    key.unlink()
    the_one(look(server), "master_key_missing")
    key.write_text(good)
    key.chmod(0o600)
    assert named(look(server)) == []


@pytest.mark.parametrize(
    ("host", "days", "name"),
    [
        ("localhost", (-30, -1), "certificate_expired"),
        ("localhost", (1, 90), "certificate_not_yet"),
        ("localhost", (-80, 10), "certificate_soon"),
        ("login.example.org", (-1, 90), "certificate_name"),
        ("localhost", (-1, 90), None),
    ],
)
def test_the_listeners_certificate_is_looked_at(house, tmp_path, host, days, name):
    _, authority = context(tmp_path / "tls", host, days)
    (tmp_path / "tls" / "key.pem").chmod(0o600)
    listen = free_port()
    server = house(
        VESTIBULE_LISTEN=f"127.0.0.1:{listen}",
        VESTIBULE_PUBLIC_URL=f"https://localhost:{listen}",
        VESTIBULE_TLS__CERTIFICATE_FILE=str(tmp_path / "tls" / "certificate.pem"),
        VESTIBULE_TLS__KEY_FILE=str(tmp_path / "tls" / "key.pem"),
    )
    report = look(server, "--roots", str(authority))
    assert named(report) == ([name] if name else []), wrong(report)


def test_a_key_that_does_not_fit_its_certificate_is_named(house, tmp_path):
    for folder in ("tls", "other"):
        context(tmp_path / folder)
        (tmp_path / folder / "key.pem").chmod(0o600)
    listen = free_port()
    server = house(
        VESTIBULE_LISTEN=f"127.0.0.1:{listen}",
        VESTIBULE_PUBLIC_URL=f"https://localhost:{listen}",
        VESTIBULE_TLS__CERTIFICATE_FILE=str(tmp_path / "tls" / "certificate.pem"),
        VESTIBULE_TLS__KEY_FILE=str(tmp_path / "other" / "key.pem"),
    )
    assert the_one(look(server), "certificate_key")["key"] == "tls.key_file"


@pytest.mark.sqlite
def test_sqlites_settings_are_those_in_force(house):
    server = house()
    with sqlite3.connect(server.database) as other:
        assert other.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    other.close()
    assert "delete" in the_one(look(server), "database_journal")["seen"]
    server.done("migrate")
    assert named(look(server)) == []


@pytest.mark.sqlite
def test_a_database_of_a_later_program_or_of_none_is_named(house, tmp_path):
    server = house()
    with sqlite3.connect(server.database) as other:
        other.execute("INSERT INTO schema_migrations (number, name, checksum) VALUES (9999, 'later', x'00')")
    other.close()
    assert "schema 9999" in the_one(look(server), "database_schema")["seen"]
    nonsense = tmp_path / "nonsense.db"
    nonsense.write_text("this is no database, and long enough to be looked at as one\n" * 20)
    nonsense.chmod(0o600)
    report = look(server, VESTIBULE_DATABASE__URL=f"sqlite:{nonsense}")
    the_one(report, "database_unreachable")


@pytest.mark.sqlite
def test_a_database_that_another_program_keeps_locked_is_named(house):
    server = house()
    other = sqlite3.connect(server.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        the_one(look(server), "database_not_writable")
    finally:
        other.close()


@pytest.mark.sqlite
def test_a_database_in_memory_is_named(house):
    file = Path("/dev/shm") / f"vestibule-{os.getpid()}.db"
    server = house(VESTIBULE_DATABASE__URL=f"sqlite:{file}")
    try:
        assert "tmpfs" in the_one(look(server), "database_in_memory")["seen"]
    finally:
        for path in Path("/dev/shm").glob(f"{file.name}*"):
            path.unlink()


def psql(url: str, *statements: str) -> None:
    ran = subprocess.run(
        [psql_program(), "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1", url],
        input="".join(f"{statement};\n" for statement in statements),
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert ran.returncode == 0, ran.stderr


def psql_program() -> str:
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/psql"), key=lambda path: float(path.parts[-3]))
    return str(newest[-1]) if newest else "psql"


@pytest.mark.postgres
def test_postgresqls_settings_are_those_in_force(house, cluster):  # noqa: F811
    url = cluster.start()
    server = house(VESTIBULE_DATABASE__URL=url)

    def set_and_look(**settings: str) -> list[str]:
        for name, value in settings.items():
            psql(url, f"ALTER SYSTEM SET {name} = {value}")
        psql(url, "SELECT pg_reload_conf()", "SELECT pg_sleep(0.3)")
        return [finding["finding"] for finding in wrong(look(server))]

    assert set_and_look(fsync="on", full_page_writes="on") == []
    assert set_and_look(fsync="off") == ["postgres_fsync"]
    assert set_and_look(fsync="on", full_page_writes="off") == ["postgres_full_page_writes"]
    assert set_and_look(full_page_writes="on", synchronous_commit="off") == [], "our sessions switch it on"
    psql(url, "ALTER DATABASE postgres CONNECTION LIMIT 10")
    assert set_and_look() == ["postgres_connections"]


@pytest.mark.postgres
def test_a_postgresql_that_is_away_is_a_finding(house):
    server = house(started=False, VESTIBULE_DATABASE__URL="postgres://ann:hunter2@127.0.0.1:1/vestibule")
    finding = the_one(look(server), "database_unreachable")
    assert "127.0.0.1:1/vestibule" in finding["seen"] and "hunter2" not in json.dumps(finding)


# --- the way from public_url to the listener -----------------------------------------------------------------------


def behind(house, to_public, **settings: str) -> Server:
    """An installation whose public URL is another one than its listener."""
    return house(VESTIBULE_PUBLIC_URL=to_public, **settings)


def test_a_proxy_that_is_not_trusted_is_named(house):
    listen = free_port()
    with proxy(listen) as port:
        server = behind(house, f"http://127.0.0.1:{port}", VESTIBULE_LISTEN=f"127.0.0.1:{listen}")
        finding = the_one(look(server), "proxy_untrusted")
        assert finding["key"] == "trusted_proxies" and "127.0.0.1" in finding["seen"]


@pytest.mark.parametrize(
    ("forwarded", "name"), [("leave out", "forwarded_for_absent"), ("hand on", "forwarded_for_passed_on")]
)
def test_a_proxy_that_does_not_say_for_whom_it_asks_is_named(house, forwarded, name):
    listen = free_port()
    with proxy(listen, forwarded=forwarded) as port:
        server = behind(house, f"http://127.0.0.1:{port}", VESTIBULE_LISTEN=f"127.0.0.1:{listen}", **TRUSTED)
        the_one(look(server), name)


def test_a_trust_in_everybody_is_named(house):
    listen = free_port()
    with proxy(listen) as port:
        settings = {"VESTIBULE_LISTEN": f"127.0.0.1:{listen}", "VESTIBULE_TRUSTED_PROXIES": "0.0.0.0/0"}
        server = behind(house, f"http://127.0.0.1:{port}", **settings)
        the_one(look(server), "trusted_proxies_everybody")


def test_a_cookie_whose_flags_a_proxy_takes_away_is_named(house):
    listen = free_port()
    with proxy(listen, cookie=lambda value: value.replace("; HttpOnly", "")) as port:
        server = behind(house, f"http://127.0.0.1:{port}", VESTIBULE_LISTEN=f"127.0.0.1:{listen}", **TRUSTED)
        assert "httponly" not in the_one(look(server), "cookie_flags")["seen"]


def test_tls_where_public_url_says_http_is_named(house, tmp_path):
    tls, _ = context(tmp_path / "tls")
    listen = free_port()
    with proxy(listen, tls) as port:
        server = behind(house, f"http://localhost:{port}", VESTIBULE_LISTEN=f"127.0.0.1:{listen}", **TRUSTED)
        the_one(look(server), "public_url_is_tls")
    (tmp_path / "tls" / "key.pem").chmod(0o600)
    files = {"CERTIFICATE": tmp_path / "tls" / "certificate.pem", "KEY": tmp_path / "tls" / "key.pem"}
    settings = {f"VESTIBULE_TLS__{name}_FILE": str(path) for name, path in files.items()}
    the_one(look(behind(house, f"http://localhost:{free_port()}", **settings)), "public_url_is_tls")


def test_no_tls_where_public_url_says_https_is_named(house):
    listen = free_port()
    with proxy(listen) as port:
        server = behind(house, f"https://localhost:{port}", VESTIBULE_LISTEN=f"127.0.0.1:{listen}", **TRUSTED)
        the_one(look(server), "public_url_not_tls")


def test_a_redirect_from_public_url_is_named_with_its_target(house):
    with redirector("https://login.example.org") as port:
        server = behind(house, f"http://127.0.0.1:{port}")
        assert "leads to https://login.example.org" in the_one(look(server), "public_url_redirects")["seen"]


def test_a_proxy_that_leads_elsewhere_or_nowhere_is_named(house):
    with proxy(free_port()) as port:
        the_one(look(behind(house, f"http://127.0.0.1:{port}")), "public_url_gateway")
    with front_end() as origin:
        the_one(look(behind(house, origin)), "public_url_other_server")
    the_one(look(behind(house, f"http://127.0.0.1:{free_port()}")), "public_url_unreachable")
    the_one(look(behind(house, f"https://nowhere.invalid:{free_port()}")), "public_url_unresolved")


def test_a_certificate_at_the_proxy_is_looked_at(house, tmp_path):
    listen = free_port()
    settings = {"VESTIBULE_LISTEN": f"127.0.0.1:{listen}", **TRUSTED}
    planted = [
        (("localhost", (-30, -1)), "certificate_expired"),
        (("login.example.org", (-1, 90)), "public_url_wrong_name"),
        (("localhost", (-1, 90)), None),
    ]
    for number, ((host, days), name) in enumerate(planted):
        tls, authority = context(tmp_path / f"tls-{number}", host, days)
        with proxy(listen, tls) as port:
            server = behind(house, f"https://localhost:{port}", **settings)
            report = look(server, "--roots", str(authority))
            assert named(report) == ([name] if name else []), wrong(report)
            if name is None:
                the_one(look(server), "public_url_unvouched")


def test_a_listener_that_is_taken_is_named(house):
    with front_end() as origin:
        port = origin.rsplit(":", 1)[1]
        server = house(VESTIBULE_LISTEN=f"127.0.0.1:{port}", VESTIBULE_PUBLIC_URL=f"http://127.0.0.1:{port}")
        the_one(look(server), "listen_taken")


def test_a_server_that_was_not_restarted_is_named(house):
    server = house(started=False, running=True)
    assert named(look(server)) == []
    the_one(look(server, VESTIBULE_PASSWORD__MIN_LENGTH="20"), "server_outdated")


# --- providers -----------------------------------------------------------------------------------------------------

PLANTED_IN_PROVIDER = {
    "provider_issuer": lambda it: it.described.update(issuer=it.issuer + "/"),
    "provider_algorithms": lambda it: it.described.update(id_token_signing_alg_values_supported=["HS256"]),
    "provider_endpoint": lambda it: it.described.update(token_endpoint="ftp://127.0.0.1/token"),
    "provider_keys": lambda it: it.keys.update(keys=[]),
    "provider_client": lambda it: setattr(it, "knows_client", False),
    "clock_differs": lambda it: setattr(it, "ahead", 120),
}


@pytest.mark.parametrize("name", PLANTED_IN_PROVIDER)
def test_what_is_wrong_with_a_provider_is_named(house, provider, name):
    server = house(**provider.environment())
    assert named(look(server)) == []
    PLANTED_IN_PROVIDER[name](provider)
    finding = the_one(look(server), name)
    if name == "provider_issuer":
        assert finding["key"] == "providers.0.issuer" and "differs by its closing slash" in finding["seen"]


def test_a_provider_that_is_away_or_private_is_named(house, provider):
    server = house(**provider.environment(issuer=f"http://127.0.0.1:{free_port()}"))
    the_one(look(server), "provider_unreachable")
    private = {"issuer": provider.issuer.replace("http://127.0.0.1", "https://localhost"), "allow_private_addresses": "false"}
    finding = the_one(look(house(**provider.environment(**private))), "provider_private")
    assert finding["key"] == "providers.0.allow_private_addresses"


def test_each_redirect_uri_that_is_not_registered_is_named(house, provider):
    server = house(**provider.environment())
    url = server.environment["VESTIBULE_PUBLIC_URL"]
    provider.redirect_uris = {f"{url}/login/callback", f"{url}/api/auth/callback", f"{url}/v1/auth/oidc/callback"}
    finding = the_one(look(server), "provider_redirect_uri")
    assert f"{url}/api/v1/oidc/callback/ is not registered" in finding["seen"]


# --- mail ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ({"sender": "553 5.7.1 not yours"}, "mail_sender"),
        ({"sender": "530 5.7.0 authentication required"}, "mail_login"),
        ({"recipient": "550 5.7.1 relaying denied"}, "mail_relay"),
        ({"recipient": "550 5.1.1 no such user"}, None),
    ],
)
def test_what_a_mail_server_refuses_is_named(house, post, answer, name):
    server = house()
    vars(post).update(answer)
    report = look(server)
    assert named(report) == ([name] if name else []), wrong(report)
    assert post.messages == []


def test_a_message_leaves_only_when_one_is_asked_for(house, post):
    server = house()
    assert named(look(server)) == [] and post.messages == []
    assert named(look(server, "--mail-to", "ann@example.org")) == []
    (message,) = post.messages
    assert b"To: ann@example.org" in message and b"vestibule doctor" in message
    post.recipient = "550 5.1.1 no such user"
    the_one(look(server, "--mail-to", "ann@example.org"), "mail_message")


def test_the_encryption_of_mail_is_looked_at(house, tmp_path):
    tls, authority = context(tmp_path / "tls")
    login = f"{Post.LOGIN}:{Post.SECRET.replace(' ', '%20').replace(chr(39), '%27')}"
    port = free_port()

    def report_by(url: str) -> dict:
        return look(house(VESTIBULE_MAIL__SMTP_URL=url))

    with Post().running(port):
        the_one(report_by(f"smtp://localhost:{port}?tls=required"), "mail_starttls")
        the_one(report_by(f"smtps://localhost:{port}"), "mail_tls_kind")
    port = free_port()
    with Post().running(port, tls) as post:
        good = f"smtp://{login}@localhost:{port}?tls=required&roots={authority}"
        assert named(report_by(good)) == []
        the_one(report_by(f"smtp://{login}@localhost:{port}?tls=required"), "mail_certificate")
        post.takes_login = False
        the_one(report_by(good), "mail_login")
    port = free_port()
    with Post().running(port, tls, from_the_start=True):
        assert named(report_by(f"smtps://localhost:{port}?roots={authority}")) == []
        the_one(report_by(f"smtp://localhost:{port}?tls=required&roots={authority}"), "mail_tls_kind")
    the_one(report_by(f"smtp://127.0.0.1:{free_port()}"), "mail_unreachable")


# --- what the machine gives, and what can never match --------------------------------------------------------------


def test_what_the_machine_does_not_give_is_named(house):
    server = house()
    much = {"VESTIBULE_PASSWORD__MEMORY_KIB": str(1024 * 1024), "VESTIBULE_PASSWORD__HASH_THREADS": "1024"}
    finding = the_one(look(server, **much), "hash_memory")
    assert finding["key"] == "password.memory_kib"
    the_one(look(server, few_files=True), "open_files")


def test_what_can_never_match_is_named(house, tmp_path):
    tls, authority = context(tmp_path / "tls")
    listen = free_port()
    with proxy(listen, tls) as port:
        settings = {"VESTIBULE_LISTEN": f"127.0.0.1:{listen}", **TRUSTED}
        server = behind(house, f"https://localhost:{port}", **settings)
        origin = {"VESTIBULE_DIALECTS__TRIEVE__ALLOWED_ORIGINS": "http://app.example.org"}
        finding = the_one(look(server, "--roots", str(authority), **origin), "allowed_origin_plain")
        assert finding["key"] == "dialects.trieve.allowed_origins"
        back = {"VESTIBULE_RETURN_URLS": "http://app.example.org/welcome"}
        the_one(look(server, "--roots", str(authority), **back), "return_url_plain")
    closed = {"VESTIBULE_DIALECTS__NATIVE__ENABLED": "false", "VESTIBULE_DIALECTS__TRIEVE__ENABLED": "false"}
    assert the_one(look(house(), **closed), "door_closed")["key"] == "dialects.bixarena.enabled"
    the_one(look(house(), VESTIBULE_PASSWORD__SIGN_IN="false"), "no_way_in")
