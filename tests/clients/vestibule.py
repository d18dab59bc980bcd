"""One Vestibule server as a test sees it: a process, its folder, its log, its command line and its wire.

Not for assertions about a dialect: those stand in the test modules.
"""

import http.client
import json
import os
import random
import signal
import socket
import ssl
import subprocess
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import requests

# A hash costs next to nothing, so that hundreds of logins fit into the run. Never for production.
CHEAP_HASHES = {
    "VESTIBULE_PASSWORD__MEMORY_KIB": "64",
    "VESTIBULE_PASSWORD__ITERATIONS": "1",
    "VESTIBULE_PASSWORD__PARALLELISM": "1",
}
PASSWORD = "correct horse battery"
READY_WITHIN = 30.0
STOPPED_WITHIN = 20.0
# The engine under every server here: "sqlite" or "postgres".
ENGINE = os.environ.get("CLIENT_TESTS_ENGINE", "sqlite")
_databases: dict[str, str] = {}


@dataclass
class Answer:
    """A response as it came over the wire; header names are in lower case, in the order received."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        values = [value for key, value in self.headers if key == name.lower()]
        assert len(values) <= 1, f"{name} came {len(values)} times: {values}"
        return values[0] if values else None

    def json(self):
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


def free_port() -> int:
    """A port below the range that outgoing connections take theirs from, so that none of those can grab it."""
    for _ in range(200):
        port = random.SystemRandom().randrange(12_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no free port")


def unique(prefix: str = "user") -> str:
    """A username that no other test has: servers are shared."""
    return f"{prefix}-{uuid.uuid4().hex[:12]}"


def compact(value) -> bytes:
    """JSON as the clients send it: no blanks, UTF-8."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def database_for(data_dir: str) -> str:
    """The URL of the PostgreSQL database that goes with a data folder, made when it is asked for first."""
    if data_dir not in _databases:
        script = Path(__file__).parent.parent / "postgres"
        made = subprocess.run([script, "create", str(os.getpid())], capture_output=True, text=True, timeout=120)
        assert made.returncode == 0, made.stderr
        _databases[data_dir] = made.stdout.strip()
    return _databases[data_dir]


