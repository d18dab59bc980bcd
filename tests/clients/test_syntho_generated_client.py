"""A client that `openapi-python-client` generates from the served document: the product publishes none.

It knows the paths, bodies and answers from the document alone, and checks them by their types.
"""

import pytest
from documents import generated_client
from vestibule import PASSWORD, unique


@pytest.fixture(scope="session")
def generated(documented, tmp_path_factory):
    """The package of the generated client."""
    with generated_client(documented, "syntho", tmp_path_factory.mktemp("generated")) as module:
        yield module


@pytest.fixture
def client(documented, generated):
    """A client with a cookie jar of its own."""
    with generated("client").Client(base_url=documented.url, httpx_args={"trust_env": False}) as client:
        yield client


def test_it_signs_in_and_out(documented, generated, client):
    user = documented.create_user(unique())
    models = generated("models")
    methods = generated("api.auth.auth_retrieve").sync(client=client)
    assert (methods.username_password_enabled, methods.oidc_providers) == (True, [])

    form = models.SessionForm(email=user["email"], password=PASSWORD)
    signed_in = generated("api.auth.auth_create").sync(client=client, body=form)
    assert isinstance(signed_in, models.SignedInResponse)
    assert (signed_in.pk, signed_in.new_password_required) == (user["number"], False)

    (me,) = generated("api.users.users_list").sync(client=client)
    assert (me.pk, me.email) == (user["number"], user["email"])

    signed_out = generated("api.auth.auth_destroy").sync(client=client)
    assert signed_out.status == "OK"
    refused = generated("api.auth.auth_destroy").sync_detailed(client=client)
    assert (refused.status_code, refused.parsed.detail) == (401, "Authentication credentials were not provided.")


def test_it_reads_a_refused_login(documented, generated, client):
    form = generated("models").SessionForm(email="nobody@example.org", password=PASSWORD)
    answer = generated("api.auth.auth_create").sync_detailed(client=client, body=form)
    assert answer.status_code == 400
    assert answer.parsed.to_dict() == {"non_field_errors": ["Unable to log in with provided credentials."]}


def test_it_makes_a_user_and_changes_a_password(documented, generated, client):
    models = generated("models")
    admin = documented.create_user(unique(), None, PASSWORD, "--role", "admin")
    sign_in = generated("api.auth.auth_create").sync
    sign_in(client=client, body=models.SessionForm(email=admin["email"], password=PASSWORD))
    new = models.NewSynthoUser(email=f"{unique()}@example.org", first_name="Eve", last_name="Poe")
    made = generated("api.users.users_create").sync(client=client, body=new)
    assert (made.full_name, made.first_name) == ("Eve Poe", "Eve")

    first = sign_in(client=client, body=models.SessionForm(email=made.email, password=made.password))
    assert first.new_password_required
    change = models.ChangePassword(old_password=made.password, new_password=PASSWORD)
    changed = generated("api.addition.users_me_password_create").sync_detailed(client=client, body=change)
    assert changed.status_code == 204
    assert generated("api.addition.users_me_retrieve").sync(client=client).pk == made.pk
