"""The story of somebody who has just started the binary: the first administrator in the browser, out and in again, a
session by curl that appears and is ended on the account page, and two doors that know no passwords, with no provider.
"""

import pytest
from doors import Person
from test_account_page import curl, press, reach, sign_in
from test_first_run import link_in
from test_pages import DESK, assert_in_order, look
from vestibule import PASSWORD

pytestmark = pytest.mark.sqlite

DAY = {**DESK, "scheme": "light", "javascript": True}


def test_a_newcomer_tries_everything_with_nothing_else_running(new_server, chromium):
    server = new_server()
    person = Person("", 1, "ann", "ann@example.org", PASSWORD)
    first = {
        **DAY,
        "steps": [
            {"open": link_in(server)},
            *reach("#username", {"type": person.name}),
            *reach("#email", {"type": person.email}),
            *reach("#password", {"type": person.password}),
            {"submit": "Enter"},
            *press("main a.button"),
            *reach("#identifier", {"type": person.name}),
            *reach("#password", {"type": person.password}),
            {"submit": "Enter"},
            {"look": "newcomer-account"},
            *press("a[href='/logout']"),
            *press("main button"),
            {"look": "newcomer-out"},
        ],
    }
    account, out = look(chromium, [first])
    assert_in_order(account, server.url)
    assert "Administrator" in account["text"] and account["text"].count("This one") == 1
    assert "You are signed out" in out["text"]

    token = curl(server, person)
    second = {
        **DAY,
        "steps": [
            *sign_in(server, person, "/account"),
            {"look": "newcomer-with-curl"},
            *press("button[aria-label^='End: \u2068curl']"),
            {"look": "newcomer-ended"},
            {"open": f"{server.url}/api/auth?redirect_uri=/api/auth/me"},
            *reach("main button"),
            {"submit": "Enter"},
            {"wait": "pre"},
            {"look": "newcomer-trieve"},
            {"open": f"{server.url}/auth/oidc/start"},
            *reach("main button"),
            {"submit": "Enter"},
            {"wait": ".doors"},
            {"look": "newcomer-bixarena"},
            {"open": f"{server.url}/userinfo"},
            {"look": "newcomer-userinfo"},
        ],
    }
    assert server.who(token).status == 200
    seen, ended, trieve, bixarena, userinfo = look(chromium, [second])
    assert "Papermerge" in seen["text"] and "curl\n" in seen["text"], seen["text"]
    assert "curl\n" not in ended["text"] and server.who(token).status == 401
    assert trieve["url"] == f"{server.url}/api/auth/me" and person.email in trieve["text"]
    assert bixarena["url"] == f"{server.url}/" and '"sub"' in userinfo["text"], userinfo["text"]
