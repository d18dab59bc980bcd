"""`/forgot-password` in a browser without scripts: from the page to the message, to another password, to the login."""

import re

import pytest
from doors import Person
from probe import links_in, outbox
from vestibule import unique
from visitor import Visitor

NEW = "another correct horse"
PAGE = "/forgot-password"


def outcome(answer) -> str:
    return re.search(r"<h1>(.*?)</h1>", answer.text)[1]


def ask(server, email: str):
    visitor = Visitor(server)
    return visitor.submit(visitor.open(PAGE), PAGE, email=email)


def test_somebody_who_forgot_a_password_comes_to_another_one_and_signs_in(new_server):
    server = new_server()
    person = Person.of(server)
    visitor = Visitor(server)
    signed_in = Visitor(server)
    assert signed_in.fill_in(signed_in.open("/login"), person.name, person.password).status_code == 303
    assert PAGE in visitor.open("/login").text
    sent = visitor.submit(visitor.open(f"{PAGE}?return_to=/docs"), PAGE, email=f" {person.email.upper()} ")
    assert (sent.status_code, outcome(sent)) == (200, "Look at your mail")
    (message,) = outbox(server, person.email)
    (link,) = [link for link in links_in(message) if "/restore-password" in link]
    assert link.startswith(f"{server.url}/restore-password?token=")
    # Opening it changes nothing.
    Visitor(server).open(link)
    assert server.try_login(person.name).status == 200
    done = visitor.submit(visitor.open(link), "/restore-password", password=NEW)
    assert (done.status_code, outcome(done)) == (200, "Your password is changed")
    assert signed_in.get(signed_in.at("/id/v1/me")).status_code == 401
    way_on = re.search(r'class="button" href="([^"]*)"', done.text)[1]
    assert way_on == f"{server.url}/login?return_to={server.url.replace(':', '%3A').replace('/', '%2F')}%2Fdocs"
    answer = visitor.fill_in(visitor.open(way_on), person.name, NEW)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/docs")
    again = visitor.submit(visitor.open(link), "/restore-password", password=NEW)
    assert (again.status_code, outcome(again)) == (400, "This link is no longer good")
    assert link.split("token=")[1].split("&")[0] not in server.log


def test_security_every_address_gets_one_answer_however_often(new_server):
    server = new_server()
    person = Person.of(server)
    suspended = Person.of(server)
    server.set_status({"id": suspended.id}, "suspend")
    asked = [person.email] * 7 + [suspended.email, f"{unique()}@example.org", "nonsense", ""]
    answers = [ask(server, email) for email in asked]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    outbox(server, person.email, 5)
    assert not [file for file in (server.data_dir / "outbox").glob("*.eml") if suspended.email.encode() in file.read_bytes()]


def test_security_a_form_wants_its_token_its_browser_and_its_site(documented):
    visitor, other = Visitor(documented), Visitor(documented)
    page = visitor.open(PAGE)
    token = re.search(r'name="form_token" value="([^"]*)"', page.text)[1]
    fields = {"email": "ann@example.org", "form_token": token}
    other.open(PAGE)
    assert other.post(other.at(PAGE), fields).status_code == 403
    assert visitor.post(visitor.at(PAGE), {**fields, "form_token": ""}).status_code == 403
    assert visitor.post(visitor.at(PAGE), fields, headers={"Origin": "https://evil.example"}).status_code == 403
    assert visitor.post(visitor.at(PAGE), fields).status_code == 200


@pytest.mark.sqlite
def test_the_page_is_not_offered_without_passwords_or_around_a_captcha(new_server):
    captcha = {
        "VESTIBULE_CAPTCHA__VERIFY_URL": "https://captcha.example/siteverify",
        "VESTIBULE_CAPTCHA__SECRET": "0x00000000000000000000",
    }
    for settings, title in [
        ({"VESTIBULE_PASSWORD__SIGN_IN": "false"}, "No passwords here"),
        (captcha, "Not on this page"),
    ]:
        server = new_server(**settings)
        visitor = Visitor(server)
        page = visitor.open(PAGE)
        assert (page.status_code, outcome(page)) == (403, title)
        assert PAGE not in visitor.open("/login").text
