"""Logins by a provider that lies, or between which and the browser somebody stands, at every door that takes such logins."""

import base64
import hashlib
import hmac
import json
import socket
import time
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from liar import KEY, OTHER_KEY, Liar, public_jwk
from provider import CLIENT_SECRET, parameters
from provider_doors import PROVIDER_DOORS, ProviderDoor, program
from vestibule import PASSWORD, Server, unique


@pytest.fixture(params=PROVIDER_DOORS, ids=lambda door: door.name)
def door(request) -> ProviderDoor:
    return request.param


@pytest.fixture(scope="module")
def liars():
    made = [Liar(), Liar()]
    yield made
    for liar in made:
        liar.stop()


@pytest.fixture(scope="module")
def server(module_server, liars):
    """Two providers, the second of which only the tests of mix-ups know."""
    settings = {**liars[0].environment(), **liars[1].environment(1, id="other", name="Other")}
    settings |= {f"VESTIBULE_DIALECTS__{name}__PROVIDER": "sample" for name in ("TRIEVE", "BIXARENA")}
    return module_server(**settings)


@pytest.fixture
def liar(liars) -> Liar:
    """The first provider, honest until told otherwise, with somebody new before it."""
    for liar in liars:
        liar.honest()
        liar.person = someone()
        liar.asked.clear()
    return liars[0]


def someone(**more) -> dict:
    name = unique()
    return {"sub": f"sub-{name}", "email": f"{name}@example.org", "email_verified": True, "name": "Ann Lee", **more}


def enters(server, door) -> bool:
    with program() as browser:
        return door.lets_in(server, browser, door.way_back(server, browser))


def test_an_honest_login_enters(server, door, liar):
    """What the others are compared with: nothing but the lie keeps anybody out."""
    assert enters(server, door)


def with_query(url: str, **changed: str | None) -> str:
    query = {**dict(parse_qsl(urlsplit(url).query)), **changed}
    return url.split("?")[0] + "?" + urlencode({name: value for name, value in query.items() if value is not None})


def test_every_login_has_a_challenge_of_its_own(server, door, liar):
    """security 1, pkce; security 2, no. 41."""
    with program() as one, program() as two:
        asked = [parameters(door.begin(server, browser)) for browser in (one, two)]
    for query in asked:
        assert query["code_challenge_method"] == "S256" and len(query["code_challenge"]) == 43
        assert len(query["state"]) >= 22 and len(query["nonce"]) >= 22
        assert "code_verifier" not in query and CLIENT_SECRET not in query.values()
    for secret in ("code_challenge", "state", "nonce"):
        assert asked[0][secret] != asked[1][secret]


PLAIN = "a" * 43
DOWNGRADES = {
    "dropped": {"code_challenge": None, "code_challenge_method": None},
    "plain": {"code_challenge_method": "plain"},
    "method-dropped": {"code_challenge_method": None},
    "another": {
        "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(PLAIN.encode()).digest()).rstrip(b"=").decode()
    },
}


@pytest.mark.parametrize("change", DOWNGRADES.values(), ids=DOWNGRADES)
def test_a_code_that_was_asked_for_without_our_challenge_is_worth_nothing(server, door, liar, change):
    """security 1, pkce: the verifier goes along with every code, so a provider that checks it refuses."""
    with program() as browser:
        callback = door.way_back(server, browser, lambda url: with_query(url, **change))
        assert not door.lets_in(server, browser, callback)
    assert "/token" in liar.asked


NONCES = {
    "none": lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
    "empty": lambda claims: {**claims, "nonce": ""},
    "null": lambda claims: {**claims, "nonce": None},
    "another": lambda claims: {**claims, "nonce": "A" * len(claims["nonce"])},
    "a-list-with-it": lambda claims: {**claims, "nonce": [claims["nonce"]]},
    "shortened": lambda claims: {**claims, "nonce": claims["nonce"][:-1]},
}


