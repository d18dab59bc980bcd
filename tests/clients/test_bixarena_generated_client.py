"""A client that `openapi-python-client` generates from the served document; what the product publishes is in its own tree
only.

It knows the paths, parameters and answers from the document alone, and checks them by their types. The provider's part
of a login, which no client of this API has anything to do with, is walked by a browser.
"""

import pytest
from bixarena import CALLBACK, service_client
from documents import generated_client
from provider import Hops, parameters
from vestibule import unique

SECRET = "a-long-and-random-secret"


@pytest.fixture
def server(new_server, provider, tmp_path):
    return new_server(**provider.environment(), **service_client(tmp_path, "bixarena-api-service", SECRET))


@pytest.fixture
def generated(server, tmp_path):
    """The package of the generated client."""
    with generated_client(server, "bixarena", tmp_path) as module:
        yield module


def test_it_tells_a_whole_story(server, generated):
    models, name = generated("models"), unique()
    with generated("client").Client(base_url=server.url, httpx_args={"trust_env": False}) as client:

        def call(tag, operation, **arguments):
            return generated(f"api.{tag}.{operation}").sync_detailed(client=client, **arguments)

        nobody = call("auth", "mint_internal_token")
        assert nobody.status_code == 401 and isinstance(nobody.parsed, models.Unauthorized)

        started = call("auth", "start_oidc")
        assert started.status_code == 302
        with Hops() as hops:
            callback = hops.sign_in(started.headers["Location"], name, server.url + CALLBACK)
        signed_in = call("auth", "oidc_callback", **parameters(callback))
        assert signed_in.status_code == 200 and isinstance(signed_in.parsed, models.Status)
        assert signed_in.parsed.status == "ok"
        again = call("auth", "oidc_callback", **parameters(callback))
        assert again.status_code == 400 and isinstance(again.parsed, models.Problem)
        assert (again.parsed.title, again.parsed.detail) == ("Bad Request", "state-mismatch")

        minted = call("auth", "mint_internal_token").parsed
        assert isinstance(minted, models.AccessToken)
        assert (minted.token_type, minted.expires_in) == ("Bearer", 600)
        (key,) = call("auth", "get_jwks").parsed.keys
        assert (key.kty, key.alg, key.use) == (models.JwkKty.RSA, models.JwkAlg.RS256, "sig")

        me = call("newer", "get_user_info").parsed
        assert isinstance(me, models.UserInfo)
        assert (me.preferred_username, me.email_verified) == (name, True)
        assert [role.value for role in me.roles] == ["user"]
        for_others = call("newer", "mint_token", audience="leaderboard").parsed
        assert isinstance(for_others, models.AccessToken)

        assert call("auth", "logout").status_code == 204
        assert call("auth", "logout").status_code == 204
        assert call("newer", "get_user_info").status_code == 401

    back_end = generated("client").Client(
        base_url=server.url, httpx_args={"trust_env": False, "auth": ("bixarena-api-service", SECRET)}
    )
    service = generated("api.newer.mint_service_token").sync_detailed(client=back_end, audience="leaderboard")
    assert service.status_code == 200 and service.parsed.expires_in == 300
    by_token = generated("client").AuthenticatedClient(
        base_url=server.url, token=minted.access_token, httpx_args={"trust_env": False}
    )
    refused = generated("api.newer.get_user_info").sync_detailed(client=by_token)
    assert refused.status_code == 401, "the session of this token is over"
