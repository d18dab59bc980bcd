"""What stands around an installation, and can be wrong: a reverse proxy, a mail server, a provider. Not for assertions."""

import http.client
import json
import ssl
import threading
import time
from base64 import urlsafe_b64encode
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import certificates
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography.hazmat.primitives.asymmetric import ec


@contextmanager
def serving(handler, context: ssl.SSLContext | None = None):
    """A server of this handler's on a free port, which is told."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.handle_error = lambda *_: None
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def context(folder: Path, host: str = "localhost", days=(-1, 365)) -> tuple[ssl.SSLContext, Path]:
    """TLS with a certificate for this host and time, and the authority that vouches for it."""
    authority = certificates.write_issued(folder, "a site", host, days)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return tls, authority


class Silent(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True


def proxy(to: int, tls: ssl.SSLContext | None = None, forwarded="append", cookie=lambda value: value):
    """A reverse proxy to this port, which appends, leaves out or only hands on `X-Forwarded-For`."""

    class Proxy(Silent):
        def do_GET(self):
            headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
            known = headers.pop("X-Forwarded-For", headers.pop("x-forwarded-for", None))
            if forwarded == "append":
                known = ", ".join(filter(None, [known, self.client_address[0]]))
            if forwarded != "leave out" and known:
                headers["X-Forwarded-For"] = known
            headers["X-Forwarded-Proto"] = "https" if tls else "http"
            try:
                connection = http.client.HTTPConnection("127.0.0.1", to, timeout=10)
                connection.request("GET", self.path, headers=headers)
                answer = connection.getresponse()
                body = answer.read()
            except OSError:
                return self.answer(502)
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("connection", "date", "transfer-encoding"):
                    self.send_header(name, cookie(value) if name.lower() == "set-cookie" else value)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

    return serving(Proxy, tls)


def redirector(to: str):
    """A server that leads everybody to the same path somewhere else."""

    class Redirector(Silent):
        def do_GET(self):
            self.answer(301, Location=to + self.path)

    return serving(Redirector)


class Provider:
    """As much of an OpenID Connect provider as shows without a login. Everything in it can be set wrong."""

    CLIENT_ID, CLIENT_SECRET = "vestibule", "the provider's secret"

    def __init__(self):
        self.issuer = ""
        self.described: dict = {}
        self.ahead = 0
        self.knows_client = True
        self.redirect_uris: set[str] | None = None
        numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
        x, y = (urlsafe_b64encode(n.to_bytes(32, "big")).rstrip(b"=").decode() for n in (numbers.x, numbers.y))
        self.keys = {"keys": [{"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "1", "x": x, "y": y}]}

    @contextmanager
    def running(self):
        provider = self

        class Handler(Silent):
            def date_time_string(self, timestamp=None):
                return super().date_time_string((timestamp or time.time()) + provider.ahead)

            def tell(self, value, status=200):
                self.answer(status, json.dumps(value).encode(), Content_Type="application/json")

            def do_GET(self):
                url = urlsplit(self.path)
                if url.path == "/.well-known/openid-configuration":
                    return self.tell(provider.description())
                if url.path == "/jwks":
                    return self.tell(provider.keys)
                uri = parse_qs(url.query).get("redirect_uri", [""])[0]
                if provider.redirect_uris is not None and uri not in provider.redirect_uris:
                    return self.answer(400, b"<p>The redirect_uri is not registered.</p>", Content_Type="text/html")
                assert parse_qs(url.query)["prompt"] == ["none"], "nobody is shown a page"
                self.answer(302, Location=f"{uri}?error=login_required&state=x")

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                error = "invalid_grant" if provider.knows_client else "invalid_client"
                self.tell({"error": error}, 400 if provider.knows_client else 401)

        with serving(Handler) as port:
            self.issuer = f"http://127.0.0.1:{port}"
            yield self

    def description(self) -> dict:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["ES256"],
            **self.described,
        }

    def environment(self, **more: str) -> dict[str, str]:
        settings = {
            "id": "acme",
            "issuer": self.issuer,
            "client_id": self.CLIENT_ID,
            "client_secret": self.CLIENT_SECRET,
            "allow_private_addresses": "true",
            **more,
        }
        return {f"VESTIBULE_PROVIDERS__0__{key.upper()}": value for key, value in settings.items()}


class Post:
    """A mail server, and what it was told. It answers senders, recipients and logins as it is set to."""

    LOGIN, SECRET = "vestibule", "the mail secret"

    def __init__(self):
        self.sender, self.recipient, self.takes_login = "250 OK", "250 OK", True
        self.messages: list[bytes] = []

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.sender.startswith("250"):
            envelope.mail_from = address
        return self.sender

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, server, session, envelope):
        self.messages.append(envelope.content)
        return "250 OK"

    def authenticate(self, server, session, envelope, mechanism, data):
        return AuthResult(success=self.takes_login)

    @contextmanager
    def running(self, port: int, tls: ssl.SSLContext | None = None, from_the_start: bool = False):
        """With TLS it takes logins only behind STARTTLS, or encrypts from the first byte."""
        post, starttls = self, tls and not from_the_start

        class Door(Controller):
            def factory(self):
                more = {"tls_context": tls, "require_starttls": True, "auth_required": True} if starttls else {}
                return SMTP(post, hostname="localhost", authenticator=post.authenticate, **more)

        door = Door(self, hostname="127.0.0.1", port=port, ssl_context=tls if from_the_start else None)
        door.start()
        try:
            yield self
        finally:
            door.stop()
