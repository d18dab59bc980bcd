"""The first run, and faults of configuration and storage: nobody is let in by any of them."""

import os
import sqlite3

import pytest
from doors import DOORS, NATIVE, Person
from password_doors import PASSWORD_DOORS, at_once, send_form
from provider_doors import PROVIDER_DOORS, program
from test_first_run import Page, administrators, code_of, link_in
from vestibule import PASSWORD, unique

USUAL = ["admin", "administrator", "root", "vestibule", "user", "test", "guest", "demo"]


def test_nobody_is_there_until_somebody_is_made(new_server):
    """security 1, first-run; security 2, no. 18: no usual name with any usual password, by any door."""
    server = new_server(
        VESTIBULE_LIMITS__TRUSTED_ADDRESSES="127.0.0.0/8", VESTIBULE_LIMITS__ACCOUNT_FAILURES_FREE="100"
    )
    assert server.data("user", "list") == []
    for door in PASSWORD_DOORS:
        for name in USUAL:
            named = name if door.by_name else f"{name}@example.org"
            for password in (name, "password", "admin", "changeme", PASSWORD):
                # One of them asks for six characters before it looks at anybody.
                assert door.guess(server, named, password) in (door.wrong, 400), (door.name, name, password)


def test_the_first_administrator_is_who_read_the_log(new_server):
    """security 1, first-run: the page is open to everybody, and the code is not."""
    server, other = new_server(), new_server()
    code, page = code_of(link_in(server)), Page(server)
    near = [
        code[:-1],
        code + "0",
        code[:-1] + ("0" if code[-1] != "0" else "1"),
        "0" * len(code),
        "",
        code_of(link_in(other)),
    ]
    for wrong in near:
        assert page.send(wrong).status_code == 400, wrong
    assert server.data("user", "list") == []
    assert code not in server.get("/setup").text and code not in server.get("/").text
    # By no other door does an empty house let anybody in.
    statuses = [door.guess(server, "admin@example.org") for door in PASSWORD_DOORS]
    assert statuses == [door.wrong for door in PASSWORD_DOORS]
    assert page.send(code).status_code == 200 and administrators(server) == ["ann"]
    late = at_once(10, lambda number: Page(other).send(code, f"late{number}").status_code)
    assert set(late) == {400} and other.data("user", "list") == []


