"""The first run: a link in the log of a start on an empty database, the page it leads to, and the one administrator that
comes of it."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from test_pages import DESK, KINDS, PHONE, assert_in_order, look
from vestibule import PASSWORD, Server

LINK = re.compile(r"\blink=(\S+)")


def link_in(server: Server) -> str:
    """The last link that the log shows; one a start."""
    return LINK.findall(server.log_holding("/setup#"))[-1]


def code_of(link: str) -> str:
    page, code = link.split("#")
    assert page.endswith("/setup") and re.fullmatch("[0-9a-f]{44}", code), link
    return code


class Page:
    """The page in a browser without scripts, which takes cookies and sends forms."""

    def __init__(self, server: Server):
        self.url = f"{server.url}/setup"
        self.session = requests.Session()
        self.session.trust_env = False
        opened = self.session.get(self.url, timeout=30)
        assert opened.status_code == 200, opened.text
        self.form_token = re.search(r'name="form_token" value="([^"]+)"', opened.text)[1]

    def send(self, code: str, username: str = "ann", **more: str) -> requests.Response:
        fields = {"form_token": self.form_token, "code": code, "username": username, "password": PASSWORD, **more}
        return self.session.post(self.url, data=fields, timeout=60)


def administrators(server: Server) -> list[str]:
    users = server.data("user", "list")
    assert [user["role"] for user in users] == ["admin"] * len(users), users
    return [user["username"] for user in users]


def test_the_link_in_the_log_makes_the_first_administrator(new_server):
    server = new_server()
    link = link_in(server)
    assert link.startswith(f"{server.url}/setup#")
    page, late = Page(server), Page(server)
    made = page.send(code_of(link), email="ann@example.org", name="Ann Lee")
    assert made.status_code == 200 and "You are the administrator" in made.text, made.text
    assert administrators(server) == ["ann"]
    assert server.try_login("ann").status == 200
    # Dead at its first use, whoever comes with it.
    assert late.send(code_of(link), "bob").status_code == 410
    assert server.get("/setup").status_code == 410
    server.stop()
    server.start()
    assert server.log.count("/setup#") == 1, "a start that finds a user shows no link"
    assert administrators(server) == ["ann"]


def test_nothing_but_the_one_line_shows_the_code(new_server):
    server = new_server(VESTIBULE_LOG__LEVEL="trace")
    code = code_of(link_in(server))
    page = Page(server)
    page.send(code, username="not a name")
    last = page.send(code)
    server.log_holding(last.headers["x-request-id"])
    server.stop()
    assert server.log.count(code) == 1
    assert PASSWORD not in server.log


def test_a_start_that_finds_nobody_shows_another_link(new_server):
    server = new_server()
    first = link_in(server)
    server.stop()
    server.start()
    second = link_in(server)
    assert first != second
    # Both are good for an hour from their start: nothing is kept of either.
    page = Page(server)
    assert page.send(code_of(first)).status_code == 200
    assert page.send(code_of(second), "bob").status_code == 410


def test_a_user_who_was_made_otherwise_makes_the_link_dead(new_server):
    server = new_server()
    link = link_in(server)
    page = Page(server)
    bob = server.create_user("bob")
    assert page.send(code_of(link)).status_code == 410
    # Also when that one is gone: this is no fresh installation any more.
    server.done("user", "delete", bob["id"], "--yes")
    assert page.send(code_of(link)).status_code == 410
    server.stop()
    server.start()
    assert server.log.count("/setup#") == 1
    assert server.data("user", "list") == []


def test_who_makes_the_first_user_by_the_command_is_shown_no_link(new_server):
    server = new_server(start=False)
    server.create_user("ann", None, PASSWORD, "--role", "admin")
    server.start()
    assert server.get("/setup").status_code == 410
    server.stop()
    assert "/setup#" not in server.log and server.data("user", "list")[0]["role"] == "admin"


def test_a_code_of_another_installation_is_not_good(new_server):
    server, other = new_server(), new_server()
    refused = Page(server).send(code_of(link_in(other)))
    assert refused.status_code == 400 and "This code is not good." in refused.text
    assert server.data("user", "list") == []


def test_of_twenty_at_once_at_two_processes_one_makes_an_administrator(new_server):
    one = new_server()
    other = new_server(beside=one)
    codes = [code_of(link_in(one)), code_of(link_in(other))]
    pages = [Page(server) for server in (one, other) for _ in range(10)]
    with ThreadPoolExecutor(len(pages)) as pool:
        sending = [pool.submit(page.send, codes[n % 2], f"user-{n}") for n, page in enumerate(pages)]
        answers = [answer.result() for answer in sending]
    made = [n for n, answer in enumerate(answers) if answer.status_code == 200]
    assert sorted(answer.status_code for answer in answers) == [200] + [410] * 19
    assert administrators(one) == [f"user-{made[0]}"]


@pytest.mark.parametrize("level", ["trace", "info", "warn", "error"])
@pytest.mark.parametrize("log_format", ["text", "json"])
def test_the_link_is_shown_in_both_forms_of_the_log_down_to_warnings(new_server, log_format, level):
    server = new_server(VESTIBULE_LOG__FORMAT=log_format, VESTIBULE_LOG__LEVEL=level)
    if level == "error":
        server.stop()
        assert server.log == ""
        return
    log = server.log_holding("/setup#")
    if log_format == "json":
        (line,) = [line for line in map(json.loads, log.splitlines()) if "link" in line]
        link, command = line["link"], line["command"]
    else:
        (line,) = [line for line in log.splitlines() if "link=" in line]
        link, command = LINK.search(line)[1], line
    assert link.startswith(f"{server.url}/setup#") and code_of(link)
    assert "user create" in command and "--role admin" in command


def fill(username: str, password: str = PASSWORD) -> list[dict]:
    """Types into the fields that must be filled in."""
    return [
        {"click": "#username"},
        {"press": ["Control+a", {"type": username}]},
        {"click": "#password"},
        {"press": [{"type": password}]},
    ]


def test_a_browser_takes_the_code_out_of_the_address(new_server, chromium):
    server = new_server()
    link = link_in(server)
    visit = {
        **DESK,
        "scheme": "light",
        "javascript": True,
        "steps": [
            {"open": link},
            {"look": "setup"},
            {"unguarded": True},
            *fill("ann", "short"),
            {"submit": "Enter"},
            {"look": "setup-too-short"},
            *fill("ann"),
            {"submit": "Enter"},
            {"look": "setup-made"},
            # Where the page stands already, its link would load nothing.
            {"open": f"{server.url}/"},
            {"open": link},
            {"look": "setup-done"},
        ],
    }
    opened, short, made, done = look(chromium, [visit])
    assert opened["url"] == f"{server.url}/setup", "no history and no bookmark keeps the code"
    assert_in_order(opened, server.url)
    assert_in_order(short, server.url, 400)
    assert "This password is too short." in short["text"]
    assert_in_order(made, server.url)
    assert "You are the administrator" in made["text"]
    assert_in_order(done, server.url, 410)
    assert "This server is set up" in done["text"]
    assert administrators(server) == ["ann"]


def test_a_link_that_is_opened_where_the_page_stands_is_taken_too(new_server, chromium):
    server = new_server()
    link = link_in(server)
    visit = {
        **DESK,
        "scheme": "light",
        "javascript": True,
        # A link within a page loads nothing anew.
        "steps": [{"open": f"{server.url}/setup"}, {"open": link}, *fill("ann"), {"submit": "Enter"}, {"look": "setup-made"}],
    }
    (made,) = look(chromium, [visit])
    assert made["status"] == 200 and administrators(server) == ["ann"]


def test_a_browser_without_scripts_has_the_code_pasted(new_server, chromium):
    server = new_server()
    link = link_in(server)
    visit = {
        **PHONE,
        "scheme": "dark",
        "javascript": False,
        "steps": [
            {"open": link},
            {"click": "#code"},
            {"press": [{"type": code_of(link)}]},
            *fill("ann"),
            {"submit": "Enter"},
            {"look": "setup-made"},
        ],
    }
    (made,) = look(chromium, [visit])
    assert_in_order(made, server.url)
    assert administrators(server) == ["ann"]


def test_the_page_is_in_order_in_every_browser(new_server, chromium):
    """And says the same with and without scripts, in either language."""
    server = new_server()
    visits = [
        {**kind, "steps": [{"open": f"{server.url}/setup{query}"}, {"look": f"setup{name}"}]}
        for name, query in (("", ""), ("-german", "?lang=de"))
        for kind in KINDS
    ]
    seen = look(chromium, visits)
    for one in seen:
        assert_in_order(one, server.url)
    assert len({one["text"] for one in seen}) == 2
