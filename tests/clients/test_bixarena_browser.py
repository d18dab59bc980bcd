"""Signing in with a provider in a real browser: redirects, cookies and policies as people meet them.

The site that they come from is one of its own, on another port: its page calls Vestibule with the browser's cookies, as
the product's does.
"""

import pytest
from bixarena import COOKIE
from provider import EXAMPLES
from vestibule import unique


@pytest.fixture
def server(new_server, provider, site):
    return new_server(
        VESTIBULE_RETURN_URLS=site,
        VESTIBULE_DIALECTS__BIXARENA__UI_URL=site,
        VESTIBULE_DIALECTS__BIXARENA__ALLOWED_ORIGINS=site,
        VESTIBULE_DIALECTS__SYNTHO__ALLOWED_ORIGINS=site,
        **provider.environment(),
    )


def assert_no_policy_stood_in_the_way(told: dict) -> None:
    """The provider's form leads across three origins in one go."""
    assert not [complaint for complaint in told["complaints"] if "Security Policy" in complaint], told["complaints"]


def test_the_sample_configuration_is_that_of_the_sample_provider(new_server, provider):
    """What newcomers start, with other ports and a folder of its own."""
    server = new_server(start=False, VESTIBULE_PROVIDERS__0__ISSUER=provider.issuer)
    (server.folder / "vestibule.toml").write_text((EXAMPLES / "vestibule-with-provider.toml").read_text())
    server.start()
    page = server.get("/v1/auth/oidc/start")
    assert page.url.startswith(provider.issuer) and 'id="login"' in page.text


def test_a_person_signs_in_and_out_again(server, provider, site, browser):
    name = unique()
    arena = f"{server.url}/v1"
    told = browser(
        {"open": f"{arena}/auth/login?return_to=/battle"},
        {"sign_in": name},
        {"fetch": {"path": f"{arena}/token", "method": "POST"}},
        {"fetch": {"path": f"{arena}/userinfo"}},
        {"fetch": {"path": f"{arena}/auth/logout", "method": "POST"}},
        {"fetch": {"path": f"{arena}/userinfo"}},
    )
    asked, arrived, token, me, left, gone = told["seen"]
    assert asked["url"].startswith(f"{provider.issuer}/interaction/")
    assert (arrived["url"], arrived["text"]) == (f"{site}/battle", "A front end")
    assert token["status"] == 200 and '"token_type":"Bearer"' in token["text"]
    assert me["status"] == 200 and f'"preferred_username":"{name}"' in me["text"]
    assert left["status"] == 204 and gone["status"] == 401
    assert COOKIE not in [cookie["name"] for cookie in told["cookies"]]
    assert_no_policy_stood_in_the_way(told)
    callbacks = [url for _, _, url in told["hops"] if url.startswith(f"{arena}/auth/oidc/callback?")]
    assert len(callbacks) == 1, told["hops"]


def test_the_cookie_is_out_of_reach_for_scripts_and_gone_with_the_browser(server, browser):
    told = browser({"open": f"{server.url}/auth/oidc/start"}, {"sign_in": unique()})
    (cookie,) = [cookie for cookie in told["cookies"] if cookie["name"] == COOKIE]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/")
    assert (cookie["domain"], cookie["expires"]) == ("127.0.0.1", -1)


def test_a_person_signs_in_at_syntho_and_comes_back_without_being_asked(server, site, browser):
    name = unique()
    begin, me = f"{server.url}/api/v1/oidc/authenticate/?next={site}/data", f"{server.url}/api/v1/users/me/"
    told = browser(
        {"open": begin},
        {"sign_in": name},
        {"fetch": {"path": me}},
        {"fetch": {"path": f"{server.url}/api/v1/auth/", "method": "DELETE"}},
        {"fetch": {"path": me}},
        # The provider still knows this browser.
        {"open": begin},
        {"fetch": {"path": me}},
    )
    _, arrived, who, left, gone, returned, again = told["seen"]
    assert arrived["url"] == returned["url"] == f"{site}/data"
    assert who["status"] == again["status"] == 200 and f"{name}@example.org" in who["text"]
    assert left["status"] == 200 and gone["status"] == 401
    assert_no_policy_stood_in_the_way(told)
