"""What a client holds after a login: planted before it, altered, guessed in part, forged, ended, or its owner suspended."""

import base64
import hmac
import json
import string

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from doors import BIXARENA, DOORS, KEY, NATIVE, PROBE_DOOR, SYNTHO, TRIEVE, Credential, Person, house, visitor
from password_doors import PASSWORD_DOORS
from visitor import Visitor

DOOR = pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
# Those whose login looks at what the browser holds, or sets a cookie over it.
WITH_COOKIE = [SYNTHO, TRIEVE, BIXARENA, NATIVE]


@pytest.fixture(scope="module")
def nodes(binary, provider, tmp_path_factory):
    """Two processes of one house, whose every door is open."""
    with house(
        binary, tmp_path_factory.mktemp("sessions"), provider, 2, VESTIBULE_LIMITS__TRUSTED_ADDRESSES="127.0.0.0/8"
    ) as nodes:
        yield nodes


@pytest.fixture
def server(nodes):
    return nodes[0]


@pytest.fixture
def person(server) -> Person:
    return Person.of(server)


def everything(server, person) -> list[Credential]:
    """A login by each door, and every kind of credential that comes of one."""
    held = [credential for door in DOORS for credential in door.log_in(server, person)]
    for door in (TRIEVE, NATIVE):
        (session,) = [one for one in held if one.kind == door.session]
        held.append(door.made_key(server, session))
    assert [one for one in held if not one.lives(server, person)] == []
    return held


# --- before a login ---


@pytest.mark.parametrize("door", WITH_COOKIE, ids=lambda door: door.name)
def test_a_planted_cookie_is_not_taken_up(server, person, door):
    """security 1, session-fixation; security 2, no. 22."""
    (usual, *_) = door.log_in(server, person)
    planted = Credential(door.session, door, "A" * len(usual.secret), "laptop")
    if door is SYNTHO:
        # Its product answers 401 to a cookie that opens nothing, and takes it away.
        body = {"email": person.email, "password": person.password}
        refused = server.post_json("/api/v1/auth/", body, door.carried(planted))
        assert refused.status == 401 and refused.header("set-cookie").startswith('sessionid="";'), refused.headers
    else:
        (session, *_) = door.try_log_in(server, person, "laptop", presented=planted)
        assert session.secret not in (planted.secret, usual.secret) and session.lives(server, person)
    assert not planted.lives(server, person)


@pytest.mark.parametrize("door", WITH_COOKIE, ids=lambda door: door.name)
def test_a_live_session_that_was_planted_does_not_become_the_victims(server, person, door):
    """security 1, session-fixation: neither as it is nor as anybody else's."""
    attacker = Person.of(server)
    (planted, *_) = door.log_in(server, attacker)
    (session, *_) = door.try_log_in(server, person, "laptop", presented=planted)
    assert session.lives(server, person) and session.secret != planted.secret
    answer = door.present(server, planted)
    assert answer.status in door.refusals and person.email not in answer.text


def test_a_probe_login_leaves_the_jwt_of_somebody_else_what_it_was(server, person):
    """security 1, session-fixation: that door looks at nothing that comes along."""
    attacker = Person.of(server)
    (planted, _) = PROBE_DOOR.log_in(server, attacker)
    body = {"email": person.email, "password": person.password}
    answer = server.post_json("/frontend/api/v1/auth/sign-in", body, {"Cookie": f"jwt={planted.secret}"})
    assert answer.status == 200 and answer.json()["jwt-token"]["token"] != planted.secret
    assert person.email not in PROBE_DOOR.present(server, planted).text


def test_a_page_takes_up_no_cookie_that_was_planted(server, person):
    """security 1, session-fixation."""
    attacker = Person.of(server)
    (live,) = NATIVE.log_in(server, attacker)
    for planted in ("A" * len(live.secret), live.secret):
        visitor = Visitor(server)
        page = visitor.open("/login")
        visitor.cookies.set("vestibule", planted, domain="127.0.0.1", path="/")
        # With somebody else's session the form is another's; open it anew as that browser would.
        answer = visitor.fill_in(page, person.name, person.password)
        if answer.status_code == 303:
            assert visitor.cookies.get_dict()["vestibule"] != planted
        assert person.email not in NATIVE.present(server, Credential("vestibule", NATIVE, planted, "")).text


# --- altered, and guessed in part ---


def others(secret: str, at: int) -> str:
    """The secret with another sign at this place, of the same alphabet."""
    sign = secret[at]
    choice = next(
        c for c in string.ascii_lowercase + string.ascii_uppercase + "0123" if c != sign and c.lower() != sign.lower()
    )
    return secret[:at] + choice + secret[at + 1 :]


