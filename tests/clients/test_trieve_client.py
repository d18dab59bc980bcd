"""The published Python client of Trieve, unmodified: `trieve_py_client` 0.12.12."""

from trieve import CALLBACK, COOKIE, log_in
from vestibule import unique

GET_ME = {"api": "AuthApi", "call": "get_me"}


def test_who_somebody_is_by_key_and_by_cookie(federated, trieve_client):
    name = unique()
    with log_in(federated, name) as person:
        key, cookie, me = person.key(), f"{COOKIE}={person.cookie}", person.me()
    (by_key,) = trieve_client(federated, [GET_ME], key=key)
    (by_cookie,) = trieve_client(federated, [GET_ME], cookie=cookie)
    for told in (by_key, by_cookie):
        assert told["status"] == 200
        assert (told["value"]["id"], told["value"]["email"]) == (me["id"], f"{name}@example.org")
        assert [one["role"] for one in told["value"]["user_orgs"]] == [2]
        assert [one["name"] for one in told["value"]["orgs"]] == [name]


def test_nobody_is_told_so_in_the_clients_words(federated, federated_deployed, trieve_client):
    """contracts 0.6: 400 is in the document, and so is its message."""
    (nobody,) = trieve_client(federated, [GET_ME])
    assert nobody == {"status": 400, "refused": "BadRequestException", "message": "Unauthorized"}
    (nobody,) = trieve_client(federated_deployed, [GET_ME], key="tr-00000000000000000000000000000000")
    assert (nobody["status"], nobody["refused"]) == (401, "UnauthorizedException")


def test_a_logout_ends_the_session_and_no_key(either_federated, trieve_client):
    with log_in(either_federated, unique()) as person:
        key, cookie = person.key(), f"{COOKIE}={person.cookie}"
    logout = {"api": "AuthApi", "call": "logout"}
    ended, after = trieve_client(either_federated, [logout, GET_ME], cookie=cookie)
    assert ended["status"] in (200, 204) and after["status"] in (400, 401)
    (by_key,) = trieve_client(either_federated, [GET_ME], key=key)
    assert by_key["status"] == 200


def test_the_callback_without_a_provider_is_refused(federated, trieve_client):
    """The client sends no parameters: it cannot drive a real callback (contracts 7.1)."""
    assert CALLBACK.startswith("/api/auth/")
    (answer,) = trieve_client(federated, [{"api": "AuthApi", "call": "callback"}])
    assert answer["status"] == 400


def test_organizations_keys_and_invitations(federated, trieve_client):
    with log_in(federated, unique()) as person:
        key, organization = person.key(), person.organization
    somebody, site = f"{unique()}@example.org", federated.url
    here = {"tr_organization": organization}
    make = {"model": "CreateApiKeyReqPayload", "name": "ci", "role": 1}
    invite = {"model": "InvitationData", "email": somebody, "user_role": 0, "app_url": site, "redirect_uri": site}
    made, keys, invited, again, waiting = trieve_client(
        federated,
        [
            {
                "api": "OrganizationApi",
                "call": "create_organization_api_key",
                "arguments": {**here, "create_api_key_req_payload": make},
            },
            {"api": "OrganizationApi", "call": "get_organization_api_keys", "arguments": here},
            {"api": "InvitationApi", "call": "post_invitation", "arguments": {**here, "invitation_data": invite}},
            {"api": "InvitationApi", "call": "post_invitation", "arguments": {**here, "invitation_data": invite}},
            {
                "api": "InvitationApi",
                "call": "get_invitations",
                "arguments": {**here, "organization_id": organization},
            },
        ],
        key=key,
    )
    assert made["status"] == 200 and made["value"]["api_key"].startswith("tr-")
    assert [one["organization_id"] for one in keys["value"]] == [organization]
    assert invited["status"] == 204
    assert again == {
        "status": 400,
        "refused": "BadRequestException",
        "message": f"User with email {somebody} has already been invited",
    }
    (listed,) = waiting["value"]
    assert (listed["email"], listed["used"]) == (somebody, False)
    ended, withdrawn, nothing = trieve_client(
        federated,
        [
            {
                "api": "OrganizationApi",
                "call": "delete_organization_api_key",
                "arguments": {**here, "api_key_id": keys["value"][0]["id"]},
            },
            {
                "api": "InvitationApi",
                "call": "delete_invitation",
                "arguments": {**here, "invitation_id": listed["id"]},
            },
            {"api": "OrganizationApi", "call": "get_organization_api_keys", "arguments": here},
        ],
        key=key,
    )
    assert (ended["status"], withdrawn["status"], nothing["value"]) == (204, 204, [])
