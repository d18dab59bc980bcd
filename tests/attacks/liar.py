"""An OpenID Connect provider that lies: its answers are made by the test. It knows one person at a time and asks nobody.

Not for assertions, and not a provider to take an example from: `examples/provider` is one.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from provider import CLIENT_ID, CLIENT_SECRET, ID

_KEYS = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]
KEY, OTHER_KEY = _KEYS


def public_jwk(key=KEY, kid: str = "one") -> dict:
    return {
        **json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())),
        "kid": kid,
        "use": "sig",
        "alg": "RS256",
    }


class Liar:
    """`person` are the claims of whoever signs in; `sign(claims)` makes the ID token, `claim(claims)` changes its claims
    before, `describe(description)` the discovery document, `answer` replaces the answer to a path by (status, headers)."""

    def __init__(self):
        self.person: dict = {}
        self.asked: list[str] = []
        self.answer: dict[str, tuple[int, dict]] = {}
        self.callback: dict = {}
        self.issuer = ""
        self.honest()
        self._codes: dict[str, dict] = {}
        handler = type("Handler", (_Handler,), {"liar": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def honest(self) -> None:
        self.claim = lambda claims: claims
        self.sign = lambda claims: jwt.encode(claims, KEY, "RS256", headers={"kid": "one"})
        self.describe = lambda description: description
        self.callback, self.answer = {}, {}

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def environment(self, number: int = 0, **more: str) -> dict[str, str]:
        """The settings of a server that takes logins from it."""
        return self.settings(self.issuer, number, **more)

    @staticmethod
    def settings(issuer: str, number: int = 0, **more: str) -> dict[str, str]:
        settings = {
            "id": ID,
            "name": "Liar",
            "issuer": issuer,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "allow_private_addresses": "true",
            **more,
        }
        return {f"VESTIBULE_PROVIDERS__{number}__{key.upper()}": value for key, value in settings.items()}

    # --- what it is asked ------------------------------------------------------------------------------------------

    def description(self) -> dict:
        return self.describe(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    def authorize(self, query: dict) -> str:
        """Where the browser is sent back to, signed in as the person."""
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        return query["redirect_uri"] + "?" + urlencode({"code": code, "state": query["state"], **self.callback})

    def token(self, form: dict) -> tuple[int, dict]:
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None:
            return 400, {"error": "invalid_grant"}
        # RFC 9700 section 4.8.2: a verifier where no challenge was sent is refused, and so is the reverse.
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        expected = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked.get("code_challenge_method") != "S256" or asked.get("code_challenge") != expected:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, **self.person}
        if "nonce" in asked:
            claims["nonce"] = asked["nonce"]
        id_token = self.sign(self.claim(claims))
        return 200, {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": id_token,
        }


class _Handler(BaseHTTPRequestHandler):
    liar: Liar
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def say(self, status: int, body: dict, headers: dict | None = None) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _told_otherwise(self, path: str) -> bool:
        self.liar.asked.append(path)
        if path in self.liar.answer:
            status, headers = self.liar.answer[path]
            self.say(status, {}, headers)
        return path in self.liar.answer

    def do_GET(self):
        path, query = urlsplit(self.path).path, urlsplit(self.path).query
        if self._told_otherwise(path):
            return
        if path == "/.well-known/openid-configuration":
            self.say(200, self.liar.description())
        elif path == "/jwks":
            self.say(200, {"keys": [public_jwk()]})
        elif path == "/authorize":
            asked = {name: values[0] for name, values in parse_qs(query).items()}
            self.say(302, {}, {"Location": self.liar.authorize(asked)})
        elif path == "/userinfo":
            self.say(200, self.liar.person)
        else:
            self.say(404, {})

    def do_POST(self):
        form = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        path = urlsplit(self.path).path
        if self._told_otherwise(path):
            return
        if path == "/token":
            self.say(*self.liar.token({name: values[0] for name, values in parse_qs(form).items()}))
        else:
            self.say(404, {})
