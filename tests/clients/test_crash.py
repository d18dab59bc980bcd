"""Crash safety: the server is killed in the middle of its work, again and again. What it had acknowledged must hold
afterwards: a login is valid, an end is final, a changed password is the password.

`CLIENT_TESTS_KILLS` says how often (10 unless set; the nightly form sets 100).
"""

import http.client
import json
import os
import random
import signal
import threading
import time

import pytest
from vestibule import PASSWORD, Server, compact, unique

KILLS = int(os.environ.get("CLIENT_TESTS_KILLS", "10"))
WORKERS = 4
# The longest a stream runs before the kill; short enough that a kill meets something under way.
LONGEST_STREAM = 0.4


class Client:
    """One user's clients, and what the server has acknowledged to them."""

    def __init__(self, server: Server, seed: int):
        self.server = server
        self.random = random.Random(seed)
        self.name = unique("crash")
        self.email = f"{self.name}@example.org"
        server.create_user(self.name, self.email)
        self.passwords = [PASSWORD]
        # A change under way when the server died: this or the last of `passwords` is the password.
        self.maybe: str | None = None
        self.live: set[str] = set()
        self.ended: set[str] = set()
        self.in_doubt: set[str] = set()

    def ask(self, method: str, path: str, headers: dict, body=None) -> tuple[int, dict, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        try:
            content = None if body is None else compact(body)
            connection.request(method, path, content, {"Content-Type": "application/json", **headers})
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()

    def login(self, password: str) -> tuple[int, str | None]:
        status, _, body = self.ask("POST", "/auth/login/", {}, {"username": self.name, "password": password})
        return status, json.loads(body)["token"] if status == 200 else None

    def who(self, token: str) -> int:
        return self.ask("GET", "/auth/user/", {"Authorization": f"Token {token}"})[0]

    # --- the stream: each step notes what is in doubt before it asks, and what is certain when it is answered ---

    def step(self) -> None:
        self.random.choice([self.log_in, self.log_in, self.log_out, self.log_out_everywhere, self.change_password])()

    def log_in(self) -> None:
        status, token = self.login(self.passwords[-1])
        assert status == 200, status
        self.live.add(token)

    def log_out(self) -> None:
        if self.live:
            token = self.live.pop()
            self.in_doubt.add(token)
            self.finish("/auth/logout/", token, {token})

    def log_out_everywhere(self) -> None:
        if self.live:
            tokens, self.live = self.live, set()
            self.in_doubt |= tokens
            self.finish("/auth/logoutall/", next(iter(tokens)), tokens)

    def finish(self, path: str, token: str, tokens: set[str]) -> None:
        status, _, _ = self.ask("POST", path, {"Authorization": f"Token {token}"})
        assert status == 200, status
        self.in_doubt -= tokens
        self.ended |= tokens

    def change_password(self) -> None:
        old, new = self.passwords[-1], f"changed {self.random.getrandbits(64):016x}"
        login = {"email": self.email, "password": old}
        status, headers, _ = self.ask("POST", "/api/v1/auth/", {}, login)
        assert status == 201, status
        cookie = next(value for name, value in headers.items() if name.lower() == "set-cookie").split(";")[0]
        self.maybe = new
        change = {"old_password": old, "new_password": new}
        status, _, body = self.ask("POST", "/api/v1/users/me/password/", {"Cookie": cookie}, change)
        assert status == 204, (status, body)
        self.passwords.append(new)
        self.maybe = None

    # --- after the restart ------------------------------------------------------------------------------------

    def examine(self) -> None:
        for token in self.live:
            assert self.who(token) == 200, "an acknowledged login is lost"
        for token in self.ended:
            assert self.who(token) == 401, "an acknowledged end is undone"
        for token in self.in_doubt:
            # Either is right, but it must not change any more.
            self.ended.add(token) if self.who(token) == 401 else self.live.add(token)
        self.in_doubt.clear()

        if self.maybe is not None and self.login(self.maybe)[0] == 200:
            self.passwords.append(self.maybe)
        self.maybe = None
        status, token = self.login(self.passwords[-1])
        assert status == 200, "an acknowledged password is lost"
        self.live.add(token)
        if len(self.passwords) > 1:
            assert self.login(self.passwords[-2])[0] == 400, "a replaced password is back"


def stream(client: Client, died: threading.Event, complaints: list[str]) -> None:
    """Works until the server dies under it."""
    while True:
        try:
            client.step()
        except (OSError, http.client.HTTPException):
            if died.wait(10):
                return
            complaints.append("a connection failed although the server was alive")
            return
        except AssertionError as refused:
            complaints.append(f"refused while the server was alive: {refused}")
            return


@pytest.mark.parametrize("seed", [7])
def test_what_was_acknowledged_outlives_a_kill(new_server, seed):
    server = new_server(VESTIBULE_LIMITS__ACCOUNT_FAILURES_FREE="100")
    choice = random.Random(seed)
    clients = [Client(server, choice.getrandbits(32)) for _ in range(WORKERS)]
    done = 0
    for _ in range(KILLS):
        died, complaints = threading.Event(), []
        workers = [threading.Thread(target=stream, args=(client, died, complaints)) for client in clients]
        for worker in workers:
            worker.start()
        time.sleep(choice.uniform(0.02, LONGEST_STREAM))
        server.disconnect()
        server.signal(signal.SIGKILL)
        server.process.wait()
        died.set()
        for worker in workers:
            worker.join()
        assert not complaints, complaints
        server.start()
        for client in clients:
            client.examine()
        done += 1
    assert done == KILLS
    # The streams did something between the kills.
    assert sum(len(client.ended) for client in clients) > KILLS
    assert sum(len(client.passwords) for client in clients) > WORKERS
