"""Signing in at Trieve's door in a real browser, and inviting somebody: redirects, cookies and policies as people meet them.

The front end is a site of its own, on another port: its page calls Vestibule with the browser's cookies.
"""

import json

import pytest
from trieve import COOKIE, LOGIN, ME, invitation, invitation_link
from vestibule import unique


@pytest.fixture
def server(new_server, provider, site):
    return new_server(
        VESTIBULE_RETURN_URLS=site,
        VESTIBULE_DIALECTS__TRIEVE__ALLOWED_ORIGINS=site,
        **provider.environment(),
    )


def call(server, path: str, method: str = "GET", json=None) -> dict:
    return {"fetch": {"path": server.url + path, "method": method, "json": json}}


def begin(server, place: str) -> dict:
    return {"open": f"{server.url}{LOGIN}?redirect_uri={place}"}


def test_two_people_come_to_one_organization(server, site, provider, browser):
    owner, guest = unique(), unique("guest")
    keys = "/api/user/api_key"
    told = browser(
        begin(server, f"{site}/in"),
        {"sign_in": owner},
        call(server, ME),
        call(server, keys, "POST", {"name": "k", "role": 1}),
        call(server, keys),
    )
    asked, arrived, who, made, listed = told["seen"]
    assert asked["url"].startswith(f"{provider.issuer}/interaction/")
    assert (arrived["url"], arrived["text"]) == (f"{site}/in?new_user=true", "A front end")
    assert who["status"] == 200 and json.loads(who["text"])["email"] == f"{owner}@example.org"
    key = json.loads(made["text"])["api_key"]
    assert key.startswith("tr-") and listed["status"] == 200 and key not in listed["text"]
    (cookie,) = [cookie for cookie in told["cookies"] if cookie["name"] == COOKIE]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/")
    assert not [complaint for complaint in told["complaints"] if "Security Policy" in complaint], told["complaints"]

    # The owner invites; the guest follows the link in the message, and both belong to the organization.
    organization = json.loads(who["text"])["orgs"][0]["id"]
    body = invitation(organization, f"{guest}@example.org", f"{server.url}/api") | {"redirect_uri": f"{site}/welcome"}
    told = browser(begin(server, site), {"sign_in": owner}, call(server, "/api/invitation", "POST", body))
    assert told["seen"][-1]["status"] == 204, told["seen"][-1]
    link = {"open": invitation_link(server, f"{guest}@example.org")}
    _, arrived, joined = browser(link, {"sign_in": guest}, call(server, ME))["seen"]
    assert arrived["url"] == f"{site}/welcome"
    (membership,) = json.loads(joined["text"])["user_orgs"]
    assert (membership["organization_id"], membership["role"]) == (organization, 0)

    # And out again.
    told = browser(begin(server, site), {"sign_in": guest}, call(server, LOGIN, "DELETE"), call(server, ME))
    assert [step["status"] for step in told["seen"][-2:]] == [204, 400]
    assert COOKIE not in [cookie["name"] for cookie in told["cookies"]]