@pytest.mark.parametrize("claim", NONCES.values(), ids=NONCES)
def test_a_login_wants_its_own_nonce(server, door, liar, claim):
    """security 1, nonce."""
    liar.claim = claim
    assert not enters(server, door)


def encoded(value) -> str:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def by_hand(header: dict, claims: dict, key: bytes | None = None) -> str:
    """A token with a MAC, or with no signature: PyJWT refuses to make some of them."""
    signed = f"{encoded(header)}.{encoded(claims)}"
    tag = b"" if key is None else hmac.digest(key, signed.encode(), "sha256")
    return f"{signed}.{encoded(tag)}"


PEM = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
DER = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def signed(claims, key=OTHER_KEY, algorithm="RS256", **header) -> str:
    return jwt.encode(claims, key, algorithm, headers={"kid": "one", **header})


FORGERIES = {
    **{
        f"none-{spelling or 'empty'}": lambda claims, spelling=spelling: by_hand(
            {"alg": spelling, "kid": "one"}, claims
        )
        for spelling in ("none", "None", "NONE", "nOnE", "")
    },
    "no-signature": lambda claims: signed(claims, KEY).rsplit(".", 1)[0] + ".",
    "two-parts": lambda claims: signed(claims, KEY).rsplit(".", 1)[0],
    "mac-by-the-pem": lambda claims: by_hand({"alg": "HS256", "kid": "one"}, claims, PEM),
    "mac-by-the-der": lambda claims: by_hand({"alg": "HS256", "kid": "one"}, claims, DER),
    "mac-by-the-client-secret": lambda claims: by_hand({"alg": "HS256"}, claims, CLIENT_SECRET.encode()),
    "another-key": lambda claims: signed(claims),
    "another-key-in-the-header": lambda claims: signed(claims, jwk=public_jwk(OTHER_KEY)),
    "another-kid": lambda claims: signed(claims, kid="../../../dev/null"),
    "another-algorithm": lambda claims: signed(claims, KEY, "RS512"),
    "pss": lambda claims: signed(claims, KEY, "PS256"),
    "critical": lambda claims: signed(claims, KEY, crit=["evil"], evil=True),
    "the-claims-of-another": lambda claims: ".".join(
        (signed(claims, KEY).split(".")[0], encoded({**claims, "sub": "admin"}), signed(claims, KEY).split(".")[2])
    ),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_an_id_token_that_the_provider_did_not_sign_is_refused(server, door, liar, forge):
    """security 1, none-algorithm; security 2, no. 36; security 2, no. 43."""
    liar.sign = forge
    assert not enters(server, door)


@pytest.mark.parametrize("parameter", ["jku", "x5u"])
def test_a_token_does_not_say_where_its_keys_are(server, door, liar, parameter):
    """security 1, none-algorithm; security 2, no. 37; security 2, no. 46."""
    liar.sign = lambda claims: signed(claims, **{parameter: f"{liar.issuer}/evil"})
    assert not enters(server, door)
    assert "/evil" not in liar.asked


WRONG_CLAIMS = {
    "for-another": {"aud": "another"},
    "for-another-and-us": {"aud": ["vestibule", "another"], "azp": "another"},
    "of-another": {"iss": "https://evil.example"},
    "ended": {"exp": 1_000_000_000},
    "from-tomorrow": {"iat": int(time.time()) + 86_400, "nbf": int(time.time()) + 86_400},
    "endless": {"exp": None},
    "of-nobody": {"sub": ""},
}


@pytest.mark.parametrize("claims", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
def test_an_id_token_for_something_else_is_refused(server, door, liar, claims):
    """security 1, none-algorithm; security 2, no. 38; security 2, no. 39; security 2, no. 43."""
    liar.claim = lambda honest: {name: value for name, value in {**honest, **claims}.items() if value is not None}
    assert not enters(server, door)


# --- who finishes a login ---


def test_a_login_is_finished_by_the_browser_that_began_it(server, door, liar):
    """security 1, state-binding; security 2, no. 41."""
    with program() as mine, program() as theirs, program() as begun:
        callback = door.way_back(server, mine)
        assert not door.lets_in(server, theirs, callback)
        # Nor by one that has begun a login of its own.
        door.begin(server, begun)
        assert not door.lets_in(server, begun, callback)
        assert "/token" not in liar.asked, "the code of a login that is not theirs is shown to nobody"
        assert door.lets_in(server, mine, callback)


@pytest.mark.parametrize("state", ["", "x", None, "of-another"], ids=str)
def test_a_login_wants_its_own_state(server, door, liar, state):
    """security 1, state-binding."""
    with program() as browser, program() as another:
        callback = door.way_back(server, browser)
        if state == "of-another":
            state = parameters(door.begin(server, another))["state"]
        assert not door.lets_in(server, browser, with_query(callback, state=state))


def test_a_login_of_one_door_is_finished_at_no_other(server, door, liar):
    """security 1, state-binding."""
    for other in PROVIDER_DOORS:
        if other is door:
            continue
        with program() as browser:
            callback = door.way_back(server, browser).replace(server.url + door.callback, server.url + other.callback)
            assert not other.lets_in(server, browser, callback), other.name
            assert door.who(server, browser) is None


def test_a_login_is_finished_by_the_provider_that_it_began_with(server, door, liar, liars):
    """security 1, state-binding; security 2, no. 42: the mix-up, told or not told."""
    other = liars[1]
    for told in ({}, {"iss": liars[1].issuer}):
        liar.callback = told
        with program() as browser:
            # A code of the other's in the callback of this one's login.
            url = door.begin(server, browser)
            asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
            back = other.authorize(asked)
            assert not door.lets_in(server, browser, with_query(back, **told))
    assert "/token" not in other.asked
    assert liar.asked.count("/token") == 1, "who says another issuer is not even asked"


# --- whose account it is ---


def test_an_address_alone_joins_nobody(server, door, liar):
    """security 1, foreign-identity; security 2, no. 43."""
    for options, verified in [((), True), (("--email-verified",), True), (("--email-verified",), False)]:
        user = server.create_user(unique(), None, PASSWORD, *options)
        liar.person = someone(email=user["email"], email_verified=verified, preferred_username=user["username"])
        with program() as browser:
            door.lets_in(server, browser, door.way_back(server, browser))
            told = door.who(server, browser)
        # Somebody of their own, or nobody: never that user.
        assert not told or user["id"] not in told.text and user["email"] not in told.text, told.text
        assert server.data("session", "list", "--user", user["id"]) == []


@pytest.fixture(scope="module")
def joining(binary, tmp_path_factory, liars):
    """A server that lets a verified address join, for which both sides must have verified it."""
    settings = liars[0].environment(link_verified_email="true")
    server = Server(binary, tmp_path_factory.mktemp("joining"), **settings)
    server.start()
    yield server
    complaint = server.close()
    assert not complaint, complaint


def test_an_address_that_either_side_did_not_verify_joins_nobody(joining, door, liar):
    """security 1, foreign-identity."""
    cases = [((), True, False), (("--email-verified",), False, False), (("--email-verified",), True, True)]
    for options, verified, joins in cases:
        user = joining.create_user(unique(), None, PASSWORD, *options)
        liar.person = someone(email=user["email"], email_verified=verified)
        with program() as browser:
            door.lets_in(joining, browser, door.way_back(joining, browser))
        assert bool(joining.data("session", "list", "--user", user["id"])) == joins, (options, verified)


@pytest.mark.parametrize("verified", ["True", "false", "yes", 1, ["true"], {}], ids=str)
def test_verified_is_said_by_no_other_word_than_true(joining, liar, verified):
    """security 1, foreign-identity; or by the text that some providers say it with."""
    door = PROVIDER_DOORS[-1]
    user = joining.create_user(unique(), None, PASSWORD, "--email-verified")
    liar.person = someone(email=user["email"], email_verified=verified)
    with program() as browser:
        browser.get(door.way_back(joining, browser))
    assert joining.data("session", "list", "--user", user["id"]) == []


def test_somebody_is_issuer_and_subject(server, door, liar, liars):
    """security 1, foreign-identity: what a provider calls somebody may change, and come to somebody else."""
    ann = dict(liar.person)
    with program() as browser:
        assert door.lets_in(server, browser, door.way_back(server, browser))
    (user,) = [user for user in server.data("user", "list") if user["email"] == ann["email"]]
    liar.person = someone(email=ann["email"], preferred_username=user["username"])
    with program() as browser:
        door.lets_in(server, browser, door.way_back(server, browser))
    assert len(server.data("session", "list", "--user", user["id"])) == 1
    # And the same subject with another address is the same person still.
    liar.person = {**ann, "email": f"{unique()}@example.org"}
    with program() as browser:
        assert door.lets_in(server, browser, door.way_back(server, browser))
    assert user["id"] in {one["id"] for one in server.data("user", "list")}
    assert len(server.data("session", "list", "--user", user["id"])) == 2


# --- where the server goes ---


def is_up(server) -> bool:
    """Whether it serves; a start that was refused has said why."""
    while server.process.poll() is None:
        try:
            return server.get("/readyz").status_code == 200
        except requests.RequestException:
            time.sleep(0.02)
    assert "issuer" in server.log.lower(), server.log
    return False


def test_a_private_address_is_not_called_unless_that_is_configured(new_server):
    """security 1, outgoing-calls; security 2, no. 46: named by its number or by a name, in whatever spelling."""
    hosts = ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "127.1", "2130706433", "0.0.0.0")
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.setblocking(False)
        port = trap.getsockname()[1]
        for host in hosts:
            settings = Liar.settings(f"https://{host}:{port}", allow_private_addresses="false")
            server = new_server(start=False, **settings)
            server.launch()
            if is_up(server):
                for door in PROVIDER_DOORS:
                    with program() as browser:
                        assert browser.get(server.url + door.start).status_code >= 400, (host, door.name)
            with pytest.raises(BlockingIOError):
                trap.accept()


MOVED = ["/.well-known/openid-configuration", "/token", "/jwks"]


@pytest.mark.parametrize("path", MOVED)
def test_no_redirect_is_followed(new_server, liars, liar, path):
    """security 1, outgoing-calls: where a provider was moved to, nobody configured."""
    trap = liars[1]
    for status in (301, 302, 307, 308):
        liar.honest()
        liar.answer[path] = (status, {"Location": f"{trap.issuer}{path}"})
        server = new_server(**liar.environment())
        for door in PROVIDER_DOORS:
            with program() as browser:
                begun = browser.get(server.url + door.start)
                if path == MOVED[0]:
                    assert begun.status_code >= 400
                else:
                    back = browser.get(begun.headers["Location"]).headers["Location"]
                    assert not door.lets_in(server, browser, back)
        server.stop()
    assert trap.asked == [] and path in liar.asked


DESCRIPTIONS = {
    "another-issuer": lambda told: {**told, "issuer": "https://evil.example"},
    "issuer-with-a-slash": lambda told: {**told, "issuer": told["issuer"] + "/"},
    "no-issuer": lambda told: {name: value for name, value in told.items() if name != "issuer"},
    "token-endpoint-of-a-file": lambda told: {**told, "token_endpoint": "file:///etc/passwd"},
    "keys-of-a-file": lambda told: {**told, "jwks_uri": "file:///etc/passwd"},
    "login-by-script": lambda told: {**told, "authorization_endpoint": "javascript:alert(1)"},
}


@pytest.mark.parametrize("describe", DESCRIPTIONS.values(), ids=DESCRIPTIONS)
def test_a_description_of_somebody_else_begins_no_login(new_server, liar, describe):
    """security 1, outgoing-calls; security 2, no. 42."""
    liar.describe = describe
    server = new_server(**liar.environment())
    for door in PROVIDER_DOORS:
        with program() as browser:
            answer = browser.get(server.url + door.start)
            assert answer.status_code >= 400, (door.name, answer.headers)
