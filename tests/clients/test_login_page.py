"""`/login` and `/logout` as a browser without scripts uses them: clear and equal errors, nobody led astray, and what
security wants of forms.
"""

import re

import pytest
from doors import Person
from probe import links_in, outbox
from provider import Provider
from vestibule import PASSWORD, Server, unique
from visitor import Visitor

FIT = "This name and password do not fit."


@pytest.fixture
def person(documented) -> Person:
    return Person.of(documented)


def notice(answer) -> str:
    found = re.search(r'role="alert">.*?<p>(.*?)</p>', answer.text, re.S)
    assert found, answer.text
    return found[1]


def sessions(server: Server, person: Person) -> list[str]:
    told = server.data("session", "list", "--user", person.name)
    return [each["dialect"] for each in told if each.get("ended") is None]


def test_somebody_signs_in_by_either_name_and_out(documented, person):
    for name in (person.name, person.email, person.name.upper()):
        visitor = Visitor(documented)
        answer = visitor.fill_in(visitor.open("/login"), name, person.password)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
        cookie = answer.headers["Set-Cookie"]
        assert "vestibule=" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie
        me = visitor.get(visitor.at("/id/v1/me"), headers={"Accept": "*/*"})
        assert me.json()["email"] == person.email
    page = visitor.open("/logout")
    # Opening the page ends nothing.
    assert visitor.get(visitor.at("/id/v1/me")).status_code == 200
    out = visitor.submit(page, "/logout")
    assert out.status_code == 200 and "signed out" in out.text
    assert visitor.get(visitor.at("/id/v1/me")).status_code == 401


def test_security_an_unknown_name_a_wrong_password_and_a_suspended_account_look_the_same(documented, person):
    suspended = Person.of(documented)
    documented.set_status({"id": suspended.id}, "suspend")
    tries = [(person.name, "wrong"), (unique("nobody"), PASSWORD), (suspended.name, PASSWORD), (" ", PASSWORD)]
    pages = []
    for name, password in tries:
        visitor = Visitor(documented)
        answer = visitor.fill_in(visitor.open("/login"), name, password)
        assert (answer.status_code, notice(answer)) == (403, FIT)
        assert PASSWORD not in answer.text and "vestibule=" not in answer.headers.get("Set-Cookie", "")
        text = re.sub(r'(name="form_token" value=)"[^"]*"', r"\1", answer.text)
        pages.append(text.replace(f'value="{name}"', ""))
    assert len(set(pages)) == 1


def test_too_many_tries_are_told_to_wait(new_server):
    server = new_server(VESTIBULE_LIMITS__ACCOUNT_FAILURES_FREE="2")
    person, visitor = Person.of(server), Visitor(server)
    page = visitor.open("/login")
    for _ in range(4):
        answer = visitor.fill_in(page, person.name, "wrong")
        if answer.status_code == 429:
            break
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) >= 1
    assert "Too many tries" in notice(answer)


@pytest.mark.parametrize(
    "place",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "https:evil.example", "/a/../..//evil"],
)
def test_security_nobody_is_led_where_the_configuration_does_not_want(documented, person, place):
    visitor = Visitor(documented)
    page = visitor.get(visitor.at("/login"), params={"return_to": place})
    assert "evil" not in page.text and "alert(1)" not in page.text
    answer = visitor.submit(page, "/login", identifier=person.name, password=person.password, return_to=place)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    again = visitor.get(visitor.at("/login"), params={"return_to": place})
    assert (again.status_code, again.headers["Location"]) == (303, "/account")
    out = visitor.get(visitor.at("/logout"), params={"return_to": place})
    out = visitor.submit(out, "/logout", return_to=place)
    assert visitor.next(out) is None and "evil" not in out.text


def test_a_return_address_of_the_configuration_is_followed(new_server):
    server = new_server(VESTIBULE_RETURN_URLS="https://app.example")
    person, visitor = Person.of(server), Visitor(server)
    place = "https://app.example/welcome?a=b&c=d"
    page = visitor.get(visitor.at("/login"), params={"return_to": place})
    answer = visitor.fill_in(page, person.name, person.password)
    # `form-action` would hold a redirect to this site: a page in between leads on.
    assert answer.status_code == 200 and visitor.next(answer) == place
    own = visitor.get(visitor.at("/login"), params={"return_to": "/docs?lang=de"})
    assert own.headers["Location"] == "/docs?lang=de"
    page = visitor.get(visitor.at("/logout"), params={"return_to": place})
    assert visitor.next(visitor.submit(page, "/logout")) == place


def test_security_a_form_is_taken_from_its_page_and_its_browser_alone(documented, person):
    visitor, other = Visitor(documented), Visitor(documented)
    page = visitor.open("/login")
    fields = {"identifier": person.name, "password": person.password}
    assert visitor.post(visitor.at("/login"), fields).status_code == 403
    token = re.search(r'name="form_token" value="([^"]*)"', page.text)[1]
    other.open("/login")
    assert other.post(other.at("/login"), {**fields, "form_token": token}).status_code == 403
    assert visitor.post(visitor.at("/logout"), {"form_token": token}).status_code == 403
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert visitor.post(visitor.at("/login"), {**fields, "form_token": token}, headers=foreign).status_code == 403
    assert sessions(documented, person) == []
    assert visitor.fill_in(page, person.name, person.password).status_code == 303
    # Whoever signed in is another browser to forms: what was planted before is worth nothing.
    assert visitor.post(visitor.at("/login"), {**fields, "form_token": token}).status_code == 403


