"""How large and how slow a client may be, over sockets of its own: each limit at its value passes, and just above it is
refused in the words of the door that was asked; and what a slow, rude or lying client does harms nobody else.
"""

import json
import socket
import ssl
import struct
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import certificates
import pytest
from conftest import shared
from doors import NATIVE_BASE, PROBE
from vestibule import PASSWORD, compact, unique

LIMITS = {
    "BODY_BYTES": "2048",
    "JSON_DEPTH": "16",
    "TARGET_BYTES": "1024",
    "HEADER_BYTES": "4096",
    "HEADER_FIELDS": "20",
    "HEAD_TIMEOUT": "2s",
    "BODY_TIMEOUT": "2s",
    "ANSWER_TIMEOUT": "2s",
    "IDLE_TIMEOUT": "3s",
    "HTTP2_STREAMS": "8",
}


def configured(**more: str) -> dict[str, str]:
    return {f"VESTIBULE_LIMITS__{name}": value for name, value in {**LIMITS, **more}.items()}


@pytest.fixture(scope="module")
def small(binary, tmp_path_factory):
    """A server with narrow limits."""
    for server in shared(binary, tmp_path_factory.mktemp("small"), **configured()):
        # Trieve looks at the credential before it looks at a body.
        user = server.create_user(unique())
        key = server.data("api-key", "create", "--user", user["id"], "--dialect", "trieve", "--name", "k")
        KEYS["trieve"] = key["key"]
        yield server


# A door's API key, where its route wants to know who asks.
KEYS: dict[str, str] = {}


@dataclass(frozen=True)
class Way:
    """A route of a door that reads a body in JSON, and what the door's refusals look like."""

    door: str
    path: str
    # The member that holds the sentence.
    said: str
    media_type: str = "application/json"

    def __str__(self) -> str:
        return self.door


# bixarena reads no body; its other limits are in HEADS.
BODIES = [
    Way("knox", "/auth/login/", "detail"),
    Way("syntho", "/api/v1/auth/", "detail"),
    Way("probe", f"{PROBE}/auth/sign-in", "error"),
    Way("native", f"{NATIVE_BASE}/login", "detail", "application/problem+json"),
    Way("trieve", "/api/invitation", "message"),
]
HEADS = [*BODIES, Way("bixarena", "/v1/auth/logout", "detail", "application/problem+json")]


class Exchange:
    """What came back on a connection: the first answer, and whether the connection was closed behind it."""

    def __init__(self, received: bytes, closed: bool):
        head, _, self.body = received.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        self.received, self.closed = received, closed
        self.status = int(lines[0].split()[1]) if lines[0] else None
        pairs = [line.decode().split(": ", 1) for line in lines[1:]]
        self.headers = {name.lower(): value for name, value in pairs}

    def assert_refused(self, way: Way, status: int) -> None:
        assert self.status == status, self.received
        assert self.headers["content-type"].startswith(way.media_type), self.received
        assert json.loads(self.body)[way.said], self.received
        assert self.headers["x-request-id"]


def read(connection: socket.socket, patience: float = 10.0) -> Exchange:
    """Reads until the other side closes, or is silent behind a whole answer."""
    received = b""
    deadline = time.monotonic() + patience
    while True:
        connection.settimeout(0.5 if is_whole(received) else max(0.01, deadline - time.monotonic()))
        try:
            chunk = connection.recv(65_536)
        except TimeoutError:
            return Exchange(received, closed=False)
        if not chunk:
            return Exchange(received, closed=True)
        received += chunk


def is_whole(received: bytes) -> bool:
    head, end, body = received.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    return bool(end) and len(body) >= int(fields.get(b"content-length", 0))


def head(way: Way, *fields: str, method: str = "POST", path: str | None = None) -> bytes:
    # As many for each door.
    carried = f"Authorization: {KEYS[way.door]}" if way.door in KEYS else "x-none: 1"
    lines = [f"{method} {path or way.path} HTTP/1.1", "Host: x", "Content-Type: application/json", carried, *fields]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()


def ask(server, *parts: bytes) -> Exchange:
    with server.connect() as connection:
        for part in parts:
            connection.sendall(part)
        return read(connection)