def places(secret: str) -> list[int]:
    step = max(1, len(secret) // 40)
    return sorted({*range(0, len(secret), step), len(secret) - 1})


@DOOR
def test_every_sign_of_a_credential_counts(server, person, door):
    """security 1, cookie-integrity; security 2, no. 31; security 2, no. 21."""
    for credential in door.log_in(server, person):
        for at in places(credential.secret):
            if credential.secret[at] == ".":
                continue
            altered = Credential(credential.kind, door, others(credential.secret, at), "")
            assert not altered.lives(server, person), (credential.kind, at)


@DOOR
def test_a_cookie_tells_nothing_and_can_say_nothing(server, person, door):
    """security 1, cookie-integrity: it is opaque, and no content of the client's choice is read."""
    if door.cookie is None:
        (token,) = door.log_in(server, person)
        assert len(token.secret) >= 32 and person.name not in token.secret
        return
    (session, *_) = door.log_in(server, person)
    if session.secret.count(".") != 2:
        for reading in (session.secret, *decodings(session.secret)):
            for told in (person.id, person.name, person.email, "admin", '"', "{"):
                assert told not in reading, reading
        assert len(session.secret) >= 22
    for content in (
        person.id,
        str(person.number),
        person.name,
        person.email,
        json.dumps({"user": person.id}),
        base64.urlsafe_b64encode(json.dumps({"user_id": person.id, "sub": person.id}).encode()).decode(),
        "null",
        "true",
        "0",
        "%00",
        "' OR '1'='1",
    ):
        quoted = content.replace('"', "'").replace(";", "")
        assert not Credential(door.session, door, quoted, "").lives(server, person), content


def decodings(text: str) -> list[str]:
    readings = []
    for decode in (base64.urlsafe_b64decode, bytes.fromhex):
        try:
            readings.append(decode(text + "=" * (-len(text) % 4)).decode())
        except ValueError:
            pass
    return readings


@DOOR
def test_a_nearly_right_secret_is_answered_like_a_wrong_one(server, person, door):
    """security 1, comparison; security 2, no. 47: secrets are looked up by their digest, in which nothing is near."""
    for credential in [
        *door.log_in(server, person),
        *([door.made_key(server, door.log_in(server, person)[0])] if door in (TRIEVE, NATIVE) else []),
    ]:
        secret = credential.secret
        wrong = others(others(secret, 0), len(secret) // 2)
        near = [others(secret, 0), others(secret, len(secret) - 1), secret[:-1], secret + secret[-1], secret.swapcase()]
        if secret.swapcase() == secret:
            near.pop()
        answers = [door.present(server, Credential(credential.kind, door, one, "")) for one in [wrong, *near]]
        told = {(answer.status, answer.body) for answer in answers}
        assert len(told) == 1 and answers[0].status in door.refusals, (credential.kind, told)


# --- forged ---


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def forgeries(server, token: str) -> dict[str, str]:
    """Tokens with the claims of this one that whoever has no key can make."""
    head, payload, signature = token.split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    claims = jwt.decode(token, options={"verify_signature": False})

    def by_mac(key: bytes, **more) -> str:
        signed = f"{encoded(json.dumps({**header, 'alg': 'HS256', **more}).encode())}.{payload}"
        return f"{signed}.{encoded(hmac.digest(key, signed.encode(), 'sha256'))}"

    def with_header(tail: str = signature, **more) -> str:
        return f"{encoded(json.dumps({**header, **more}).encode())}.{payload}.{tail}"

    public = STRANGER.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    theirs = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(STRANGER.public_key()))
    keys = server.get("/v1/.well-known/jwks.json").json()["keys"]
    pems = [
        jwt.PyJWK(key).key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        for key in keys
    ]
    later = {**claims, "exp": claims["exp"] + 86_400}
    return {
        **{f"none {spelling}": with_header("", alg=spelling) for spelling in ("none", "None", "NONE", "nOnE", "")},
        "none with the signature": with_header(alg="none"),
        "no signature": f"{head}.{payload}.",
        "two parts": f"{head}.{payload}",
        "four parts": f"{token}.{signature}",
        "the signature of another": f"{head}.{encoded(json.dumps(later).encode())}.{signature}",
        "no alg": f"{encoded(json.dumps({'typ': 'JWT'}).encode())}.{payload}.{signature}",
        "an empty key": by_mac(b""),
        "a guessed key": by_mac(b"secret"),
        "a zero key": by_mac(bytes(32)),
        "a file's key": by_mac(b"", kid="../../../../dev/null"),
        "a key by query": by_mac(b"x", kid="x' UNION SELECT 'x"),
        **{f"mac by public key {number}": by_mac(pem) for number, pem in enumerate(pems)},
        "a stranger's": jwt.encode(claims, STRANGER, "RS256", headers={"kid": header.get("kid", "x")}),
        "with its own key": jwt.encode(claims, STRANGER, "RS256", headers={"jwk": theirs}),
        "with a place of keys": jwt.encode(claims, STRANGER, "RS256", headers={"jku": "http://127.0.0.1:1/jwks"}),
        "with a certificate": jwt.encode(claims, STRANGER, "RS256", headers={"x5c": [encoded(public)]}),
        "critical": with_header(crit=["x"], x=1),
        "not encoded": with_header(b64=False),
        "padded": token + "==",
        "with a line break": token[:20] + "%0A" + token[20:],
    }


@pytest.mark.parametrize("door", [PROBE_DOOR, BIXARENA], ids=lambda door: door.name)
def test_a_token_that_was_not_signed_here_opens_nothing(server, person, door):
    """security 1, none-algorithm; security 2, no. 36; security 2, no. 37."""
    held = door.log_in(server, person)
    (token,) = [one for one in held if one.secret.count(".") == 2]
    assert token.lives(server, person)
    for name, forged in forgeries(server, token.secret).items():
        assert not Credential(token.kind, door, forged, "").lives(server, person), name


def test_a_credential_of_one_door_opens_no_other(server, person):
    """security 1, none-algorithm: tokens of another type; security 2, no. 39."""
    for credential in everything(server, person):
        for door in DOORS:
            # An organization's or a person's key is by design of one door, as everything else is.
            if door is credential.door:
                continue
            for kind in {
                door.session,
                "BixArena JWT" if door is BIXARENA else KEY if door in (TRIEVE, NATIVE) else door.session,
            }:
                answer = door.present(server, Credential(kind, door, credential.secret, ""))
                assert person.email not in answer.text, (credential, door.name)


# --- ended ---


@DOOR
def test_a_session_that_was_ended_is_refused_by_every_process_at_once(nodes, person, door):
    """security 1, revoked-session; security 2, no. 24."""
    one, other = nodes
    for end in ("by its owner", "by the operator"):
        held = door.log_in(one, person)
        (session,) = [credential for credential in held if credential.kind == door.session]
        # Looked at before, by both: what was cached would be found.
        assert session.lives(one, person) and session.lives(other, person)
        if end == "by its owner":
            assert door.log_out(one, session).status in (200, 204)
        else:
            one.done("user", "logout", person.id)
        assert not session.lives(other, person) and not session.lives(one, person), end
        tokens = [credential for credential in held if credential.kind == "BixArena JWT"]
        assert not [token for token in tokens if token.lives(other, person) or token.lives(one, person)], end


@pytest.mark.parametrize("event", ["suspended", "deleted"])
def test_who_is_suspended_or_deleted_is_served_by_no_door(nodes, person, event):
    """security 1, disabled-user; security 2, no. 25: every door, every kind of credential, every process."""
    one, other = nodes
    held = everything(one, person)
    assert not [credential for credential in held if not credential.lives(other, person)]
    if event == "suspended":
        one.set_status({"id": person.id}, "suspend")
    else:
        one.done("user", "delete", person.id, "--yes")
    assert [
        credential.kind for credential in held if credential.lives(one, person) or credential.lives(other, person)
    ] == []
    if event == "suspended":
        assert [door.name for door in DOORS if door.try_log_in(other, person, "laptop")] == []
    assert [door.name for door in PASSWORD_DOORS if door.enters(other, person)] == []
    if event == "suspended":
        one.set_status({"id": person.id}, "activate")
        sessions = {door.session for door in DOORS} | {"BixArena JWT"}
        assert [one_.kind for one_ in held if one_.kind in sessions and one_.lives(one, person)] == []


@pytest.mark.parametrize("door", [TRIEVE, BIXARENA], ids=lambda door: door.name)
def test_a_login_under_way_is_not_finished_by_who_was_suspended_meanwhile(server, person, door):
    """security 1, disabled-user: between the provider and the callback."""
    with visitor("laptop") as browser:
        back = browser.sign_in(server.url + door.start, person.name, server.url + door.callback)
        server.set_status({"id": person.id}, "suspend")
        assert browser.get(back).status_code >= 400
    assert server.data("session", "list", "--user", person.id) == []