def test_security_a_login_replaces_the_session_of_the_browser(documented, person):
    visitor = Visitor(documented)
    visitor.enter(person.name, person.password)
    old = visitor.cookies["vestibule"]
    visitor.enter(person.name, person.password, "/login?other=1")
    assert visitor.cookies["vestibule"] != old and sessions(documented, person) == ["native"]
    known = documented.http("GET", "/id/v1/me", {"Cookie": f"vestibule={old}"})
    assert known.status == 401


def test_who_shows_the_password_once_more_has_a_fresh_session(documented, person):
    visitor = Visitor(documented)
    visitor.enter(person.name, person.password)
    old = visitor.cookies["vestibule"]
    page = visitor.open("/login/confirm?return_to=/docs")
    wrong = visitor.submit(page, "/login/confirm", password="wrong")
    assert wrong.status_code == 403 and visitor.cookies["vestibule"] == old
    answer = visitor.submit(wrong, "/login/confirm", password=person.password)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/docs")
    assert visitor.cookies["vestibule"] != old
    assert Visitor(documented).open("/login/confirm").url.startswith(visitor.at("/login?return_to="))


def test_a_provider_leads_to_the_page_that_was_asked_for(new_server, provider: Provider):
    server = new_server(**provider.environment(link_verified_email="true"))
    person, visitor = Person.of(server), Visitor(server)
    page = visitor.open("/login?return_to=/docs")
    leaving = visitor.submit(page, "/login/provider", provider="sample")
    assert leaving.status_code == 200 and visitor.next(leaving).startswith(provider.issuer)
    back = visitor.sign_in_at(leaving, person.name)
    answer = visitor.get(back)
    assert (answer.status_code, answer.headers["Location"]) == (303, visitor.at("/docs"))
    # Once more: the login is over, which a person is told on a page and a program in its own words.
    again = visitor.follow(visitor.get(back))
    assert again.url == visitor.at("/login?refused=flow_missing") and "begin again" in notice(again)
    told = visitor.get(back, headers={"Accept": "*/*"})
    assert told.status_code == 400 and told.json()["code"] == "flow_missing"
    unknown = visitor.submit(page, "/login/provider", provider="nobody")
    assert unknown.status_code in (403, 503)


def test_who_cancels_at_the_provider_is_told(new_server, provider: Provider):
    server = new_server(**provider.environment())
    visitor = Visitor(server)
    leaving = visitor.submit(visitor.open("/login"), "/login/provider", provider="sample")
    back = visitor.cancel(visitor.next(leaving), visitor.at("/login/callback"))
    page = visitor.follow(visitor.get(back))
    assert notice(page) == "The provider sent you back without a login."
    assert "refused=" not in visitor.open("/login?refused=%3Cscript%3E").text


def test_without_passwords_the_page_offers_providers_alone(new_server, provider: Provider):
    alone = new_server(VESTIBULE_PASSWORD__SIGN_IN="false")
    assert "no way to sign in" in Visitor(alone).open("/login").text
    server = new_server(VESTIBULE_PASSWORD__SIGN_IN="false", **provider.environment())
    page = Visitor(server).open("/login")
    assert 'name="password"' not in page.text and 'value="sample"' in page.text


def test_without_the_native_door_there_are_no_pages_of_people(new_server):
    server = new_server(VESTIBULE_DIALECTS__NATIVE__ENABLED="false")
    visitor = Visitor(server)
    for path in ("/login", "/logout", "/account/password", "/.well-known/change-password"):
        assert visitor.get(visitor.at(path)).status_code == 404, path
    assert "/login" not in visitor.open("/").text
    # And nobody is led there.
    assert visitor.get(visitor.at("/api/auth")).status_code != 303


def test_password_managers_find_the_page(documented, person):
    visitor = Visitor(documented)
    visitor.enter(person.name, person.password)
    page = visitor.open("/.well-known/change-password")
    assert page.url == visitor.at("/account/password")
    token = documented.login(person.name)
    wrong = visitor.submit(page, "/account/password", old_password="wrong", new_password="a better one, and long")
    assert wrong.status_code == 403 and "This password is wrong." in wrong.text
    short = visitor.submit(page, "/account/password", old_password=person.password, new_password="short")
    assert short.status_code == 400 and "too short" in short.text
    weak = visitor.submit(page, "/account/password", old_password=person.password, new_password="Passwort1")
    assert weak.status_code == 400 and "Too many people have this password" in weak.text
    assert documented.who(token).status == 200
    fields = {"old_password": person.password, "new_password": "a better one, and long"}
    done = visitor.submit(page, "/account/password", **fields)
    assert (done.status_code, done.headers["Location"]) == (303, "/account?done=password-changed")
    assert documented.who(token).status == 401
    assert visitor.get(visitor.at("/id/v1/me")).status_code == 200
    assert documented.try_login(person.name, "a better one, and long").status == 200


def test_an_address_is_verified_by_a_message_that_is_asked_for_again(documented):
    user = documented.create_user(unique())
    visitor = Visitor(documented)
    page = visitor.enter(user["username"], PASSWORD)
    assert "not verified" in page.text
    done = visitor.follow(visitor.submit(page, "/account/verify-email"))
    assert "The message is on its way" in done.text
    (message,) = outbox(documented, user["email"])
    (link,) = [link for link in links_in(message) if "verify-email" in link]
    verified = visitor.submit(visitor.open(link), "/verify-email")
    assert "Your address is confirmed" in verified.text
    assert "not verified" not in visitor.open("/account").text
    assert "/account/verify-email" not in visitor.open("/account").text