def post(server, way: Way, body: bytes) -> Exchange:
    return ask(server, head(way, f"Content-Length: {len(body)}"), body)


def signs_in(server, name: str) -> float:
    """Somebody else's login: it must be quick; how long it took."""
    began = time.monotonic()
    with server.connect() as connection:
        body = compact({"username": name, "password": PASSWORD})
        connection.sendall(head(BODIES[0], f"Content-Length: {len(body)}") + body)
        assert read(connection).status == 200
    return time.monotonic() - began


# --- sizes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", BODIES, ids=str)
def test_a_body_of_just_the_limit_is_read_and_one_byte_more_is_413(small, way):
    """security 2, no. 9"""
    fits = b"{" + b" " * 2046 + b"}"
    assert post(small, way, fits).status not in (413, 408)
    answer = post(small, way, fits + b" ")
    answer.assert_refused(way, 413)
    assert answer.headers["connection"] == "close" and answer.closed


@pytest.mark.parametrize("way", BODIES, ids=str)
def test_an_announced_size_is_refused_before_the_body_comes(small, way):
    """No client is asked to send what nobody will read (`Expect: 100-continue`), and none is waited for."""
    began = time.monotonic()
    answer = ask(small, head(way, "Content-Length: 10000000", "Expect: 100-continue"))
    answer.assert_refused(way, 413)
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("way", BODIES, ids=str)
def test_a_refused_client_that_goes_on_sending_reads_its_answer(small, way):
    """The rest is thrown away for a while: closed at once, the answer would be lost to a reset."""
    with small.connect() as connection:
        connection.sendall(head(way, "Content-Length: 4000000"))
        connection.sendall(b" " * 4_000_000)
        read(connection).assert_refused(way, 413)


@pytest.mark.parametrize("way", HEADS, ids=str)
def test_a_body_that_nobody_reads_is_waited_for(small, way):
    """A client sends the head before the body; the next request over its connection must find it open."""
    request = head(way, "Content-Length: 10", method="PUT")
    with small.connect() as connection:
        for _ in range(20):
            connection.sendall(request)
            connection.sendall(b'{"x": 1}  ')
            received = b""
            while not is_whole(received):
                received += connection.recv(65_536) or pytest.fail(f"closed after {received}")
            answer = Exchange(received, closed=False)
            assert 400 <= answer.status < 500 and "connection" not in answer.headers, received


@pytest.mark.parametrize("way", HEADS, ids=str)
def test_an_answer_to_a_body_that_never_came_says_that_it_is_the_last(small, way):
    """RFC 9112 section 9.3: a client that is not told would send its next request into a connection that ends."""
    answer = ask(small, head(way, "Content-Length: 10", method="PUT"))
    assert 400 <= answer.status < 500, answer.received
    assert answer.headers["connection"] == "close" and answer.closed


@pytest.mark.parametrize("way", BODIES, ids=str)
def test_chunks_without_end_are_cut_off_at_the_limit(small, way):
    with small.connect() as connection:
        connection.sendall(head(way, "Transfer-Encoding: chunked"))
        for _ in range(5):
            connection.sendall(b"200\r\n" + b" " * 0x200 + b"\r\n")
        answer = read(connection)
        answer.assert_refused(way, 413)
        assert answer.closed


@pytest.mark.parametrize("way", BODIES, ids=str)
def test_a_body_is_read_up_to_its_depth(small, way):
    """security 1, parsers."""

    def nested(depth: int) -> bytes:
        return b'{"x":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"

    fits, too_deep = post(small, way, nested(16)), post(small, way, nested(17))
    assert "deep" not in fits.body.decode().lower(), fits.body
    too_deep.assert_refused(way, 400)
    assert "deep" in too_deep.body.decode().lower(), too_deep.body
    # Nothing that recurses sees it.
    post(small, way, b"[" * 2048).assert_refused(way, 400)