# Each is a fault that would open something, or close nothing, were it waved through.
FAULTS = {
    "an unknown key": {"VESTIBULE_LIMITS__ACCOUNT_FAILURES_FRE": "5"},
    "no limit": {"VESTIBULE_LIMITS__ACCOUNT_FAILURES_FREE": "0"},
    "an endless limit": {"VESTIBULE_LIMITS__ACCOUNT_FAILURES_FREE": "1000000"},
    "a limit of an address that is none": {"VESTIBULE_LIMITS__ADDRESS_FAILURES_PER_HOUR": "-1"},
    "everybody is a proxy, misspelled": {"VESTIBULE_TRUSTED_PROXIES": "*"},
    "a proxy by name": {"VESTIBULE_TRUSTED_PROXIES": "localhost"},
    "any origin": {"VESTIBULE_DIALECTS__SYNTHO__ALLOWED_ORIGINS": "*"},
    "the null origin": {"VESTIBULE_DIALECTS__SYNTHO__ALLOWED_ORIGINS": "null"},
    "an origin with a path": {"VESTIBULE_DIALECTS__SYNTHO__ALLOWED_ORIGINS": "https://app.example/x"},
    "any place to be led to": {"VESTIBULE_RETURN_URLS": "https://*.example"},
    "any scheme to be led to": {"VESTIBULE_RETURN_URLS": "javascript:alert(1)"},
    "a public URL that is none": {"VESTIBULE_PUBLIC_URL": "evil.example"},
    "no hash": {"VESTIBULE_PASSWORD__ITERATIONS": "0"},
    "no memory": {"VESTIBULE_PASSWORD__MEMORY_KIB": "1"},
    "no length": {"VESTIBULE_PASSWORD__MIN_LENGTH": "0"},
    "a provider without an issuer": {"VESTIBULE_PROVIDERS__0__ID": "x", "VESTIBULE_PROVIDERS__0__CLIENT_ID": "x"},
    "a provider without TLS": {
        "VESTIBULE_PROVIDERS__0__ID": "x",
        "VESTIBULE_PROVIDERS__0__CLIENT_ID": "x",
        "VESTIBULE_PROVIDERS__0__CLIENT_SECRET": "x",
        "VESTIBULE_PROVIDERS__0__ISSUER": "http://accounts.example",
    },
    "half a certificate": {"VESTIBULE_TLS__CERTIFICATE_FILE": "/nowhere.pem"},
    "a captcha without a secret": {"VESTIBULE_CAPTCHA__VERIFY_URL": "https://captcha.example/siteverify"},
    "mail without TLS elsewhere": {"VESTIBULE_MAIL__SMTP_URL": "smtp://vestibule:secret@192.0.2.1?tls=none"},
    "an algorithm of no signature": {"VESTIBULE_DIALECTS__BIXARENA__ALGORITHM": "none"},
    "an algorithm of a shared secret": {"VESTIBULE_DIALECTS__BIXARENA__ALGORITHM": "HS256"},
    "a short key": {"VESTIBULE_DIALECTS__BIXARENA__RSA_BITS": "1024"},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_of_configuration_starts_nothing(new_server, fault):
    """security 1, fail-open; security 2, no. 50."""
    server = new_server(start=False, **fault)
    code, lines = server.start_refused()
    assert code != 0 and lines, lines
    assert any(key in line or key.split("__")[-1].lower() in line.lower() for key in fault for line in lines), lines


def test_what_is_read_from_a_key_file_is_the_key(new_server):
    """security 1, fail-open: a master key that is gone, empty, short or another's makes no new house of the old one."""
    server = new_server()
    person = Person.of(server)
    (session,) = NATIVE.log_in(server, person)
    server.stop()
    file = server.data_dir / "master.key"
    content = file.read_bytes()
    for wrong in (None, b"", b"\n", content[:10], os.urandom(len(content)), b"0" * len(content)):
        if wrong is None:
            file.unlink()
        else:
            file.write_bytes(wrong)
            file.chmod(0o600)
        code, lines = server.start_refused()
        assert code != 0 and any("master" in line for line in lines), (wrong, lines)
    file.write_bytes(content)
    server.start()
    assert session.lives(server, person)


@pytest.mark.sqlite
def test_a_database_that_fails_lets_nobody_in(new_server, provider):
    """security 1, fail-open; security 2, no. 50: without its tables every door refuses, with the right credential too."""
    server = new_server(**provider.environment(link_verified_email="true"))
    person = Person.of(server)
    held = [credential for door in DOORS for credential in door.log_in(server, person)]
    for door in PASSWORD_DOORS:
        assert door.enters(server, person)
    with sqlite3.connect(server.database) as database:
        for table in ("sessions", "users", "api_keys", "throttles", "flows"):
            database.execute(f"ALTER TABLE {table} RENAME TO {table}_gone")
    for door in PASSWORD_DOORS:
        answer = door.attempt(server, door.identifier(person), person.password, {})
        assert answer.status >= 500 or door.name == "page" and answer.status >= 400, (door.name, answer.status)
        assert "sqlite" not in answer.text.lower() and "no such table" not in answer.text
        assert not [
            value
            for name, value in answer.headers
            if name == "set-cookie" and "vestibule=" in value and "Max-Age=0" not in value
        ]
    for credential in held:
        answer = credential.door.present(server, credential)
        assert answer.status >= 500, (credential.kind, answer.status, answer.text)
        assert "no such table" not in answer.text and person.email not in answer.text
    for door in PROVIDER_DOORS:
        with program() as browser:
            assert browser.get(server.url + door.start).status_code >= 500, door.name
    assert send_form(server, "/forgot-password", {"email": f"{unique()}@example.org"}).status >= 400
    with sqlite3.connect(server.database) as database:
        for table in ("sessions", "users", "api_keys", "throttles", "flows"):
            database.execute(f"ALTER TABLE {table}_gone RENAME TO {table}")
    assert all(credential.lives(server, person) for credential in held), "and nothing is lost by it"
