"""The probe dialect as its clients speak it. Not for assertions beyond "it worked"."""

import email
import email.policy
import re
import time

from vestibule import PASSWORD, Answer, Server

BASE = "/frontend/api/v1"
# Demanded by the document; nobody is asked about its value unless `[captcha]` is set.
CAPTCHA = {"X-Recaptcha-Token": "a-person"}


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def try_sign_in(server: Server, address: str, password: str = PASSWORD, headers=None, **more) -> Answer:
    return server.post_json(f"{BASE}/auth/sign-in", {"email": address, "password": password, **more}, headers)


def sign_in(server: Server, address: str, password: str = PASSWORD, headers=None, **more) -> dict:
    answer = try_sign_in(server, address, password, headers, **more)
    assert answer.status == 200, answer.text
    return answer.json()


def jwt_of(signed_in: dict) -> str:
    return signed_in["jwt-token"]["token"]


def current(server: Server, headers: dict[str, str], query: str = "") -> Answer:
    """Who the credential is of; an anonymous request is served too, so look at the status in the body."""
    return server.http("GET", f"{BASE}/auth/session{query}", headers)


def token_in(message: email.message.EmailMessage) -> str:
    """The token that stands alone on a line of the text part."""
    text = message.get_body(("plain",)).get_content()
    found = re.findall(r"^\s*([\w-]+\.[\w-]+\.[\w-]+)\s*$", text, re.MULTILINE)
    assert len(found) == 1, text
    return found[0]


def links_in(message: email.message.EmailMessage) -> list[str]:
    return re.findall(r"https?://[^\s<>\"]+", message.get_body(("plain",)).get_content())


def parsed(content: bytes) -> email.message.EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


def outbox(server: Server, address: str, count: int = 1, within: float = 10.0) -> list[email.message.EmailMessage]:
    """The messages to this address that were written to the outbox so far, oldest first; waits until there are so many."""
    deadline = time.monotonic() + within
    while True:
        files = sorted((server.data_dir / "outbox").glob("*.eml"))
        messages = [parsed(file.read_bytes()) for file in files]
        found = [message for message in messages if message["to"] == address]
        if len(found) >= count:
            assert len(found) == count, [message["subject"] for message in found]
            return found
        assert time.monotonic() < deadline, f"{len(found)} of {count} messages to {address}:\n{server.log}"
        time.sleep(0.05)
