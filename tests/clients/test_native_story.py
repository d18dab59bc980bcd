"""Vestibule's own API with the real binary: somebody sees to an account that other doors let in too."""

import pytest
from doors import KNOX, LAPTOP, NATIVE, NATIVE_BASE, PHONE, Person
from probe import links_in, outbox
from vestibule import unique


def sessions(server, mine) -> list[dict]:
    return server.http("GET", f"{NATIVE_BASE}/sessions", NATIVE.carried(mine)).json()["sessions"]


@pytest.fixture
def person(documented) -> Person:
    return Person.of(documented)


def test_a_session_of_another_door_is_seen_and_ended(documented, person):
    (token,), (mine,) = KNOX.log_in(documented, person, PHONE), NATIVE.log_in(documented, person, LAPTOP)
    told = {each["door"]: each for each in sessions(documented, mine)}
    assert told.keys() == {"knox", "native"}
    assert (told["knox"]["device"], told["knox"]["current"]) == (PHONE, False)
    assert (told["native"]["device"], told["native"]["current"]) == (LAPTOP, True)
    assert token.lives(documented, person)
    path = f"{NATIVE_BASE}/sessions/{told['knox']['id']}"
    assert documented.http("DELETE", path, NATIVE.carried(mine)).status == 204
    assert not token.lives(documented, person)
    assert [each["door"] for each in sessions(documented, mine)] == ["native"]
    assert documented.http("DELETE", path, NATIVE.carried(mine)).status == 404


def test_an_address_is_changed_when_both_sides_agree(documented, person):
    (mine,) = NATIVE.log_in(documented, person, LAPTOP)
    new = f"{unique()}@example.org"
    asked = documented.post_json(f"{NATIVE_BASE}/email", {"email": new}, NATIVE.carried(mine))
    assert asked.status == 202, asked.text
    for address in (new, person.email):
        assert documented.http("GET", f"{NATIVE_BASE}/me", NATIVE.carried(mine)).json()["email"] == person.email
        (message,) = outbox(documented, address)
        (link,) = [link for link in links_in(message) if "confirm-address" in link]
        token = link.partition("token=")[2]
        agreed = documented.post_json(f"{NATIVE_BASE}/email/confirm", {"token": token})
        assert agreed.status in (200, 202, 204), (agreed.status, agreed.text)
    me = documented.http("GET", f"{NATIVE_BASE}/me", NATIVE.carried(mine))
    assert me.status == 200 and me.json()["email"] == new


def test_the_cookie_is_bound_to_the_host_on_https(new_server):
    """security 2, no. 30."""
    server = new_server(VESTIBULE_PUBLIC_URL="https://login.example.org")
    person = Person.of(server)
    body = {"identifier": person.name, "password": person.password}
    cookie = server.post_json(f"{NATIVE_BASE}/login", body).header("set-cookie")
    assert cookie.startswith("__Host-vestibule=")
    for attribute in ("; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"):
        assert attribute in cookie, cookie
    assert "Domain" not in cookie