class Server:
    """`vestibule serve` in a folder of its own. Keyword arguments are environment variables by their full names."""

    def __init__(self, binary: Path, folder: Path, **environment: str):
        folder.mkdir(parents=True, exist_ok=True)
        self.binary = binary
        self.folder = folder
        self.port = free_port()
        self.data_dir = folder / "data"
        self.process: subprocess.Popen | None = None
        self.scheme = "https" if environment.get("VESTIBULE_TLS__CERTIFICATE_FILE") else "http"
        self.environment = {
            "VESTIBULE_LISTEN": f"127.0.0.1:{self.port}",
            "VESTIBULE_PUBLIC_URL": f"{self.scheme}://127.0.0.1:{self.port}",
            "VESTIBULE_DATA_DIR": str(self.data_dir),
            **CHEAP_HASHES,
            **environment,
        }
        if ENGINE == "postgres":
            url = database_for(self.environment["VESTIBULE_DATA_DIR"])
            self.environment.setdefault("VESTIBULE_DATABASE__URL", url)
        # Several processes may share the folder.
        self._out = folder / f"serve-{self.port}.stdout"
        self._err = folder / f"serve-{self.port}.stderr"
        # Each thread keeps a connection of its own.
        self._kept = threading.local()

    # --- the process -------------------------------------------------------------------------------------------

    def another(self) -> "Server":
        """One more process of the same house, not started: the same data and public URL, a port of its own."""
        environment = {name: value for name, value in self.environment.items() if name != "VESTIBULE_LISTEN"}
        other = Server(self.binary, self.folder, **environment)
        other.data_dir = self.data_dir
        return other

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        """SQLite's file."""
        assert ENGINE == "sqlite", "mark this test with `sqlite`"
        return self.data_dir / "vestibule.db"

    def _environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("VESTIBULE_", "RUST_", "PAPERMERGE_"))}
        # A trace must not reach the operator even where the environment asks for one.
        return {**inherited, "RUST_BACKTRACE": "1", **self.environment}

    def launch(self) -> None:
        """Starts the process and does not wait for it."""
        with open(self._out, "ab") as out, open(self._err, "ab") as err:
            self.process = subprocess.Popen(
                [self.binary, "serve"],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    def start(self) -> "Server":
        self.launch()
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            code = self.process.poll()
            assert code is None, f"`vestibule serve` ended with {code}:\n{self.log}"
            try:
                if self.get("/readyz").status_code == 200:
                    return self
            except requests.RequestException:
                pass
            time.sleep(0.02)
        self.process.kill()
        self.process.wait()
        raise AssertionError(f"not ready within {READY_WITHIN:.0f} s:\n{self.log}")

    def start_refused(self) -> tuple[int, list[str]]:
        """Starts a server that must not come up; its exit code and the lines of its standard error."""
        self._out.unlink(missing_ok=True)
        self._err.unlink(missing_ok=True)
        self.launch()
        try:
            code = self.process.wait(READY_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the server started although it had to refuse:\n{self.log}") from None
        return code, self._err.read_text().splitlines()

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self, seconds: float = STOPPED_WITHIN) -> int:
        """The exit code; an error when the process does not end in time."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running {seconds:.0f} s after it was told to stop:\n{self.log}") from None

    def stop(self) -> None:
        self.disconnect()
        self.signal(signal.SIGTERM)
        code = self.wait()
        assert code == 0, f"exit code {code} after SIGTERM:\n{self.log}"

    def close(self) -> str | None:
        """Ends the process whatever its state; a complaint when it was running and did not stop with 0."""
        self.disconnect()
        if self.process is None or self.process.poll() is not None:
            return None
        try:
            self.stop()
        except AssertionError as failure:
            self.process.kill()
            self.process.wait()
            return str(failure)
        return None

    @property
    def log(self) -> str:
        """Everything that `serve` has written, standard output before standard error."""
        return "".join(path.read_text() for path in (self._out, self._err) if path.exists())

    def log_holding(self, text: str, within: float = 5.0) -> str:
        """The log, once it holds the text: lines are written behind the answers."""
        deadline = time.monotonic() + within
        while text not in self.log:
            assert time.monotonic() < deadline, f"{text!r} is not in the log:\n{self.log}"
            time.sleep(0.02)
        return self.log

    # --- the command line --------------------------------------------------------------------------------------

    def cli(self, *arguments: str, input: str | None = None) -> subprocess.CompletedProcess:
        """Runs the binary with this server's settings; standard input is empty unless given."""
        return subprocess.run(
            [self.binary, *arguments],
            cwd=self.folder,
            env=self._environment(),
            input="" if input is None else input,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def done(self, *arguments: str, input: str | None = None) -> str:
        """As `cli`, and it must succeed; its standard output."""
        result = self.cli(*arguments, input=input)
        assert result.returncode == 0, f"{arguments} ended with {result.returncode}:\n{result.stdout}{result.stderr}"
        return result.stdout

    def data(self, *arguments: str, input: str | None = None):
        """As `done`, with `--output json`; what it printed."""
        return json.loads(self.done(*arguments, "--output", "json", input=input))

    def refused(self, *arguments: str, input: str | None = None, code: int = 1) -> str:
        """As `cli`, and it must refuse with this code; its one line on standard error."""
        result = self.cli(*arguments, input=input)
        assert result.returncode == code, (
            f"{arguments} ended with {result.returncode}, not {code}:\n{result.stdout}{result.stderr}"
        )
        lines = result.stderr.splitlines()
        assert len(lines) == 1 and lines[0].strip(), f"{arguments} wants one line on standard error: {lines}"
        assert_no_trace(lines[0])
        return lines[0]

    def create_user(
        self, username: str | None, email: str | None = None, password: str = PASSWORD, *options: str
    ) -> dict:
        """Makes a user who can sign in; the e-mail address is made from the username unless given."""
        arguments = ["user", "create", "--email", email or f"{username}@example.org"]
        if username is not None:
            arguments += ["--username", username]
        return self.data(*arguments, *options, "--password-stdin", input=password)

    def set_status(self, user: dict, verb: str) -> None:
        self.done("user", verb, user["id"])

    # --- the wire ----------------------------------------------------------------------------------------------

    def get(self, path: str) -> requests.Response:
        """A plain GET on a new connection, over TLS where the server has it; proxies of the environment are ignored."""
        with requests.Session() as session:
            session.trust_env = False
            session.verify = self.environment.get("VESTIBULE_TLS__CERTIFICATE_FILE", True)
            return session.get(self.url + path, timeout=5)

    def http(self, method: str, path: str, headers: dict | None = None, body: bytes | None = None) -> Answer:
        """One request on a kept connection; the path goes out as given."""
        for attempt in (1, 2):
            kept = getattr(self._kept, "connection", None)
            connection = kept or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            fresh = kept is None
            self._kept.connection = connection
            try:
                connection.request(method, path, body=body, headers=headers or {})
                response = connection.getresponse()
                content = response.read()
            except (http.client.HTTPException, ConnectionError):
                # A kept connection may have been closed by the other side meanwhile; a fresh one may not.
                self.disconnect()
                if fresh or attempt == 2:
                    raise
                continue
            pairs = [(key.lower(), value) for key, value in response.getheaders()]
            if response.will_close:
                self.disconnect()
            return Answer(response.status, pairs, content)
        raise AssertionError("unreachable")

    def disconnect(self) -> None:
        """Closes the connection of this thread; those of others are closed when they end."""
        if (kept := getattr(self._kept, "connection", None)) is not None:
            kept.close()
            self._kept.connection = None

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def raw(self, request: bytes) -> bytes:
        """Everything that comes back on a connection of its own until the server closes it."""
        with self.connect() as connection:
            connection.sendall(request)
            received = b""
            while chunk := connection.recv(65_536):
                received += chunk
        return received

    def post_json(self, path: str, value, headers: dict | None = None) -> Answer:
        return self.http("POST", path, {"Content-Type": "application/json", **(headers or {})}, compact(value))

    # --- the knox dialect, as far as other tests need a login ----------------------------------------------------

    def try_login(self, username: str, password: str = PASSWORD) -> Answer:
        return self.post_json("/auth/login/", {"username": username, "password": password})

    def login(self, username: str, password: str = PASSWORD) -> str:
        answer = self.try_login(username, password)
        assert answer.status == 200, (answer.status, answer.text)
        return answer.json()["token"]

    def who(self, token: str) -> Answer:
        return self.http("GET", "/auth/user/", {"Authorization": f"Token {token}"})


def peer_certificate(port: int) -> bytes:
    """The certificate (DER) that a new connection is shown."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), timeout=30) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as connection:
            return connection.getpeercert(binary_form=True)


def assert_no_trace(text: str) -> None:
    """No part of a message for people is a trace, a source position or a dumped structure."""
    for sign in ("panicked", "backtrace", "RUST_BACKTRACE", ".rs:", "\x1b["):
        assert sign not in text, f"{sign!r} in: {text}"
