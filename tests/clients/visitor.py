"""A browser without scripts in front of Vestibule's own pages. Not for assertions beyond "it led there"."""

import html
import re
from urllib.parse import urljoin, urlsplit

import requests
from provider import MOST_HOPS, Forms, Hops
from vestibule import Server

REFRESH = re.compile(r'<meta http-equiv="refresh" content="0; url=([^"]*)">')


class Visitor(Hops):
    """Somebody with a cookie jar of their own."""

    def __init__(self, server: Server):
        super().__init__()
        self.server = server

    def at(self, path: str) -> str:
        return urljoin(self.server.url, path)

    def open(self, path: str, *stops: str) -> requests.Response:
        """The page that an address leads to."""
        return self.follow(self.get(self.at(path)), *stops)

    def next(self, answer: requests.Response) -> str | None:
        """Where an answer leads a browser by itself: a redirect, or a page that refreshes."""
        if location := answer.headers.get("Location"):
            return urljoin(answer.url, location)
        is_page = answer.headers.get("Content-Type", "").startswith("text/html")
        found = REFRESH.search(answer.text) if is_page else None
        return urljoin(answer.url, html.unescape(found[1])) if found else None

    def follow(self, answer: requests.Response, *stops: str) -> requests.Response:
        """The first answer on the way that leads nowhere, or beyond this server, or below one of the stops."""
        for _ in range(MOST_HOPS):
            target = self.next(answer)
            if target is None or not target.startswith(self.server.url) or stops and target.startswith(stops):
                return answer
            answer = self.get(target)
        raise AssertionError(f"led on and on: {answer.url}")

    def submit(self, page: requests.Response, action: str, **fields: str) -> requests.Response:
        """Sends the form of a page that goes to this path."""
        forms = Forms(page.text).forms
        found = [sent for attributes, sent in forms if attributes.get("action", urlsplit(page.url).path) == action]
        assert found, (action, forms, page.text)
        return self.post(self.at(action), {**found[0], **fields})

    def fill_in(self, page: requests.Response, name: str, password: str) -> requests.Response:
        """Sends the sign-in form of a page; its answer."""
        return self.submit(page, "/login", identifier=name, password=password)

    def enter(self, name: str, password: str, path: str = "/login") -> requests.Response:
        """The answer that a whole login at our own page leads to."""
        return self.follow(self.fill_in(self.open(path), name, password))

    def sign_in_at(self, leaving: requests.Response, name: str) -> str:
        """Goes on to the provider that a page leads to and signs in there; the URL that leads back, which is not opened."""
        return self.sign_in(self.next(leaving), name, self.at("/login/callback"))
