"""The sample provider of `examples/provider` as a process, and a browser without scripts that walks through its pages.

`Hops` is that browser: it follows no redirect by itself, so that a test can look at each answer on the way. Not for
assertions about a dialect: those stand in the test modules.
"""

import base64
import hashlib
import html.parser
import json
import secrets
import subprocess
import time
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import requests

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
ID = "sample"
CLIENT_ID = "vestibule"
CLIENT_SECRET = "vestibule-sample-secret"
READY_WITHIN = 60.0
# No login needs more answers than this one after the other.
MOST_HOPS = 20


class Provider:
    """The sample provider on a free port. Keyword arguments are settings (examples/provider/README.md)."""

    def __init__(self, folder: Path, **settings):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.settings = settings
        self.process: subprocess.Popen | None = None
        self.issuer = ""
        self._out = folder / "provider.stdout"
        self._err = folder / "provider.stderr"

    def start(self, port: int = 0) -> "Provider":
        file = self.folder / "provider.json"
        file.write_text(json.dumps({"port": port, **self.settings}))
        self._out.unlink(missing_ok=True)
        with open(self._out, "ab") as out, open(self._err, "ab") as err:
            self.process = subprocess.Popen(
                [EXAMPLES / "provider" / "start", "--config", file],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
        deadline = time.monotonic() + READY_WITHIN
        while not (written := self._out.read_text()).endswith("\n"):
            code = self.process.poll()
            assert code is None, f"the provider ended with {code}:\n{self._err.read_text()}"
            if time.monotonic() > deadline:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"no provider within {READY_WITHIN:.0f} s:\n{self._err.read_text()}")
            time.sleep(0.02)
        self.issuer = json.loads(written.splitlines()[0])["issuer"]
        return self

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            code = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the provider did not stop") from None
        assert code == 0, f"the provider ended with {code}:\n{self._err.read_text()}"

    def discovery(self) -> dict:
        with Hops() as hops:
            return hops.get(f"{self.issuer}/.well-known/openid-configuration").json()

    def environment(self, number: int = 0, **more: str) -> dict[str, str]:
        """The settings of a Vestibule that knows this provider, as its entry of that number in `[[providers]]`."""
        settings = {
            "id": ID,
            "name": "Sample",
            "issuer": self.issuer,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "allow_private_addresses": "true",
            **more,
        }
        return {f"VESTIBULE_PROVIDERS__{number}__{key.upper()}": value for key, value in settings.items()}

    def tokens(self, name: str, client_id: str = CLIENT_ID, client_secret: str = CLIENT_SECRET, **more) -> dict:
        """What a client that signs somebody in gets: `access_token`, `id_token` and the rest of the token answer.

        The redirect URI is one of a Vestibule's that nobody listens at: the browser is stopped before it.
        """
        redirect_uri = more.pop("redirect_uri", "http://127.0.0.1:1/login/callback")
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid profile email",
            "state": secrets.token_hex(8),
            "nonce": secrets.token_hex(8),
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **more,
        }
        endpoints = self.discovery()
        with Hops() as hops:
            back = hops.sign_in(f"{endpoints['authorization_endpoint']}?{urlencode(query)}", name, redirect_uri)
            answer = hops.post(
                endpoints["token_endpoint"],
                {
                    "grant_type": "authorization_code",
                    "code": parameters(back)["code"],
                    "redirect_uri": redirect_uri,
                    "code_verifier": verifier,
                },
                auth=(client_id, client_secret),
            )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def access_token(self, name: str, **more) -> str:
        return self.tokens(name, **more)["access_token"]

    def revoke(self, token: str) -> None:
        with Hops() as hops:
            answer = hops.post(
                self.discovery()["revocation_endpoint"], {"token": token}, auth=(CLIENT_ID, CLIENT_SECRET)
            )
        assert answer.status_code == 200, answer.text


def parameters(url: str) -> dict[str, str]:
    """The query of a URL; a parameter that stands twice is a failure."""
    found = parse_qs(urlsplit(url).query, keep_blank_values=True)
    assert all(len(values) == 1 for values in found.values()), url
    return {name: values[0] for name, values in found.items()}


class Forms(html.parser.HTMLParser):
    """The forms of a page, each as its attributes and the fields it sends by itself."""

    def __init__(self, page: str):
        super().__init__()
        self.forms: list[tuple[dict, dict]] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.forms.append((attributes, {}))
        elif tag == "input" and self.forms and attributes.get("name"):
            self.forms[-1][1][attributes["name"]] = attributes.get("value", "")

    def of(self, name: str) -> tuple[dict, dict] | None:
        return next((form for form in self.forms if form[0].get("id") == name), None)


class Hops(requests.Session):
    """A browser with a cookie jar that follows nothing by itself and ignores the environment's proxies.

    Like a real one it keeps one jar for all ports of a host.
    """

    def __init__(self, accept: str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"):
        super().__init__()
        self.trust_env = False
        self.headers["Accept"] = accept

    def request(self, method, url, **arguments):
        return super().request(method, url, **{"timeout": 30, **arguments, "allow_redirects": False})

    def walk(self, url: str, *stops: str, name: str | None = None) -> list[requests.Response]:
        """Every answer on the way from a URL on: redirects are followed, the provider's login is filled in with the
        name and its consent is given. It ends with an answer that leads nowhere, or before a URL below a stop, which
        is then the last answer's `Location`.
        """
        answers = [self.get(url)]
        while len(answers) < MOST_HOPS:
            last = answers[-1]
            if location := last.headers.get("Location"):
                target = urljoin(last.url, location)
                if target.startswith(stops):
                    return answers
                answers.append(self.get(target))
                continue
            forms = Forms(last.text) if last.headers.get("Content-Type", "").startswith("text/html") else None
            if name and forms and (form := forms.of("login")) and last.status_code == 200:
                answers.append(self.post(urljoin(last.url, form[0]["action"]), {**form[1], "login": name}))
            elif name and forms and (form := forms.of("consent")):
                answers.append(self.post(urljoin(last.url, form[0]["action"]), form[1]))
            else:
                return answers
        raise AssertionError([(answer.status_code, answer.url) for answer in answers])

    def sign_in(self, url: str, name: str, *stops: str) -> str:
        """Walks until the browser would go below a stop; where to."""
        last = self.walk(url, *stops, name=name)[-1]
        target = urljoin(last.url, last.headers.get("Location", ""))
        assert target.startswith(stops), (last.status_code, last.url, last.text)
        return target

    def cancel(self, url: str, *stops: str) -> str:
        """As `sign_in`, for somebody who presses Cancel at the provider."""
        page = self.walk(url)[-1]
        assert 'id="cancel"' in page.text, page.text
        last = self.walk(page.url + "/cancel", *stops)[-1]
        return urljoin(last.url, last.headers["Location"])
