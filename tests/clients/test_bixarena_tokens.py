"""Internal tokens as other services see them: verified with the published key set alone, by PyJWT and by npm's `jose`."""

import re
import time
import uuid

import jwt
import pytest
from bixarena import AUDIENCE, BASES, BackEnd, Person, log_in, service_client
from node import Jose
from vestibule import unique

pytestmark = pytest.mark.usefixtures("no_proxy")
CLAIMS = {"iss", "sub", "aud", "roles", "sid", "iat", "nbf", "exp", "jti"}
KTY = {"RS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}


def jose(server, algorithm: str = "RS256", audience: str = AUDIENCE) -> Jose:
    return Jose(f"{server.url}/.well-known/jwks.json", server.url, audience, [algorithm])


def key_ids(person: Person) -> list[str]:
    return [key["kid"] for key in person.call("GET", "/.well-known/jwks.json").json()["keys"]]


def kid(token: str) -> str:
    return jwt.get_unverified_header(token)["kid"]


@pytest.mark.parametrize("base", BASES, ids=["v1", "root"])
def test_the_key_set_is_published(either_federated, base):
    with Person(either_federated, base) as anybody:
        answer = anybody.call("GET", "/.well-known/jwks.json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in answer.headers
    keys = answer.json()["keys"]
    assert keys
    for key in keys:
        assert set(key) == {"kty", "kid", "alg", "use", "n", "e"}, "public parts only"
        assert (key["kty"], key["alg"], key["use"], key["e"]) == ("RSA", "RS256", "sig", "AQAB")
        assert uuid.UUID(key["kid"])
        assert re.fullmatch(r"[\w-]{342}", key["n"]), "2048 bits"


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_other_services_verify_a_token(new_server, provider, algorithm):
    server = new_server(VESTIBULE_DIALECTS__BIXARENA__ALGORITHM=algorithm, **provider.environment())
    name = unique()
    with log_in(server, name) as person, jose(server, algorithm) as node:
        token = person.mint()
        header = jwt.get_unverified_header(token)
        assert header == {"alg": algorithm, "typ": "JWT", "kid": header["kid"]}
        (key,) = person.call("GET", "/.well-known/jwks.json").json()["keys"]
        assert (key["kid"], key["alg"], key["kty"]) == (header["kid"], algorithm, KTY[algorithm])
        assert "d" not in key

        claims = BackEnd(server, algorithm).verified(token)
        assert set(claims) == CLAIMS
        assert (claims["iss"], claims["aud"], claims["roles"]) == (server.url, AUDIENCE, ["user"])
        assert claims["sub"] == server.data("user", "show", name)["id"] == person.user_info().json()["sub"]
        (session,) = server.data("session", "list", "--user", name)
        assert claims["sid"] == session["id"]
        assert claims["iat"] == claims["nbf"] == claims["exp"] - 600
        assert abs(claims["iat"] - time.time()) < 60
        assert node.verified(token) == claims
        assert BackEnd(server, algorithm, base="").verified(token) == claims
        again = BackEnd(server, algorithm).verified(person.mint())
        assert again["jti"] != claims["jti"] and again["sid"] == claims["sid"]


def test_what_is_not_ours_is_refused(federated):
    """What an allow-list, an issuer, an audience and a signature are checked for, by both libraries."""
    with log_in(federated, unique()) as person:
        token = person.mint()
    header, payload, signature = token.split(".")
    back_end = BackEnd(federated)
    with jose(federated) as node, jose(federated, audience="other") as other, jose(federated, "ES256") as ec:
        assert node.verified(token)
        assert node.refused(f"{header}.{payload}.{signature[:-8]}AAAAAAAA") == "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"
        assert node.refused(jwt.encode({"sub": "x"}, "k" * 32, "HS256", headers={"kid": kid(token)}))
        assert node.refused(jwt.encode({"sub": "x"}, None, "none"))
        assert other.refused(token) == "ERR_JWT_CLAIM_VALIDATION_FAILED"
        assert ec.refused(token) == "ERR_JOSE_ALG_NOT_ALLOWED"
    with pytest.raises(jwt.InvalidSignatureError):
        back_end.verified(f"{header}.{payload}.{signature[:-8]}AAAAAAAA")
    with pytest.raises(jwt.InvalidAudienceError):
        back_end.verified(token, audience="other")
    with pytest.raises(jwt.InvalidIssuerError):
        back_end.verified(token, issuer="https://evil.example")
    with pytest.raises(jwt.InvalidAlgorithmError):
        BackEnd(federated, "ES256").verified(token)


def test_the_claims_are_as_configured(new_server, provider):
    server = new_server(
        VESTIBULE_DIALECTS__BIXARENA__ISSUER="urn:bixarena:auth",
        VESTIBULE_DIALECTS__BIXARENA__AUDIENCE="urn:bixarena:auth",
        VESTIBULE_DIALECTS__BIXARENA__SUBJECT="username",
        VESTIBULE_DIALECTS__BIXARENA__TOKEN_TTL="2m",
        VESTIBULE_DIALECTS__BIXARENA__RSA_BITS="3072",
        **provider.environment(),
    )
    name = unique()
    with log_in(server, name) as person:
        token = person.mint()
        claims = BackEnd(server).verified(token, "urn:bixarena:auth", "urn:bixarena:auth")
        assert (claims["sub"], claims["exp"] - claims["iat"]) == (name, 120)
        (key,) = person.call("GET", "/.well-known/jwks.json").json()["keys"]
        assert len(key["n"]) == 512
        assert uuid.UUID(person.user_info(token).json()["sub"]), "userinfo says the UUID whatever tokens say"


def test_roles_and_audience_of_the_newer_token(federated):
    back_end = BackEnd(federated)
    with log_in(federated, unique()) as person:
        token = person.call("POST", "/oauth2/token?audience=leaderboard").json()["access_token"]
        claims = back_end.verified(token, "leaderboard")
        assert (claims["aud"], claims["roles"]) == ("leaderboard", ["user"])
        with pytest.raises(jwt.InvalidAudienceError):
            back_end.verified(token)
        without = person.call("POST", "/oauth2/token").json()["access_token"]
        assert back_end.verified(without)["aud"] == AUDIENCE


def test_an_administrators_roles(new_server, provider):
    """contracts 5.2: one in the seed's time, two in the newest form."""
    server = new_server(**provider.environment(link_verified_email="true"))
    name = unique()
    server.create_user(
        f"{name}-here", f"{name}@example.org", "correct horse battery", "--role", "admin", "--email-verified"
    )
    back_end = BackEnd(server)
    with log_in(server, name) as person:
        assert back_end.verified(person.mint())["roles"] == ["admin"]
        newer = person.call("POST", "/oauth2/token").json()["access_token"]
        assert back_end.verified(newer)["roles"] == ["admin", "user"]
        assert person.user_info().json()["roles"] == ["admin", "user"]


def test_a_services_token_names_the_service_and_no_session(new_server, provider, tmp_path):
    secret = "a-long-and-random-secret"
    server = new_server(**provider.environment(), **service_client(tmp_path, "bixarena-api-service", secret))
    with Person(server) as service:
        answer = service.call(
            "POST", "/oauth2/service-token?audience=leaderboard", auth=("bixarena-api-service", secret)
        )
        claims = BackEnd(server).verified(answer.json()["access_token"], "leaderboard")
    assert set(claims) == CLAIMS - {"sid"}
    assert (claims["sub"], claims["roles"]) == ("bixarena-api-service", ["service"])
    assert claims["exp"] - claims["iat"] == 300


def test_a_rotated_key_is_published_before_it_signs(new_server, provider):
    server = new_server(**provider.environment())
    with log_in(server, unique()) as person, jose(server) as node:
        back_end = BackEnd(server)
        before = person.mint()
        assert key_ids(person) == [kid(before)]
        (made,) = server.data("signing-key", "rotate", "--use", "bixarena")
        assert set(key_ids(person)) == {kid(before), made["id"]}
        after = person.mint()
        assert kid(after) == kid(before), "whoever keeps the old set must know every key that signs"
        for token in (before, after):
            assert back_end.verified(token) == node.verified(token)
        assert person.user_info(before).status_code == 200


def test_a_key_that_is_dropped_takes_its_tokens_along(new_server, provider):
    """An operator whose key was stolen: `--now`."""
    server = new_server(**provider.environment())
    with log_in(server, unique()) as person, jose(server) as node:
        keeps_old_set = BackEnd(server)
        before = person.mint()
        assert keeps_old_set.verified(before) and node.verified(before)
        (made,) = server.data("signing-key", "rotate", "--use", "bixarena", "--now")
        assert key_ids(person) == [made["id"]]
        after = person.mint()
        assert kid(after) == made["id"]
        assert keeps_old_set.verified(after)["sid"] == node.verified(after)["sid"], "a set is fetched for a new key"
        with pytest.raises(jwt.PyJWKClientError):
            BackEnd(server).verified(before)
        assert node.refused(before) == "ERR_JWKS_NO_MATCHING_KEY"
        assert person.user_info(before).status_code == 401
        assert person.user_info(after).status_code == 200


def test_another_algorithm_holds_from_the_next_key_on(new_server, provider):
    server = new_server(**provider.environment())
    with log_in(server, unique()) as person:
        assert jwt.get_unverified_header(person.mint())["alg"] == "RS256"
        server.stop()
        server.environment["VESTIBULE_DIALECTS__BIXARENA__ALGORITHM"] = "EdDSA"
        server.start()
        server.data("signing-key", "rotate", "--use", "bixarena", "--now")
        token = person.mint()
        assert BackEnd(server, "EdDSA").verified(token)["roles"] == ["user"]


def test_keys_outlive_a_restart(new_server, provider):
    server = new_server(**provider.environment())
    with log_in(server, unique()) as person:
        token, known = person.mint(), key_ids(person)
        server.stop()
        server.start()
        assert key_ids(person) == known
        assert BackEnd(server).verified(token)
        assert person.user_info(token).status_code == 200, "and so does the session"


def test_others_hear_of_a_logout_when_the_token_ends(federated):
    """design: outside verifiers wait at most `token_ttl`; our own routes ask the ledger."""
    with log_in(federated, unique()) as person:
        token = person.mint()
        person.call("POST", "/auth/logout")
        assert BackEnd(federated).verified(token)
        assert person.user_info(token).status_code == 401


def test_a_token_of_one_door_opens_no_other(federated):
    name = unique()
    with log_in(federated, name) as person:
        token = person.mint()
    bearer = {"Authorization": f"Bearer {token}"}
    assert federated.http("GET", "/frontend/api/v1/auth/session", bearer).status == 401
    assert federated.http("GET", "/api/v1/users/me/", bearer).status == 401
    assert federated.who(token).status == 401
