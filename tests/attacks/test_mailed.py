"""What goes by mail: steps that cannot be left out, secrets that only the mail holds, addresses in other spellings,
invitations of others, and to which mail server it is handed.
"""

from urllib.parse import parse_qs, urlsplit

import pytest
import trieve
from doors import NATIVE, Person
from probe import BASE, CAPTCHA, links_in, outbox, token_in
from provider_doors import PROVIDER_DOORS, program
from test_invitation_page import PAGE as INVITATION
from test_invitation_page import link_for, members, offers
from test_mail import Mailbox, SecureController, forget
from vestibule import PASSWORD, compact, free_port, unique
from visitor import Visitor

NEW = "another correct horse"
JSON = {"Content-Type": "application/json"}
# Contracts and standards name roles by numbers there: a user, an administrator, an owner.
USER, ADMIN, OWNER = 0, 1, 2


@pytest.fixture(scope="module")
def server(module_server, liar):
    return module_server(
        VESTIBULE_LIMITS__TRUSTED_ADDRESSES="127.0.0.0/8",
        VESTIBULE_LIMITS__ACCOUNT_FAILURES_FREE="100",
        VESTIBULE_DIALECTS__PROBE__SIGN_UP="true",
        **liar.environment(link_verified_email="true"),
    )


# --- every step ---


def restore(server, address: str):
    return server.post_json(f"{BASE}/auth/password-restore", {"email": address}, CAPTCHA)


def exchange(server, token):
    return server.post_json(f"{BASE}/auth/password-restore-verify", {"password-restore-token": token}, CAPTCHA)


def update(server, token, password: str = NEW) -> int:
    body = {"password-update-token": token, "new-password": password}
    return server.http("PUT", f"{BASE}/auth/current/password", JSON, compact(body)).status


def choose(server, token, password: str = NEW) -> int:
    with Visitor(server) as browser:
        return browser.post(browser.at("/restore-password"), {"token": token, "password": password}).status_code


def sign_up(server, address: str, password: str = PASSWORD):
    body = {"email": address, "password": password, "first-name": "Ann", "last-name": "Lee"}
    return server.post_json(f"{BASE}/auth/sign-up", body, CAPTCHA)


def ticket_of_the_page(message) -> str:
    (link,) = [link for link in links_in(message) if "restore-password" in link]
    return parse_qs(urlsplit(link).query)["token"][0]


def test_no_password_is_reset_without_what_was_mailed(server):
    """security 1, reset-steps; security 2, no. 15: each step with nothing, with another's, in another order."""
    victim, mine, new = Person.of(server), Person.of(server), f"{unique('new')}@example.org"
    assert sign_up(server, new).status == 200
    verification = token_in(outbox(server, new)[0])
    assert restore(server, mine.email).status == 200
    my_ticket = token_in(outbox(server, mine.email)[0])
    my_update = exchange(server, my_ticket).json()["password-update-token"]
    assert restore(server, victim.email).status == 200
    mailed = token_in(outbox(server, victim.email)[0])
    for guess in ("", "x", "null", victim.id, verification, my_update, mailed[:-1], mailed.upper(), mailed + "A"):
        assert exchange(server, guess).status == 400, guess
    for body in (
        {},
        {"password-restore-token": None},
        {"password-restore-token": {"$ne": ""}},
        {"email": victim.email},
    ):
        assert server.post_json(f"{BASE}/auth/password-restore-verify", body, CAPTCHA).status == 400, body
    # The second step with what belongs to the first, or to something else.
    for guess in ("", "x", mailed, my_ticket, verification, victim.id):
        assert update(server, guess) in (400, 401), guess
    for guess in ("", "x", verification, my_ticket):
        assert choose(server, guess) == 400, guess
    # Nothing that names the victim beside a token of somebody else's gets anywhere.
    body = {"password-update-token": my_update, "new-password": NEW, "email": victim.email, "user-id": victim.number}
    assert server.http("PUT", f"{BASE}/auth/current/password", JSON, compact(body)).status in (204, 400)
    assert server.http("PUT", f"{BASE}/auth/{victim.number}/password", JSON, compact(body)).status in (
        400,
        401,
        403,
        404,
    )
    assert server.try_login(victim.name, NEW).status == 400
    assert server.try_login(victim.name).status == 200
    # And the right order does it, once.
    token = exchange(server, mailed).json()["password-update-token"]
    assert exchange(server, mailed).status == 400 and choose(server, mailed) == 400
    assert update(server, token) == 204 and update(server, token, PASSWORD) == 400
    assert server.try_login(victim.name, NEW).status == 200


