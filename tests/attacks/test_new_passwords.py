"""Passwords that are set, by every door that sets one: held to one policy, and whole."""

import secrets

import pytest
from doors import NATIVE, PROBE_DOOR, SYNTHO, Person
from password_doors import PASSWORD_DOORS
from probe import BASE, CAPTCHA
from vestibule import PASSWORD, unique

CHANGES = [SYNTHO, PROBE_DOOR, NATIVE]


def random(length: int) -> str:
    return secrets.token_urlsafe(length)[:length]


@pytest.mark.parametrize("shortest", [8, 15])
def test_no_door_sets_a_password_that_is_too_short(new_server, shortest):
    """security 2, no. 1; security 2, no. 19: of length alone, for it is random."""
    settings = {} if shortest == 8 else {"VESTIBULE_PASSWORD__MIN_LENGTH": str(shortest)}
    server = new_server(VESTIBULE_DIALECTS__PROBE__SIGN_UP="true", **settings)
    short, long = random(shortest - 1), random(shortest)

    def sign_up(password: str) -> int:
        body = {"email": f"{unique()}@example.org", "password": password, "first-name": "Ann", "last-name": "Lee"}
        return server.post_json(f"{BASE}/auth/sign-up", body, CAPTCHA).status

    def by_command(password: str) -> int:
        return server.cli("user", "create", "--username", unique(), "--password-stdin", input=password).returncode

    assert (sign_up(short), sign_up(long)) == (400, 200)
    assert by_command(short) != 0 and by_command(long) == 0
    for door in CHANGES:
        person = Person.of(server)
        (session, *_) = door.log_in(server, person)
        assert door.change_password(server, session, person, short, False).status in (400, 422), door.name
        assert door.change_password(server, session, person, long, False).status in (200, 204), door.name


@pytest.mark.parametrize("door", CHANGES, ids=lambda door: door.name)
def test_no_door_sets_a_password_that_others_try_early(documented, door):
    """security 2, no. 6: common ones, and words of the context; and the reason is told."""
    person = Person.of(documented)
    (session, *_) = door.log_in(documented, person)
    for weak in ("password", "12345678", "qwertyuiop", "Password1!", person.email, f"{person.name}1"):
        answer = door.change_password(documented, session, person, weak, False)
        assert answer.status in (400, 422) and len(answer.text) > 20, (weak, answer.status, answer.text)
        assert weak == "password" or weak not in answer.text
    assert documented.try_login(person.name).status == 200


@pytest.mark.parametrize("door", PASSWORD_DOORS, ids=lambda door: door.name)
def test_the_whole_password_counts_at_every_door(documented, door):
    """security 2, no. 2; security 2, no. 3; security 2, no. 4."""
    # 64 characters, which is the longest that one of the doors takes, and more than 72 bytes of UTF-8.
    password = "Grüße, " + PASSWORD * 2 + "ß\u00e9\u0301" * 4
    assert len(password) < 64 and len(password.encode()) > 72
    person = Person.of(documented, password)
    assert door.enters(documented, person)
    for wrong in (
        password[:-1],
        password + "!",
        password.swapcase(),
        password.replace("ß", "ss"),
        f" {password}",
        password[:48],
    ):
        assert not door.enters(documented, person, wrong), wrong
    composed = password.replace("\u00fc", "u\u0308")
    assert composed != password and door.enters(documented, person, composed), "in either normal form"
