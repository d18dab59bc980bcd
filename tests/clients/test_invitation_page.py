"""`/invitation` in a browser without scripts: the operator invites, by mail or by a link that is printed, and somebody joins
with an account, after a login, or with a new account.
"""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from doors import Person
from probe import links_in, outbox
from vestibule import PASSWORD, Server, unique
from visitor import Visitor

PAGE = "/invitation"


def outcome(answer) -> str:
    return re.search(r"<h1>(.*?)</h1>", answer.text)[1]


def offers(answer) -> list[str]:
    return re.findall(r'name="step" value="([^"]*)"', answer.text)


def members(server: Server, organization: str) -> dict[str, str]:
    return {member["email"]: member["role"] for member in server.data("organization", "members", organization)}


@pytest.fixture
def acme(documented) -> str:
    """The name of an organization that nobody belongs to."""
    name = unique("Acme")
    documented.data("organization", "create", "--name", name)
    return name


def link_for(server: Server, organization: str, email: str, *arguments: str) -> str:
    made = server.data("organization", "invite", organization, email, "--print-link", *arguments)
    assert made["email"] == email and made["link"].startswith(f"{server.url}{PAGE}?code=")
    return made["link"]


def test_the_operator_invites_by_mail_and_somebody_new_joins(new_server):
    server = new_server()
    email = f"{unique()}@example.org"
    server.data("organization", "create", "--name", "Acme")
    made = server.data("organization", "invite", "Acme", email, "--role", "owner")
    assert (made["role"], made["link"]) == ("owner", None)
    (message,) = outbox(server, email)
    (link,) = [link for link in links_in(message) if PAGE in link]
    code = link.removeprefix(f"{server.url}{PAGE}?code=")
    assert "Acme" in message["subject"] and len(code) == 36
    visitor = Visitor(server)
    page = visitor.open(link)
    assert offers(page) == ["make"] and email in page.text and "owners" in page.text
    assert members(server, "Acme") == {}
    done = visitor.submit(page, PAGE, name="Ann Lee", password=PASSWORD)
    assert (done.status_code, outcome(done)) == (200, "You belong to \u2068Acme\u2069 now")
    assert members(server, "Acme") == {email: "owner"}
    user = server.data("user", "show", email)
    assert (user["name"], user["email_verified"], user["status"]) == ("Ann Lee", True, "active")
    assert visitor.fill_in(visitor.open("/login"), email, PASSWORD).status_code == 303
    assert outcome(visitor.open(link)) == "This invitation was followed"
    assert code not in server.log


def test_somebody_with_an_account_signs_in_first_and_comes_back(documented, acme):
    person = Person.of(documented)
    link = link_for(documented, acme, person.email)
    visitor = Visitor(documented)
    away = visitor.submit(visitor.open(link), PAGE)
    assert away.status_code == 303 and link.split("code=")[1] not in away.headers["Location"]
    back = visitor.follow(visitor.fill_in(visitor.follow(away), person.name, person.password))
    # The code is in the browser's cookie, and in no address.
    assert back.url == visitor.at(PAGE) and offers(back) == ["join", "sign-out"]
    joined = visitor.submit(back, PAGE, step="join")
    assert joined.status_code == 200 and members(documented, acme) == {person.email: "user"}
    assert outcome(visitor.open(PAGE)) == "This invitation is no longer good", "the cookie is gone"


def test_somebody_else_signs_out_first(documented, acme):
    person, other = Person.of(documented), Person.of(documented)
    link = link_for(documented, acme, person.email, "--role", "admin")
    visitor = Visitor(documented)
    visitor.enter(other.name, other.password)
    page = visitor.open(link)
    assert offers(page) == ["sign-out"] and person.email in page.text
    assert visitor.submit(page, PAGE, step="join").status_code == 403
    question = visitor.follow(visitor.submit(page, PAGE))
    back = visitor.follow(visitor.submit(question, "/logout"))
    assert back.url == visitor.at(PAGE) and offers(back) == ["sign-in"]
    again = visitor.follow(visitor.submit(back, PAGE))
    back = visitor.follow(visitor.fill_in(again, person.name, person.password))
    assert visitor.submit(back, PAGE, step="join").status_code == 200
    assert members(documented, acme) == {person.email: "admin"}


def test_twenty_who_join_at_once_make_one_account_and_one_membership(documented, acme):
    email = f"{unique()}@example.org"
    link = link_for(documented, acme, email)
    fields = {"step": "make", "code": link.split("code=")[1], "password": PASSWORD}

    def join(_):
        visitor = Visitor(documented)
        return visitor.post(visitor.at(PAGE), fields)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(join, range(20)))
    codes = [answer.status_code for answer in answers]
    # Some may have found every hashing thread busy; nobody else has joined.
    assert codes.count(200) == 1 and set(codes) <= {200, 400, 409, 503}
    assert members(documented, acme) == {email: "user"}
    assert len([user for user in documented.data("user", "list") if user["email"] == email]) == 1


def test_security_a_code_is_good_once_for_one_address_until_another_takes_its_place(documented, acme):
    email = f"{unique()}@example.org"
    first, second = link_for(documented, acme, email), link_for(documented, acme, email)
    visitor = Visitor(documented)
    for link in [first, f"{documented.url}{PAGE}", f"{documented.url}{PAGE}?code=x"]:
        page = visitor.open(link)
        assert (page.status_code, outcome(page)) == (400, "This invitation is no longer good")
        assert acme not in page.text and email not in page.text
    foreign = {"Origin": "https://evil.example"}
    fields = {"step": "make", "code": second.split("code=")[1], "password": PASSWORD}
    assert visitor.post(visitor.at(PAGE), fields, headers=foreign).status_code == 403
    short = visitor.submit(visitor.open(second), PAGE, password="short")
    assert short.status_code == 400 and "This password is too short." in short.text
    assert members(documented, acme) == {}
    assert visitor.post(visitor.at(PAGE), fields).status_code == 200
    assert visitor.post(visitor.at(PAGE), fields).status_code == 400


def test_the_operator_is_told_what_cannot_be(documented, acme, new_server):
    person = Person.of(documented)
    documented.data("organization", "set-role", acme, "--user", person.name, "--role", "user")
    assert "a member already" in documented.refused("organization", "invite", acme, person.email)
    assert "no such organization" in documented.refused("organization", "invite", unique(), person.email)
    assert "not an e-mail address" in documented.refused("organization", "invite", acme, "nobody")
    without = new_server(VESTIBULE_DIALECTS__NATIVE__ENABLED="false")
    without.data("organization", "create", "--name", "Acme")
    refused = without.refused("organization", "invite", "Acme", "x@example.org", code=2)
    assert "dialects.native.enabled" in refused