def test_a_ticket_dies_with_what_it_was_mailed_for(server):
    """security 1, reset-steps; security 1, mail-normalisation: another address, another password, another ticket used."""
    for event in ("address", "password", "another", "suspended"):
        person = Person.of(server)
        restore(server, person.email)
        restore(server, person.email)
        first, second = (token_in(message) for message in outbox(server, person.email, 2))
        if event == "address":
            server.done("user", "set-email", person.id, "--email", f"{unique()}@example.org")
        elif event == "password":
            server.done("user", "set-password", person.id, "--password-stdin", input="a third correct horse")
        elif event == "suspended":
            server.set_status({"id": person.id}, "suspend")
        else:
            assert choose(server, second) == 200
        assert exchange(server, first).status == 400 and choose(server, first) == 400, event


# --- what only the mail holds ---


def test_no_answer_holds_what_was_mailed(server, liar):
    """security 1, secret-in-answer: by sign-up, restore, another address, and invitations with all that lists them."""
    person, new, moved, guest = (
        Person.of(server),
        *(f"{unique(kind)}@example.org" for kind in ("new", "moved", "guest")),
    )
    (session,) = NATIVE.log_in(server, person)
    liar.person = {"sub": unique(), "email": f"{unique()}@example.org", "email_verified": True}
    door = PROVIDER_DOORS[0]
    told = [sign_up(server, new), restore(server, person.email)]
    told.append(server.post_json("/id/v1/email", {"email": moved}, NATIVE.carried(session)))
    told.append(server.http("GET", "/id/v1/me", NATIVE.carried(session)))
    texts = [answer.text + str(answer.headers) for answer in told]
    with program() as owner:
        assert door.lets_in(server, owner, door.way_back(server, owner))
        organization = door.who(server, owner).json()["orgs"][0]["id"]
        invitation = trieve.invitation(organization, guest, f"{server.url}/api")
        asked = [owner.post(f"{server.url}/api/invitation", json=invitation)]
        asked += [owner.get(f"{server.url}/api/{path}/{organization}") for path in ("invitation", "invitations")]
        asked.append(door.who(server, owner))
        texts += [answer.text + str(answer.headers) for answer in asked]
    secrets = [token_in(outbox(server, new)[0]), token_in(outbox(server, person.email, 2)[0])]
    mailed = [parse_qs(urlsplit(link).query) for link in links_in(outbox(server, moved)[0])]
    secrets += [query["token"][0] for query in mailed if "token" in query]
    secrets.append(parse_qs(urlsplit(trieve.invitation_link(server, guest)).query)["inv_code"][0])
    assert len(secrets) >= 4 and all(len(secret) >= 16 for secret in secrets), secrets
    for text in texts:
        assert not [secret for secret in secrets if secret in text], text
    log = server.log
    assert not [secret for secret in secrets if secret in log]


# --- addresses ---

ODD = [
    "ann@evil.example@example.org",
    "ann@example.org@evil.example",
    "ann＠evil.example@example.org",
    "ann﹫evil.example@example.org",
    "ann@example.org,bob@evil.example",
    "ann@example.org;bob@evil.example",
    "ann@example.org bob@evil.example",
    "ann@example.org\nBcc: bob@evil.example",
    "ann@example.org\r\nBcc: bob@evil.example",
    "ann@example.org\x00@evil.example",
    "<bob@evil.example>ann@example.org",
    "Ann <ann@example.org>",
    "@example.org",
    "ann@",
    "ann",
    "ann@example..org",
    "ann\u202e@example.org",
]


