"""The published client for Node.js and browsers, unmodified: `trieve-ts-sdk` 0.0.122. It has no words for logins: it shows
an API key."""

from node import run
from trieve import log_in
from vestibule import unique


def told(server, key, organization, *calls):
    options = {"apiKey": key, "baseUrl": server.url, "organizationId": organization}
    return run("trieve.mjs", {"options": options, "calls": calls})


def test_a_key_says_who_it_is_and_makes_keys_for_its_organization(federated):
    name = unique()
    with log_in(federated, name) as person:
        key, organization = person.key(), person.organization
    made_with = {"data": {"name": "ci", "role": 0}, "organizationId": organization}
    me, made, keys = told(
        federated,
        key,
        organization,
        ["/api/auth/me", "get"],
        ["/api/organization/api_key", "post", made_with],
        ["/api/organization/api_key", "get", {"organizationId": organization}],
    )
    assert me["value"]["email"] == f"{name}@example.org", me
    assert made["value"]["api_key"].startswith("tr-"), made
    assert [one["name"] for one in keys["value"]] == ["ci"]


def test_a_bad_key_is_told_so(federated):
    (me,) = told(federated, "tr-00000000000000000000000000000000", None, ["/api/auth/me", "get"])
    assert '{"message":"Unauthorized"}' in me["refused"], me
