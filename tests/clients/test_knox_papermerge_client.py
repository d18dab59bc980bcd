"""`papermerge-restapi-client`, the product's published Python client, unmodified.

It wants a Content-Type without a charset, and takes a token only as a default header: its own api-key setting raises.
"""

import json

import pytest
from papermerge_restapi_client import ApiClient, Configuration
from papermerge_restapi_client.apis.tags.auth_api import AuthApi
from papermerge_restapi_client.exceptions import ApiException
from papermerge_restapi_client.model.auth_token_request import AuthTokenRequest
from vestibule import PASSWORD, Server, unique


def api(server: Server, token: str | None = None) -> AuthApi:
    header = {"header_name": "Authorization", "header_value": f"Token {token}"} if token else {}
    return AuthApi(ApiClient(Configuration(host=server.url), **header))


def login(server: Server, username: str, password: str = PASSWORD) -> str:
    answer = api(server).auth_login_create(AuthTokenRequest(username=username, password=password))
    return str(answer.body["token"])


def refusal(call, **arguments) -> ApiException:
    with pytest.raises(ApiException) as caught:
        call(**arguments)
    return caught.value


@pytest.fixture
def user(either) -> dict:
    return either.create_user(unique())


def logout_status(server: Server) -> int:
    return 204 if "VESTIBULE_DIALECTS__KNOX__WIRE" in server.environment else 200


def test_login_reads_token_and_expiry(either, user):
    answer = api(either).auth_login_create(AuthTokenRequest(username=user["username"], password=PASSWORD))
    assert answer.response.status == 200
    assert len(str(answer.body["token"])) == 64
    assert answer.body["expiry"].is_none_oapg()


def test_wrong_password_raises_400_with_the_documented_body(either, user):
    body = AuthTokenRequest(username=user["username"], password="not this one")
    error = refusal(api(either).auth_login_create, body=body)
    assert error.status == 400
    assert json.loads(error.body) == {"non_field_errors": ["Unable to log in with provided credentials."]}


def test_logout_ends_the_token_and_its_reuse_is_401(either, user):
    token, other = login(either, user["username"]), login(either, user["username"])
    assert api(either, token).auth_logout_create().response.status == logout_status(either)
    assert refusal(api(either, token).auth_logout_create).status == 401
    assert refusal(api(either, token).auth_logoutall_create).status == 401
    assert either.who(other).status == 200


def test_logoutall_ends_every_token(either, user):
    tokens = [login(either, user["username"]) for _ in range(3)]
    assert api(either, tokens[1]).auth_logoutall_create().response.status == logout_status(either)
    for token in tokens:
        assert refusal(api(either, token).auth_logout_create).status == 401


@pytest.mark.parametrize("form", ["json", "vnd.api+json"])
def test_the_format_that_the_client_may_ask_for_is_taken(either, user, form):
    token = login(either, user["username"])
    answer = api(either, token).auth_logout_create(query_params={"format": form})
    assert answer.response.status == logout_status(either)


def test_logout_without_a_token_is_401(either):
    error = refusal(api(either).auth_logout_create)
    assert error.status == 401
    assert error.headers["WWW-Authenticate"] == "Token"


def test_a_suspended_users_token_is_401(either, user):
    token = login(either, user["username"])
    either.set_status(user, "suspend")
    error = refusal(api(either, token).auth_logout_create)
    assert error.status == 401
    assert b"User inactive or deleted." in error.body