def test_an_address_has_one_reading(server):
    """security 1, mail-normalisation: what could be two is none, at every door that takes one."""
    person = Person.of(server)
    (session,) = NATIVE.log_in(server, person)
    for odd in ODD:
        assert sign_up(server, odd).status == 400, odd
        assert server.post_json("/id/v1/email", {"email": odd}, NATIVE.carried(session)).status in (400, 422), odd
        assert restore(server, odd).status in (200, 400), odd
        if "\x00" not in odd:
            assert server.cli("user", "create", "--email", odd, "--password-stdin", input=PASSWORD).returncode != 0, odd
    mailed = "".join(file.read_text() for file in (server.data_dir / "outbox").glob("*.eml"))
    assert "evil.example" not in mailed


def test_an_address_in_another_spelling_is_the_same_account(server):
    """security 1, mail-normalisation."""
    person = Person.of(server)
    local = person.name
    wide = "".join(chr(ord(sign) + 0xFEE0) if sign.isalpha() else sign for sign in local)
    for spelling in (person.email.upper(), f" {person.email} ", f"{local}@EXAMPLE.org", f"{wide}@example.org"):
        # The same answer as for any address, and no second account; its owner is told.
        assert sign_up(server, spelling, NEW).status in (200, 400), spelling
    accounts = [user for user in server.data("user", "list") if user["email"].casefold().startswith(local)]
    assert [user["id"] for user in accounts] == [person.id]
    assert not [user for user in server.data("user", "list") if user["email"].startswith(wide)]
    assert server.try_login(person.name, NEW).status == 400


# --- invitations ---


def test_an_invitation_by_trieve_is_for_whom_it_was_mailed_to(server, liar):
    """security 1, invitation: for one address, one organization, once, and for no role above the inviter's."""
    door = PROVIDER_DOORS[0]

    def somebody(name: str) -> dict:
        return {"sub": name, "email": f"{name}@example.org", "email_verified": True}

    def arrives(name: str, query: str = "", **claims) -> tuple[int, str]:
        liar.person = {**somebody(name), **claims}
        with program() as browser:
            start = browser.get(f"{server.url}{door.start}{query}")
            if start.status_code >= 400:
                return start.status_code, ""
            answer = browser.get(browser.get(start.headers["Location"]).headers["Location"])
            return answer.status_code, browser.cookies.get("vault", "")

    def call(vault: str, method: str, path: str, body: dict | None = None):
        headers = {**JSON, "Cookie": f"vault={vault}"}
        return server.http(method, path, headers, None if body is None else compact(body))

    owner, guest, stranger = unique("owner"), unique("guest"), unique("stranger")
    _, vault = arrives(owner)
    organization = call(vault, "GET", "/api/auth/me").json()["orgs"][0]["id"]
    _, foreign_vault = arrives(stranger)
    foreign = call(foreign_vault, "GET", "/api/auth/me").json()["orgs"][0]["id"]
    body = trieve.invitation(organization, f"{guest}@example.org", f"{server.url}/api", USER)
    assert call(foreign_vault, "POST", "/api/invitation", body).status in (400, 401, 403, 404), (
        "of another organization"
    )
    assert call(vault, "POST", "/api/invitation", body).status == 204
    query = "?" + trieve.invitation_link(server, f"{guest}@example.org").split("?")[1]

    def members_of(of: str) -> dict[str, str]:
        return {member["email"]: member["role"] for member in server.data("organization", "members", of)}

    before = members_of(organization)
    code = parse_qs(query[1:])["inv_code"][0]
    for wrong in (
        query.replace(organization, foreign),
        query.replace(code, code[:-1] + ("0" if code[-1] != "0" else "1")),
        query.replace(code, "00000000-0000-0000-0000-000000000000"),
        f"?inv_code={organization}&organization_id={organization}",
    ):
        arrives(guest, wrong)
    arrives(stranger, query)
    arrives(unique(), query, email=f"{guest}@example.org", email_verified=False)
    assert members_of(organization) == before and set(members_of(foreign)) == {f"{stranger}@example.org"}
    status, guest_vault = arrives(guest, query)
    assert status in (200, 302, 303) and members_of(organization) == {**before, f"{guest}@example.org": "user"}
    # Used up, for them and for others; and a member is not the one who invites, nor raises anybody.
    arrives(unique(), query)
    another = f"{unique()}@example.org"
    for role in (USER, ADMIN, OWNER):
        invitation = trieve.invitation(organization, another, f"{server.url}/api", role)
        assert call(guest_vault, "POST", "/api/invitation", invitation).status in (400, 401, 403), role
    assert len(members_of(organization)) == 2