@pytest.mark.parametrize("way", HEADS, ids=str)
def test_a_head_is_read_up_to_each_limit(small, way):
    """security 2, no. 9"""

    def target(size: int) -> Exchange:
        return ask(small, head(way, path=f"{way.path}?{'x' * (size - len(way.path) - 1)}", method="OPTIONS"))

    assert target(1024).status not in (414, 431)
    target(1025).assert_refused(way, 414)

    def fields(count: int) -> Exchange:
        # Three are there already.
        return ask(small, head(way, *(f"x-{number}: 1" for number in range(count - 3)), method="OPTIONS"))

    assert fields(20).status != 431
    fields(21).assert_refused(way, 431)

    def size(total: int) -> Exchange:
        rest = total - len(head(way, "x: ", method="OPTIONS"))
        request = head(way, f"x: {'y' * rest}", method="OPTIONS")
        assert len(request) == total
        return ask(small, request)

    assert size(4096).status != 431
    size(4097).assert_refused(way, 431)
    assert size(4097).closed


@pytest.mark.parametrize("path", ["/login", "/healthz", "/docs/", "/nothing/here"])
def test_what_belongs_to_no_door_has_the_same_limits(small, path):
    way = Way("", path, "")
    assert ask(small, head(way, f"x: {'y' * 5000}", method="GET")).status == 431
    assert ask(small, head(way, path=f"{path}?{'x' * 1100}", method="GET")).status == 414


def test_what_cannot_be_read_at_all_gets_a_bare_answer(small):
    """From twice the size on, and from 101 fields on, `hyper` answers by itself."""
    for request in (head(BODIES[0], f"x: {'y' * 9000}"), head(BODIES[0], *["a: b"] * 101)):
        answer = ask(small, request)
        assert (answer.status, answer.body, answer.closed) == (431, b"", True)


# --- times --------------------------------------------------------------------------------------------------------


def closed_after(connection: socket.socket, sends: bytes = b"", patience: float = 12.0) -> tuple[float, bytes]:
    """How long until the server closes, while this is sent now and then; and what it said."""
    began, received = time.monotonic(), b""
    connection.settimeout(0.2)
    while time.monotonic() - began < patience:
        try:
            if sends:
                connection.sendall(sends)
            chunk = connection.recv(65_536)
            if not chunk:
                return time.monotonic() - began, received
            received += chunk
        except TimeoutError:
            continue
        except OSError:
            return time.monotonic() - began, received
    raise AssertionError(f"still open after {patience} s, having said {received}")


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (b"", b""),
        (b"P", b""),
        (b"GET /healthz HTTP/1.1\r\n", b"x: y\r\n"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0", b"\0\0\x08\6\0\0\0\0\0" + b"12345678"),
    ],
    ids=["silence", "one byte", "a head line by line", "HTTP/2 pings"],
)
def test_who_begins_no_request_is_closed(small, first, then):
    """A slow head, whatever of it comes (slow loris); security 2, no. 9."""
    with small.connect() as connection:
        connection.sendall(first)
        took, _ = closed_after(connection, then)
        assert 1.5 < took < 6


@pytest.mark.parametrize("way", BODIES, ids=str)
def test_a_body_that_comes_byte_by_byte_is_408(small, way):
    with small.connect() as connection:
        connection.sendall(head(way, "Content-Length: 2000"))
        took, received = closed_after(connection, b" ")
        assert 1.5 < took < 6
        Exchange(received, closed=True).assert_refused(way, 408)


def test_a_client_that_does_not_read_is_closed(small):
    """Answers pile up to what fits into the buffers on the way, and no further."""
    with small.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(1)
        request = b"GET /docs/native.json HTTP/1.1\r\nHost: x\r\n\r\n"
        began = time.monotonic()
        with pytest.raises(ConnectionError):
            while time.monotonic() - began < 15:
                try:
                    connection.sendall(request * 50)
                except TimeoutError:
                    continue
        assert time.monotonic() - began < 12


