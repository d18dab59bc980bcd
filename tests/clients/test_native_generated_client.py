"""A client that `openapi-python-client` generates from the served document of Vestibule's own API.

It knows the paths, bodies and answers from the document alone, and checks them by their types.
"""

import pytest
from documents import generated_client
from vestibule import PASSWORD, unique


@pytest.fixture(scope="session")
def generated(documented, tmp_path_factory):
    """The package of the generated client."""
    with generated_client(documented, "native", tmp_path_factory.mktemp("generated")) as module:
        yield module


@pytest.fixture
def client(documented, generated):
    """A client with a cookie jar of its own."""
    with generated("client").Client(base_url=documented.url, httpx_args={"trust_env": False}) as client:
        yield client


def test_it_sees_to_an_account(documented, generated, client):
    user = documented.create_user(unique())
    token = documented.login(user["username"])
    models = generated("models")
    wrong = generated("api.session.sign_in").sync(
        client=client, body=models.Login(identifier=user["username"], password="wrong")
    )
    assert isinstance(wrong, models.Problem) and wrong.code == "invalid_credentials"
    me = generated("api.session.sign_in").sync(
        client=client, body=models.Login(identifier=user["username"], password=PASSWORD)
    )
    assert isinstance(me, models.Me) and me.session.fresh and me.number == user["number"]

    sessions = generated("api.session.list_sessions").sync(client=client).sessions
    assert {each.door for each in sessions} == {"knox", "native"}
    (other,) = [each for each in sessions if not each.current]
    assert generated("api.session.end_session").sync_detailed(other.id, client=client).status_code == 204
    assert documented.who(token).status == 401

    made = generated("api.keys.create_key").sync(client=client, body=models.NewKey(name="a script"))
    assert made.secret.startswith("vst_")
    (key,) = generated("api.keys.list_keys").sync(client=client).keys
    assert key.name == "a script"
    assert generated("api.keys.end_key").sync_detailed(key.id, client=client).status_code == 204

    assert generated("api.session.sign_out").sync_detailed(client=client).status_code == 204
    gone = generated("api.account.who_am_i").sync(client=client)
    assert isinstance(gone, models.Problem) and gone.code == "credential_missing"