def test_an_administrator_invites_nobody_above_themselves(server, liar):
    """security 1, invitation: the role has a ceiling."""
    name, email = unique("Acme"), f"{unique()}@example.org"
    organization = server.data("organization", "create", "--name", name)["id"]
    user = server.create_user(email.split("@")[0], email, PASSWORD, "--email-verified")
    server.data("organization", "set-role", name, "--user", user["id"], "--role", "admin")
    liar.person = {"sub": unique(), "email": email, "email_verified": True}
    door = PROVIDER_DOORS[0]
    with program() as browser:
        assert door.lets_in(server, browser, door.way_back(server, browser))
        statuses = []
        for role in (USER, ADMIN, OWNER):
            body = trieve.invitation(organization, f"{unique('guest')}@example.org", f"{server.url}/api", role)
            statuses.append(browser.post(f"{server.url}/api/invitation", json=body).status_code)
    assert statuses[:2] == [204, 204] and statuses[2] in (400, 401, 403), statuses


def test_an_invitation_on_the_page_is_for_whom_it_names(server):
    """security 1, invitation."""
    name, person, stranger = unique("Acme"), Person.of(server), Person.of(server)
    server.data("organization", "create", "--name", name)
    link = link_for(server, name, person.email)
    code = link.split("code=")[1]
    visitor = Visitor(server)
    visitor.enter(stranger.name, stranger.password)
    assert "join" not in offers(visitor.open(link))
    assert visitor.submit(visitor.open(link), INVITATION, step="join").status_code == 403
    # Neither can they make an account for the invited one, nor name themselves.
    for fields in (
        {"step": "make", "code": code, "password": NEW},
        {"step": "join", "code": code, "email": stranger.email},
        {"step": "make", "code": code, "password": NEW, "email": f"{unique()}@example.org"},
    ):
        visitor.post(visitor.at(INVITATION), fields)
    for wrong in (code[:-1], code[1:], "", "0" * len(code)):
        fresh = Visitor(server)
        assert fresh.post(fresh.at(INVITATION), {"step": "make", "code": wrong, "password": NEW}).status_code == 400
    assert members(server, name) == {}
    assert server.try_login(person.name, NEW).status == 400


# --- the mail server ---


def test_a_mail_server_with_a_certificate_of_another_host_gets_nothing(new_server, tmp_path):
    """security 1, mail-transport: the certificate is by an authority that is believed, and names another host."""
    mailbox, tls = Mailbox(), tmp_path / "tls"
    tls.mkdir()
    controller = SecureController(mailbox, tls, free_port())
    controller.start()
    try:
        for scheme in ("smtp", "smtps"):
            address = (
                f"{scheme}://vestibule:secret@127.0.0.1:{controller.port}?tls=required&roots={controller.authority}"
            )
            if scheme == "smtps":
                address = address.replace("tls=required&", "")
            server = new_server(VESTIBULE_MAIL__SMTP_URL=address)
            forget(server)
            server.log_holding("a message did not leave", within=30)
        assert mailbox.messages == [] and mailbox.logins == []
    finally:
        controller.stop()
