"""Doors that know no passwords, on a server without a provider: they lead to our own sign-in page, which hands over
whoever signs in there. Once, to the browser that began, and to nobody else.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urljoin

import pytest
import requests
from doors import Person
from provider import parameters
from vestibule import PASSWORD, unique
from visitor import Visitor


@dataclass(frozen=True)
class Door:
    """One of them: where a login begins, where it comes back to, and what tells who somebody is."""

    name: str
    start: str
    callback: str
    me: str
    # What a callback in vain is answered.
    refusals: tuple[int, ...]

    def begin(self, visitor: Visitor):
        """The page that the beginning of a login leads to."""
        page = visitor.open(self.start)
        assert page.status_code == 200 and "/login?continue=" in page.url, (page.status_code, page.url)
        return page

    def knows(self, visitor: Visitor, person: Person) -> bool:
        answer = visitor.get(visitor.at(self.me), headers={"Accept": "application/json"})
        if answer.status_code != 200:
            assert answer.status_code in (400, 401, 403), answer.text
            return False
        assert person.email in answer.text or person.name in answer.text, answer.text
        return True

    def is_refused(self, visitor: Visitor, callback: str) -> bool:
        return visitor.get(callback, headers={"Accept": "*/*"}).status_code in self.refusals


DOORS = [
    Door("trieve", "/api/auth", "/api/auth/callback", "/api/auth/me", (400, 401)),
    Door("bixarena", "/auth/oidc/start", "/v1/auth/oidc/callback", "/userinfo", (400, 401)),
    Door(
        "syntho",
        "/api/v1/oidc/authenticate/",
        "/api/v1/oidc/callback/",
        "/api/v1/users/me/",
        (400, 401, 403),
    ),
]


@pytest.fixture(params=DOORS, ids=lambda door: door.name)
def door(request) -> Door:
    return request.param


@pytest.fixture
def person(documented) -> Person:
    return Person.of(documented)


def handed_over(visitor: Visitor, door: Door, person: Person) -> str:
    """Signs in; the callback's URL, which is not opened."""
    answer = visitor.fill_in(door.begin(visitor), person.name, person.password)
    last = visitor.follow(answer, visitor.at(door.callback))
    target = visitor.next(last)
    assert target and target.startswith(visitor.at(door.callback)), (last.status_code, last.url, last.text)
    return target


def test_design_no_provider_leads_to_our_own_page_and_back(documented, door, person):
    visitor = Visitor(documented)
    page = door.begin(visitor)
    wrong = visitor.fill_in(page, person.name, "wrong " + person.password)
    assert wrong.status_code == 403 and not door.knows(visitor, person)
    answer = visitor.fill_in(wrong, person.name, person.password)
    # Not a redirect, which `form-action` would hold to this site all the way.
    assert answer.status_code == 200 and visitor.next(answer).startswith(visitor.at(door.callback))
    visitor.follow(answer)
    assert door.knows(visitor, person)
    # And our own account page knows them, by a session of its own.
    mine = visitor.get(visitor.at("/id/v1/sessions"), headers={"Accept": "*/*"}).json()["sessions"]
    assert {session["door"] for session in mine} == {door.name, "native"}


def test_who_is_signed_in_already_says_so_once_more(documented, door, person):
    visitor = Visitor(documented)
    visitor.enter(person.name, person.password)
    page = door.begin(visitor)
    # Opening the page hands nobody over.
    assert visitor.next(page) is None and not door.knows(visitor, person)
    assert visitor.post(visitor.at("/login/continue"), {"continue": parameters(page.url)["continue"]}).status_code == 403
    assert not door.knows(visitor, person)
    visitor.follow(visitor.submit(page, "/login/continue"))
    assert door.knows(visitor, person)


def test_security_login_of_another_browser_is_not_taken_over(documented, door, person):
    """Somebody is sent a link to the sign-in page of a login that another browser began."""
    attacker, victim = Visitor(documented), Visitor(documented)
    page = door.begin(attacker)
    answer = victim.fill_in(victim.open(page.url), person.name, person.password)
    target = victim.next(victim.follow(answer, victim.at(door.callback)))
    # The victim's browser did not begin it: the door lets nobody in.
    assert door.is_refused(victim, target) and not door.knows(victim, person)
    # The attacker's did, and knows the state; but the code was told to the victim's alone.
    state = parameters(target)["state"]
    for code in ("", "0" * 64, state):
        assert door.is_refused(attacker, attacker.at(f"{door.callback}?code={code}&state={state}"))
    assert not door.knows(attacker, person)


