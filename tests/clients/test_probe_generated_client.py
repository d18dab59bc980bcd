"""A client that `openapi-python-client` generates from the served document tells a whole story: the product publishes none.

It knows the paths, bodies and answers from the document alone, and checks them by their types.
"""

import pytest
from documents import generated_client
from probe import outbox, token_in
from vestibule import PASSWORD, unique

NEW = "another correct horse"
PERSON = "a-person"


@pytest.fixture
def server(new_server):
    return new_server(VESTIBULE_DIALECTS__PROBE__SIGN_UP="true")


@pytest.fixture
def generated(server, tmp_path):
    """The package of the generated client."""
    with generated_client(server, "probe", tmp_path) as module:
        yield module


def test_it_tells_a_whole_story(server, generated):
    models, address = generated("models"), f"{unique()}@example.org"
    nobody = generated("client").Client(base_url=server.url, httpx_args={"trust_env": False})

    def somebody(token):
        return generated("client").AuthenticatedClient(
            base_url=server.url, token=token, httpx_args={"trust_env": False}
        )

    def sign_in(password=PASSWORD):
        answer = generated("api.auth.sign_in").sync(
            client=nobody, body=models.SignIn(email=address, password=password)
        )
        assert isinstance(answer, models.SignedIn), answer
        return answer

    sign_up = models.SignUp(email=address, password=PASSWORD, first_name="Ann", last_name="Lee")
    signed_up = generated("api.addition.sign_up").sync(client=nobody, body=sign_up, x_recaptcha_token=PERSON)
    assert (signed_up.status, signed_up.email) == (models.Status.PENDING, address)
    (message,) = outbox(server, address)
    verified = generated("api.auth.verify_email").sync(
        client=nobody, body=models.VerifyEmail(verify_token=token_in(message)), x_recaptcha_token=PERSON
    )
    assert (verified.success, verified.status) == (True, models.Status.ACTIVE)

    first, second = sign_in(), sign_in()
    assert first.api_token == second.api_token and first.user_id == second.user_id
    client = somebody(second.jwt_token.token)
    sessions = generated("api.auth.list_sessions").sync(client=client).sessions
    assert len(sessions) == 2
    ended = generated("api.auth.end_session").sync_detailed(sessions[0].id, client=client)
    assert ended.status_code == 204
    refused = generated("api.auth.list_sessions").sync_detailed(client=somebody(first.jwt_token.token))
    assert refused.status_code == 401 and isinstance(refused.parsed, models.Error)

    me = generated("api.user.show_current_user").sync(client=client)
    assert (me.id, me.first_name, me.last_name, me.role) == (first.user_id, "Ann", "Lee", models.Role.USER)
    renamed = generated("api.user.change_current_user").sync(client=client, body=models.Name(first_name="Anna"))
    assert (renamed.first_name, renamed.last_name) == ("Anna", "Lee")
    users = generated("api.user.list_users").sync(client=somebody(first.api_token))
    assert [user.id for user in users.users] == [me.id] and users.pagination.total == 1

    narrow = models.MakeApiToken(permissions=[models.PermissionName.READPROFILE], ttl=3600)
    made = generated("api.auth.make_api_token").sync(client=client, body=narrow)
    assert list(made.permissions.additional_properties) == ["read:profile"] and made.expires_at is not None
    limited = somebody(made.token)
    assert generated("api.user.show_current_user").sync(client=limited).id == me.id
    assert generated("api.auth.list_api_tokens").sync_detailed(client=limited).status_code == 403
    assert generated("api.auth.end_api_token").sync_detailed(made.token, client=client).status_code == 204
    assert generated("api.user.show_current_user").sync_detailed(client=limited).status_code == 401

    jwt = generated("api.auth.make_jwt").sync(client=client, body=models.MakeJwt(long_term_token=False))
    assert generated("api.user.show_current_user").sync(client=somebody(jwt.token)).id == me.id

    change = models.ChangeOrRestorePassword(old_password=PASSWORD, new_password=NEW)
    changed = generated("api.auth.change_password").sync_detailed(client=client, body=change, logout_all=True)
    assert changed.status_code == 204
    assert generated("api.user.show_current_user").sync_detailed(client=somebody(jwt.token)).status_code == 401

    forgotten = models.RestorePassword(email=address)
    generated("api.auth.restore_password").sync(client=nobody, body=forgotten, x_recaptcha_token=PERSON)
    mailed = token_in(outbox(server, address, 3)[2])
    exchanged = generated("api.auth.verify_restored_password").sync(
        client=nobody, body=models.VerifyRestore(password_restore_token=mailed), x_recaptcha_token=PERSON
    )
    update = models.ChangeOrRestorePassword(
        password_update_token=exchanged.password_update_token, new_password=PASSWORD
    )
    assert generated("api.auth.change_password").sync_detailed(client=nobody, body=update).status_code == 204
    assert generated("api.auth.list_sessions").sync_detailed(client=client).status_code == 401

    last = somebody(sign_in().jwt_token.token)
    assert generated("api.auth.sign_out").sync(client=last).success is True
    assert generated("api.auth.sign_out").sync_detailed(client=last).status_code == 401
