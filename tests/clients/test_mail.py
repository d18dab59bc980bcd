"""Mail against a real SMTP server, also one that refuses, hangs or dies; and what a crash leaves of the queue."""

import socket
import ssl
import threading
import time

import certificates
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from probe import BASE, CAPTCHA, outbox, parsed, token_in
from vestibule import free_port, unique

LOGIN, SECRET = b"vestibule", b"mail secret"


class Mailbox:
    """Takes messages, or refuses them as it is told to."""

    def __init__(self):
        self.messages = []
        self.answer = "250 OK"
        self.logins = []

    async def handle_DATA(self, server, session, envelope):
        if self.answer.startswith("250"):
            self.messages.append((envelope, parsed(envelope.content)))
        return self.answer

    def authenticate(self, server, session, envelope, mechanism, data):
        self.logins.append((data.login, data.password, session.ssl is not None))
        return AuthResult(success=(data.login, data.password) == (LOGIN, SECRET))

    def to(self, address, within=15.0):
        """The messages to an address, once there is one."""
        deadline = time.monotonic() + within
        while True:
            found = [message for envelope, message in self.messages if envelope.rcpt_tos == [address]]
            if found:
                return found
            assert time.monotonic() < deadline, f"no message to {address}"
            time.sleep(0.05)


class SecureController(Controller):
    """Offers STARTTLS, and takes logins behind it only."""

    def __init__(self, mailbox, folder, port):
        self.authority = certificates.write_issued(folder, "mail")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
        self.context, self.mailbox = context, mailbox
        super().__init__(mailbox, hostname="127.0.0.1", port=port)

    def factory(self):
        return SMTP(
            self.mailbox,
            tls_context=self.context,
            require_starttls=True,
            authenticator=self.mailbox.authenticate,
            auth_required=True,
            hostname="localhost",
        )


@pytest.fixture
def mailbox():
    return Mailbox()


@pytest.fixture
def plain(mailbox):
    """A server without TLS on this machine."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


def mailing(new_server, port, **environment):
    return new_server(VESTIBULE_MAIL__SMTP_URL=f"smtp://127.0.0.1:{port}", **environment)


def forget(server):
    """Has a message sent to a new user; its address."""
    address = f"{unique()}@example.org"
    server.create_user(None, address)
    answer = server.post_json(f"{BASE}/auth/password-restore", {"email": address}, CAPTCHA)
    assert answer.status == 200, answer.text
    return address


def test_a_message_arrives_whole(new_server, plain, mailbox):
    server = mailing(new_server, plain.port, VESTIBULE_MAIL__FROM="Example <no-reply@example.org>")
    address = forget(server)
    (message,) = mailbox.to(address)
    assert message["from"] == "Example <no-reply@example.org>" and message["to"] == address
    assert message["auto-submitted"] == "auto-generated" and message["message-id"] and message["date"]
    assert message.get_body(("html",)) is not None
    exchange = {"password-restore-token": token_in(message)}
    answer = server.post_json(f"{BASE}/auth/password-restore-verify", exchange, CAPTCHA)
    assert answer.status == 200, answer.text
    assert not (server.data_dir / "outbox").exists()


def test_a_server_that_refuses_for_now_is_tried_again(new_server, plain, mailbox):
    mailbox.answer = "451 try later"
    server = mailing(new_server, plain.port)
    address = forget(server)
    server.log_holding("a message did not leave")
    mailbox.answer = "250 OK"
    assert len(mailbox.to(address, within=40)) == 1
    assert address not in server.log


def test_a_message_that_is_refused_for_good_is_given_up(new_server, plain, mailbox):
    mailbox.answer = "554 never"
    server = mailing(new_server, plain.port)
    forget(server)
    server.log_holding("a message was given up")


def test_a_server_that_is_away_hangs_or_dies_costs_no_message_and_no_answer(new_server, mailbox):
    port = free_port()
    server = mailing(new_server, port)
    address = forget(server)
    server.log_holding("a message did not leave")

    def hang_up(listener):
        connection, _ = listener.accept()
        connection.sendall(b"220 mail.example\r\n")
        connection.recv(100)
        connection.close()

    with socket.create_server(("127.0.0.1", port)) as listener:
        dying = threading.Thread(target=hang_up, args=(listener,))
        dying.start()
        dying.join(60)
        assert not dying.is_alive(), "it was not tried again"
    # Logins and checks do not wait for mail.
    began = time.monotonic()
    user = server.create_user(unique())
    server.who(server.login(user["username"]))
    assert time.monotonic() - began < 20
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        assert len(mailbox.to(address, within=90)) == 1
    finally:
        controller.stop()


def test_the_queue_outlives_a_crash(new_server, mailbox):
    port = free_port()
    server = mailing(new_server, port)
    address = forget(server)
    server.process.kill()
    server.process.wait()
    server.disconnect()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        server.start()
        # Whoever took it before the crash is waited for.
        assert len(mailbox.to(address, within=150)) == 1
    finally:
        controller.stop()


def test_a_login_is_shown_over_tls_only(new_server, mailbox, tmp_path):
    tls = tmp_path / "tls"
    tls.mkdir()
    controller = SecureController(mailbox, tls, free_port())
    controller.start()
    try:
        login = f"{LOGIN.decode()}:{SECRET.decode().replace(' ', '%20')}"
        server = new_server(
            VESTIBULE_MAIL__SMTP_URL=f"smtp://{login}@localhost:{controller.port}"
            f"?tls=required&roots={controller.authority}",
        )
        address = forget(server)
        mailbox.to(address)
        assert mailbox.logins and all(over_tls for _, _, over_tls in mailbox.logins)
        assert SECRET.decode() not in server.log and SECRET.decode() not in server.done("config", "show")
    finally:
        controller.stop()


def test_a_certificate_that_nobody_vouches_for_gets_no_login(new_server, mailbox, tmp_path):
    tls = tmp_path / "tls"
    tls.mkdir()
    controller = SecureController(mailbox, tls, free_port())
    controller.start()
    try:
        server = new_server(VESTIBULE_MAIL__SMTP_URL=f"smtp://vestibule:secret@localhost:{controller.port}?tls=required")
        forget(server)
        server.log_holding("a message did not leave")
        assert mailbox.logins == [] and mailbox.messages == []
    finally:
        controller.stop()


def test_without_a_mail_server_messages_are_files_that_only_the_owner_reads(new_server):
    server = new_server()
    address = forget(server)
    outbox(server, address)
    folder = server.data_dir / "outbox"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [file.stat().st_mode & 0o777 for file in folder.iterdir()] == [0o600]