def test_a_hand_over_is_good_once(documented, door, person):
    visitor = Visitor(documented)
    target = handed_over(visitor, door, person)
    visitor.get(target)
    assert door.knows(visitor, person)
    other = Visitor(documented)
    other.cookies.update(visitor.cookies)
    assert door.is_refused(other, target)
    over = visitor.open(f"/login?continue={parameters(target)['state']}&other=1")
    assert "Please begin again where you came from" in over.text
    assert visitor.next(visitor.fill_in(over, person.name, person.password)) == visitor.at("/account")


def test_of_many_that_come_back_at_once_one_is_let_in(documented, door, person):
    visitor = Visitor(documented)
    target = handed_over(visitor, door, person)
    cookies = visitor.cookies.copy()

    def come_back(_: int) -> int:
        return requests.get(
            target, cookies=cookies, allow_redirects=False, timeout=30, headers={"Accept": "text/html"}
        ).status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(come_back, range(20)))
    assert len([status for status in statuses if status in (200, 302, 303)]) == 1, statuses


def test_whoever_was_handed_over_first_stays_the_one(documented, door, person):
    visitor, other, second = Visitor(documented), Visitor(documented), Person.of(documented)
    target = handed_over(visitor, door, person)
    answer = other.open(f"/login?continue={parameters(target)['state']}")
    refused = other.fill_in(answer, second.name, second.password)
    assert other.next(refused) is None and "begin again" in refused.text
    visitor.get(target)
    assert door.knows(visitor, person)


@pytest.mark.parametrize("end", ["suspended", "password"])
def test_who_may_not_sign_in_any_more_is_not_handed_over(documented, door, person, end):
    visitor = Visitor(documented)
    target = handed_over(visitor, door, person)
    if end == "suspended":
        documented.set_status({"id": person.id}, "suspend")
    else:
        documented.done("user", "set-password", person.id, "--password-stdin", input="another long password")
    assert door.is_refused(visitor, target) and not door.knows(visitor, person)


def test_who_must_choose_a_password_does_so_first(documented, door):
    name = unique()
    user = documented.create_user(name, None, PASSWORD, "--email-verified", "--must-change-password")
    person = Person(user["id"], user["number"], name, user["email"], PASSWORD)
    visitor = Visitor(documented)
    page = visitor.follow(visitor.fill_in(door.begin(visitor), name, PASSWORD))
    assert page.url.startswith(visitor.at("/account/password?continue=")) and not door.knows(visitor, person)
    # Nor can it be gone around.
    assert visitor.open("/account").url == visitor.at("/account/password")
    page = visitor.follow(visitor.submit(page, "/account/password", new_password="a better one, and long"))
    visitor.follow(visitor.submit(page, "/login/continue"))
    assert door.knows(visitor, person)


def test_a_browser_is_led_back_to_where_it_wanted_to_be(new_server):
    server = new_server(VESTIBULE_RETURN_URLS="https://app.example")
    person, visitor = Person.of(server), Visitor(server)
    page = visitor.open("/api/auth?redirect_uri=https://app.example/welcome")
    last = visitor.follow(visitor.fill_in(page, person.name, person.password))
    assert urljoin(last.url, last.headers["Location"]).startswith("https://app.example/welcome")


def test_of_several_providers_our_page_offers_each(new_server, new_provider):
    one, two = new_provider(), new_provider()
    server = new_server(**one.environment(link_verified_email="true"), **two.environment(1, id="other", name="Other", link_verified_email="true"))
    person, visitor = Person.of(server), Visitor(server)
    page = DOORS[0].begin(visitor)
    assert "Sign in with Sample" in page.text.replace("\u2068", "").replace("\u2069", "")
    leaving = visitor.submit(page, "/login/provider", provider="other")
    assert leaving.status_code == 200
    back = visitor.sign_in_at(leaving, person.name)
    page = visitor.follow(visitor.get(back))
    visitor.follow(visitor.submit(page, "/login/continue"))
    assert visitor.get(visitor.at("/api/auth/me"), headers={"Accept": "*/*"}).status_code == 200