def test_a_pipeline_is_answered_in_order_and_no_further_than_its_client_reads(small):
    paths = ["/healthz", "/readyz", "/nothing/here"] * 50
    with small.connect() as connection:
        connection.sendall(b"".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for path in paths))
        received = b""
        connection.settimeout(5)
        while received.count(b"HTTP/1.1 ") < len(paths):
            received += connection.recv(65_536)
    statuses = [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [200, 200, 404] * 50


@pytest.mark.parametrize("slow", ["silent", "slow heads", "slow bodies"])
def test_a_thousand_slow_clients_keep_nobody_out(new_server, slow):
    """security 2, no. 9: none of them holds a hashing place, a connection to the database or a lock."""
    server = new_server(VESTIBULE_PASSWORD__HASH_QUEUE="4", VESTIBULE_LIMITS__NETWORK_CONNECTIONS="1200")
    name = unique()
    server.create_user(name)
    calm = max(signs_in(server, name) for _ in range(3))
    begun = {
        "silent": b"",
        "slow heads": b"POST /auth/login/ HTTP/1.1\r\nHost: x\r\n",
        "slow bodies": head(BODIES[0], "Content-Length: 100") + b'{"username":',
    }[slow]
    with ExitStack() as open_ones:
        clients = [open_ones.enter_context(server.connect()) for _ in range(1000)]
        for client in clients:
            client.sendall(begun)
        assert max(signs_in(server, name) for _ in range(5)) < calm + 2.0
    signs_in(server, name)


def test_connections_are_counted_in_all_and_by_network(new_server):
    server = new_server(VESTIBULE_LIMITS__CONNECTIONS="20", VESTIBULE_LIMITS__NETWORK_CONNECTIONS="8")
    server.disconnect()

    def is_served(client: socket.socket) -> bool:
        client.settimeout(5)
        try:
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            return client.recv(100).startswith(b"HTTP/1.1 200")
        except OSError:
            return False

    def connect(source: str) -> socket.socket:
        return socket.create_connection(("127.0.0.1", server.port), timeout=5, source_address=(source, 0))

    with ExitStack() as open_ones:
        one = [open_ones.enter_context(connect("127.0.0.1")) for _ in range(9)]
        # Who comes too late among those who come at once is nobody's promise.
        served = [client for client in one if is_served(client)]
        assert len(served) == 8
        two = [open_ones.enter_context(connect("127.0.0.2")) for _ in range(8)]
        assert all(map(is_served, two))
        three = [open_ones.enter_context(connect("127.0.0.3")) for _ in range(5)]
        assert sum(map(is_served, three)) == 4
        served[0].close()
        deadline = time.monotonic() + 5
        while not is_served(open_ones.enter_context(connect("127.0.0.3"))):
            assert time.monotonic() < deadline, "a place that was left is not given away"


# --- where a request ends ------------------------------------------------------------------------------------------

INNER = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
SMUGGLED = {
    "CL and TE": (b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n" % (len(INNER) + 5), b"0\r\n\r\n" + INNER),
    "TE and CL": (b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", b"0\r\n\r\n" + INNER),
    "two CL": (b"Content-Length: 0\r\nContent-Length: %d\r\n" % len(INNER), INNER),
    "CL as a list": (b"Content-Length: 0, %d\r\n" % len(INNER), INNER),
    "a CL with a sign": (b"Content-Length: +0\r\n", INNER),
    "a negative CL": (b"Content-Length: -1\r\n", INNER),
    "a CL in hexadecimal": (b"Content-Length: 0x0\r\n", INNER),
    "a CL that overflows": (b"Content-Length: 18446744073709551617\r\n", INNER),
    "another TE": (b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n" + INNER),
    "chunked and more": (b"Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n" + INNER),
    "two TE": (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", b"0\r\n\r\n" + INNER),
    "a blank before the colon": (b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n" + INNER),
    "a tab for TE": (b"Transfer-Encoding:\x0bchunked\r\n", b"0\r\n\r\n" + INNER),
    "obs-fold": (b"Transfer-Encoding:\r\n chunked\r\n", b"0\r\n\r\n" + INNER),
    "obs-fold in CL": (b"Content-Length:\r\n 0\r\n", INNER),
    "a bare CR": (b"X: y\rTransfer-Encoding: chunked\r\n", b"0\r\n\r\n" + INNER),
    "a bare LF": (b"X: y\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n" + INNER),
    "a NUL": (b"X: y\0z\r\nContent-Length: 0\r\n", INNER),
    "a chunk that overflows": (b"Transfer-Encoding: chunked\r\n", b"10000000000000000\r\n" + INNER),
    "a chunk with a sign": (b"Transfer-Encoding: chunked\r\n", b"+0\r\n\r\n" + INNER),
    "a chunk without CR": (b"Transfer-Encoding: chunked\r\n", b"0\n\n" + INNER),
}


@pytest.mark.parametrize("lie", SMUGGLED, ids=str)
def test_nothing_is_smuggled_behind_a_request(small, lie):
    """Where two readers could disagree on the end of a request, there is one answer, and the connection ends: what stands
    behind is never taken for a request."""
    fields, rest = SMUGGLED[lie]
    request = b"POST /auth/login/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + fields + b"\r\n" + rest
    with small.connect() as connection:
        connection.sendall(request)
        connection.settimeout(8)
        received = b""
        try:
            while chunk := connection.recv(65_536):
                received += chunk
        except ConnectionError:
            pass
    assert received.count(b"HTTP/1.1 ") <= 1 and b"HTTP/1.1 200" not in received, received


def test_a_request_with_chunks_is_served_and_ends_its_connection(small):
    """RFC 9112 section 6.3, no. 3: whether there was a `Content-Length` beside it is not known any more."""
    name = unique()
    small.create_user(name)
    body = compact({"username": name, "password": PASSWORD})
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    answer = ask(small, head(BODIES[0], "Transfer-Encoding: chunked"), chunks)
    assert (answer.status, answer.headers["connection"], answer.closed) == (200, "close", True)


def test_a_body_that_breaks_off_is_no_login(small):
    name = unique()
    small.create_user(name)
    body = compact({"username": name, "password": PASSWORD})
    with small.connect() as connection:
        connection.sendall(head(BODIES[0], f"Content-Length: {len(body) + 1}") + body)
        connection.shutdown(socket.SHUT_WR)
        assert b"HTTP/1.1 200" not in read(connection).received
    assert small.data("session", "list", "--user", name) == []


# --- HTTP/2 -------------------------------------------------------------------------------------------------------

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END_STREAM, END_HEADERS, ACK = 1, 4, 1


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(name: str, value: str) -> bytes:
    """A field without indexing, in HPACK (RFC 7541 section 6.2.2)."""

    def text(of: str) -> bytes:
        size, tail = len(of), b""
        if size >= 127:
            rest, tail = size - 127, b""
            while rest >= 128:
                tail += bytes([rest % 128 + 128])
                rest //= 128
            tail += bytes([rest])
            size = 127
        return bytes([size]) + tail + of.encode()

    return b"\0" + text(name) + text(value)


def request(path: str, method: str = "GET", **fields: str) -> bytes:
    pseudo = {":method": method, ":scheme": "https", ":path": path, ":authority": "x"}
    return b"".join(literal(name, value) for name, value in {**pseudo, **fields}.items())


@contextmanager
def http2(server):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    with server.connect() as plain, context.wrap_socket(plain, server_hostname="localhost") as connection:
        assert connection.selected_alpn_protocol() == "h2"
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0))
        connection.settimeout(8)
        yield connection


def frames(connection):
    """The frames that come, up to the end of the connection."""
    buffer = b""
    while True:
        while len(buffer) >= 9 and len(buffer) >= 9 + (size := int.from_bytes(buffer[:3])):
            yield buffer[3], buffer[4], int.from_bytes(buffer[5:9]), buffer[9 : 9 + size]
            buffer = buffer[9 + size :]
        try:
            chunk = connection.recv(65_536)
        except (ConnectionError, ssl.SSLError):
            return
        if not chunk:
            return
        buffer += chunk


@pytest.fixture(scope="module")
def small_tls(binary, tmp_path_factory):
    folder = tmp_path_factory.mktemp("small-tls")
    certificates.write(folder, "localhost")
    files = {
        "VESTIBULE_TLS__CERTIFICATE_FILE": str(folder / "certificate.pem"),
        "VESTIBULE_TLS__KEY_FILE": str(folder / "key.pem"),
    }
    yield from shared(binary, folder / "server", **files, **configured())


def healthy(server) -> bool:
    return server.get("/healthz").status_code == 200


def answered(connection, stream: int) -> bytes:
    """The header block of a stream's answer."""
    for kind, _, number, payload in frames(connection):
        if kind == HEADERS and number == stream:
            return payload
        assert kind != GOAWAY, payload
    raise AssertionError("no answer")


def test_http2_tells_its_limits_and_serves(small_tls):
    with http2(small_tls) as connection:
        kind, _, _, payload = next(frames(connection))
        settings = dict(struct.iter_unpack(">HI", payload))
        # SETTINGS_MAX_CONCURRENT_STREAMS and SETTINGS_MAX_HEADER_LIST_SIZE
        assert kind == SETTINGS and settings[3] == 8 and settings[6] == 8192
        connection.sendall(frame(HEADERS, END_STREAM | END_HEADERS, 1, request("/healthz")))
        # Number 8 of the static table: `:status: 200`.
        assert answered(connection, 1)[0] == 0x88


@pytest.mark.parametrize(
    ("path", "fields"),
    [(f"/healthz?{'x' * 1100}", {}), ("/healthz", {"x": "y" * 5000}), ("/healthz", {"x": "y" * 9000})],
    ids=["target", "header", "twice the header"],
)
def test_http2_heads_have_the_same_limits(small_tls, path, fields):
    with http2(small_tls) as connection:
        connection.sendall(frame(HEADERS, END_STREAM | END_HEADERS, 1, request(path, **fields)))
        block = answered(connection, 1)
        # Whatever the coding of the status: it is none of the static table, such as 200.
        assert block[0] not in (0x88, 0x89)
    assert healthy(small_tls)


def test_http2_streams_that_are_reset_at_once_end_the_connection(small_tls):
    """Rapid reset (CVE-2023-44487): the client does not get as many requests begun as it likes."""
    with http2(small_tls) as connection:
        began = time.monotonic()
        # The database is asked for it, so that it is under way when it is given up.
        block = request("/auth/user/", authorization=f"Token {'a' * 64}")
        try:
            for number in range(1, 400_001, 2):
                reset = frame(RST_STREAM, 0, number, struct.pack(">I", 8))
                connection.sendall(frame(HEADERS, END_STREAM | END_HEADERS, number, block) + reset)
        except OSError:
            pass
        else:
            raise AssertionError("two hundred thousand streams were reset and the connection lives")
        assert time.monotonic() - began < 30
    assert healthy(small_tls)


def test_http2_streams_beyond_the_limit_are_refused(small_tls):
    with http2(small_tls) as connection:
        block = request("/auth/login/", "POST", **{"content-type": "application/json"})
        for number in range(1, 2 * 9, 2):
            connection.sendall(frame(HEADERS, END_HEADERS, number, block))
        for kind, _, number, payload in frames(connection):
            if kind == RST_STREAM and number == 17:
                # REFUSED_STREAM: nothing was done, and it may be tried again.
                assert int.from_bytes(payload) == 7
                break
        else:
            raise AssertionError("nine requests at once on a connection of eight")
    assert healthy(small_tls)


def test_http2_pings_keep_no_connection_open(small_tls):
    with http2(small_tls) as connection:
        connection.sendall(frame(HEADERS, END_STREAM | END_HEADERS, 1, request("/healthz")))
        answered(connection, 1)
        took, _ = closed_after(connection, frame(PING, 0, 0, b"12345678"))
        assert 1 < took < 9


def test_http2_slow_bodies_are_given_up(small_tls):
    with http2(small_tls) as connection:
        block = request("/auth/login/", "POST", **{"content-type": "application/json", "content-length": "2000"})
        connection.sendall(frame(HEADERS, END_HEADERS, 1, block) + frame(DATA, 0, 1, b"{"))
        began = time.monotonic()
        answered(connection, 1)
        assert 1.5 < time.monotonic() - began < 6


def test_http2_continuations_without_end_are_cut_off(small_tls):
    """CVE-2024-27316 and its kin."""
    with http2(small_tls) as connection:
        with pytest.raises(OSError):
            connection.sendall(frame(HEADERS, END_STREAM, 1, request("/healthz")))
            for _ in range(20_000):
                connection.sendall(frame(9, 0, 1, literal("x", "y" * 1000)))
    assert healthy(small_tls)
