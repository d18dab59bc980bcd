"""The bixarena dialect as its clients speak it. Not for assertions beyond "it worked"."""

from pathlib import Path

import jwt
import requests
from provider import Hops
from vestibule import Server

COOKIE = "JSESSIONID"
# The published client asks below /v1, the product's own service answers at the root (contracts 8.1).
BASES = ("/v1", "")
CALLBACK = "/v1/auth/oidc/callback"
AUDIENCE = "vestibule"


class Person(Hops):
    """Somebody with a cookie jar in front of one server: a program unless `Accept` says otherwise."""

    def __init__(self, server: Server, base: str = "/v1", accept: str = "*/*"):
        super().__init__(accept)
        self.server = server
        self.base = base

    def call(self, method: str, path: str, **arguments) -> requests.Response:
        return self.request(method, f"{self.server.url}{self.base}{path}", **arguments)

    def start(self, path: str = "/auth/oidc/start") -> requests.Response:
        return self.call("GET", path)

    def come_back(self, name: str, path: str = "/auth/oidc/start") -> str:
        """Begins a login and signs in at the provider; the callback's URL, which is not opened."""
        return self.sign_in(f"{self.server.url}{self.base}{path}", name, self.server.url + CALLBACK)

    def try_log_in(self, name: str, path: str = "/auth/oidc/start") -> requests.Response:
        """A whole login; the callback's answer."""
        return self.get(self.come_back(name, path))

    def log_in(self, name: str) -> "Person":
        answer = self.try_log_in(name)
        assert (answer.status_code, answer.text) == (200, '{"status":"ok"}'), answer.text
        return self

    def mint(self) -> str:
        answer = self.call("POST", "/token")
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return answer.json()["access_token"]

    def user_info(self, token: str | None = None) -> requests.Response:
        return self.call("GET", "/userinfo", headers={"Authorization": f"Bearer {token}"} if token else None)

    @property
    def cookie(self) -> str:
        return self.cookies[COOKIE]


class BackEnd:
    """A service in Python. It keeps the key set as long as PyJWT does, and fetches it anew for a key it lacks; but for
    the pause of 30 seconds that PyJWT makes between two looks, and no test waits for.
    """

    def __init__(self, server, algorithm: str = "RS256", base: str = "/v1"):
        self.server = server
        self.algorithm = algorithm
        self.keys = jwt.PyJWKClient(f"{server.url}{base}/.well-known/jwks.json", cooldown_duration=0)

    def verified(self, token: str, audience: str = AUDIENCE, issuer: str | None = None) -> dict:
        return jwt.decode(
            token,
            self.keys.get_signing_key_from_jwt(token).key,
            algorithms=[self.algorithm],
            audience=audience,
            issuer=issuer or self.server.url,
            options={"require": ["exp", "iat", "nbf", "sub", "jti"]},
        )


def log_in(server: Server, name: str, base: str = "/v1") -> Person:
    return Person(server, base).log_in(name)


def is_deployed(server: Server) -> bool:
    return server.environment.get("VESTIBULE_DIALECTS__BIXARENA__WIRE") == "deployed"


def service_client(folder: Path, name: str, secret: str) -> dict[str, str]:
    """The settings of a server that knows a service with this secret."""
    file = folder / f"{name}.secret"
    file.write_text(secret + "\n")
    file.chmod(0o600)
    entry = "VESTIBULE_DIALECTS__BIXARENA__SERVICE_CLIENTS__0__"
    return {f"{entry}ID": name, f"{entry}SECRET_FILE": str(file)}
