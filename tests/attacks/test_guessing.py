"""Guessing at passwords by every door that compares one: in a burst, with a good login in between, in other spellings, and
from addresses that the client writes itself.
"""

import random
import time

import pytest
from doors import Person
from password_doors import PASSWORD_DOORS, PasswordDoor, at_once
from vestibule import unique

FREE = 5
FIRST_WAIT = 5.0
BURST = 200


@pytest.fixture(params=PASSWORD_DOORS, ids=lambda door: door.name)
def door(request) -> PasswordDoor:
    return request.param


def allowed(elapsed: float) -> int:
    """How many guesses there may be in so many seconds: the free ones, and one after each wait, which doubles."""
    guesses, wait = FREE, FIRST_WAIT
    while elapsed >= wait:
        guesses, elapsed, wait = guesses + 1, elapsed - wait, wait * 2
    return guesses


def exhausted(server, door, identifier) -> None:
    """Guesses until the account waits."""
    statuses = [door.guess(server, identifier) for _ in range(FREE + 1)]
    assert statuses == [door.wrong] * FREE + [429], (door.name, statuses)


def test_a_burst_gets_no_further_than_a_sequence(new_server, door):
    """security 1, count-first; security 2, no. 11; security 2, no. 19."""
    server = new_server()
    person = Person.of(server)
    door.guess(server, f"{unique()}@example.org")
    begun = time.monotonic()
    identifier = door.identifier(person)
    statuses = at_once(BURST, lambda number: door.guess(server, identifier, f"wrong horse {number}"))
    elapsed = time.monotonic() - begun
    guesses = statuses.count(door.wrong)
    assert 1 <= guesses <= allowed(elapsed), (guesses, elapsed)
    assert set(statuses) == {door.wrong, 429}
    # The right password is no exception, or the burst would tell it.
    assert not door.enters(server, person)


def test_a_burst_over_all_doors_is_one_burst(new_server):
    """security 1, count-first."""
    server = new_server()
    person = Person.of(server)
    for door in PASSWORD_DOORS:
        door.guess(server, f"{unique()}@example.org")
    begun = time.monotonic()

    def guess(number: int) -> bool:
        door = PASSWORD_DOORS[number % len(PASSWORD_DOORS)]
        return door.guess(server, door.identifier(person)) == door.wrong

    guesses = at_once(BURST, guess).count(True)
    assert 1 <= guesses <= allowed(time.monotonic() - begun)


def test_a_good_login_of_somebody_else_clears_nothing(new_server, door):
    """security 1, counter-reset."""
    server = new_server()
    victim, mine = Person.of(server), Person.of(server)
    exhausted(server, door, door.identifier(victim))
    assert door.enters(server, mine)
    assert not door.enters(server, victim)
    # Neither is there anything on the client's side that could be thrown away or changed.
    fresh = {"User-Agent": unique(), "Cookie": "failures=0; attempts=0", "Connection": "close"}
    assert door.guess(server, door.identifier(victim), victim.password, fresh) == 429


def test_good_logins_in_between_do_not_clear_an_address(new_server, door):
    """security 1, counter-reset: whoever has one account would guess at all others with it."""
    server = new_server(VESTIBULE_LIMITS__ADDRESS_FAILURES_PER_HOUR="8")
    mine = Person.of(server)
    statuses = []
    for _ in range(12):
        statuses.append(door.guess(server, f"{unique()}@example.org"))
        assert door.enters(server, mine), "who has signed in from there is let in"
    assert statuses[:8] == [door.wrong] * 8 and statuses[8] == 429, statuses


def test_every_spelling_of_a_name_shares_one_count(new_server, door):
    """security 1, letter-case: upper case, full width and the address are the same account."""
    server = new_server()
    person = Person.of(server)
    wide = "".join(chr(ord(sign) + 0xFEE0) if sign.isalpha() else sign for sign in person.name)
    spellings = [person.email, person.email.upper(), person.email.title()]
    if door.by_name:
        spellings += [person.name, person.name.upper(), person.name.capitalize(), wide]
    statuses = [door.guess(server, spellings[number % len(spellings)]) for number in range(FREE + 1)]
    assert statuses == [door.wrong] * FREE + [429], statuses
    assert [door.guess(server, spelling) for spelling in spellings] == [429] * len(spellings)


def test_an_unknown_name_waits_alike_in_every_spelling(new_server, door):
    """security 1, letter-case; security 2, no. 13."""
    server = new_server()
    address = f"{unique()}@example.org"
    exhausted(server, door, address)
    assert [door.guess(server, other) for other in (address.upper(), address.title())] == [429, 429]


HEADERS = ("X-Forwarded-For", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Cluster-Client-IP")


def claims(address: str) -> dict[str, str]:
    return {**{name: address for name in HEADERS}, "Forwarded": f"for={address}"}


def test_an_address_that_the_client_writes_is_not_read(new_server, door):
    """security 1, client-address; security 2, no. 12."""
    server = new_server(VESTIBULE_LIMITS__ADDRESS_FAILURES_PER_HOUR="8")
    random_address = lambda: ".".join(str(random.randrange(1, 255)) for _ in range(4))
    statuses = [door.guess(server, f"{unique()}@example.org", headers=claims(random_address())) for _ in range(10)]
    assert statuses[:8] == [door.wrong] * 8 and statuses[8:] == [429] * 2, statuses


def test_behind_a_trusted_proxy_the_nearest_stranger_counts(new_server, door):
    """security 1, client-address: from right to left, and a /64 of IPv6 is one address."""
    server = new_server(
        VESTIBULE_LIMITS__ADDRESS_FAILURES_PER_HOUR="8", VESTIBULE_TRUSTED_PROXIES="127.0.0.1/32,10.0.0.0/8"
    )

    def guess(forwarded: str) -> int:
        return door.guess(server, f"{unique()}@example.org", headers={"X-Forwarded-For": forwarded})

    # What stands left of the nearest stranger, that one wrote; what stands right of it is a proxy of ours.
    statuses = [guess(f"203.0.113.{number}, 198.51.100.7, 10.0.0.{number}") for number in range(10)]
    assert statuses == [door.wrong] * 8 + [429] * 2, statuses
    assert guess("198.51.100.7, 198.51.100.8") == door.wrong
    statuses = [guess(f"2001:db8:1:2:{number:x}::{number:x}") for number in range(1, 11)]
    assert statuses == [door.wrong] * 8 + [429] * 2, statuses
    assert guess("2001:db8:1:3::1") == door.wrong
