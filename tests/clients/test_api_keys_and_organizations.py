"""API keys and organizations on the command line, beside a running server. Not for keys that a client makes."""

import datetime
import uuid

import pytest
from probe import BASE, bearing, current
from vestibule import Server, unique


@pytest.fixture
def beside(documented) -> Server:
    """A running server, whose database the commands share."""
    return documented


@pytest.fixture
def user(documented) -> dict:
    return documented.create_user(unique())


def keys_of(server: Server, user: dict) -> list[dict]:
    return server.data("api-key", "list", "--user", user["id"])


def test_a_key_lets_its_user_in_until_it_is_revoked(beside, user):
    made = beside.data("api-key", "create", "--user", user["username"], "--name", "build server", "--dialect", "probe")
    assert made.keys() == {"id", "key"} and uuid.UUID(made["id"]).version == 7
    whose = beside.http("GET", f"{BASE}/user/current", bearing(made["key"]))
    assert whose.status == 200 and user["email"] in whose.text

    (listed,) = keys_of(beside, user)
    assert (listed["id"], listed["dialect"], listed["name"]) == (made["id"], "probe", "build server")
    assert (listed["user"], listed["state"], listed["expires"]) == (user["id"], "live", None)
    assert made["key"] not in beside.done("api-key", "list", "--user", user["id"])
    beside.done("user", "logout", user["id"])
    assert current(beside, bearing(made["key"])).status == 200, "a key survives a logout"

    beside.done("api-key", "revoke", made["id"])
    assert current(beside, bearing(made["key"])).status == 401
    assert keys_of(beside, user) == []
    for unknown in (made["id"], str(uuid.uuid4()), "x"):
        assert "no such API key" in beside.refused("api-key", "revoke", unknown)


def test_a_suspended_users_key_waits_and_a_deleted_users_key_is_gone(beside, user):
    key = beside.data("api-key", "create", "--user", user["id"], "--name", "ci", "--dialect", "probe")["key"]
    beside.done("user", "suspend", user["id"])
    assert current(beside, bearing(key)).status == 401
    other = ("api-key", "create", "--user", user["id"], "--name", "other", "--dialect", "probe")
    assert "not active" in beside.refused(*other)
    beside.done("user", "activate", user["id"])
    assert current(beside, bearing(key)).status == 200
    beside.done("user", "delete", user["id"])
    assert current(beside, bearing(key)).status == 401


def test_a_key_may_have_an_end(beside, user):
    beside.done("api-key", "create", "--user", user["id"], "--name", "ci", "--dialect", "probe", "--expires", "90d")
    (listed,) = keys_of(beside, user)
    created, expires = (datetime.datetime.fromisoformat(listed[name]) for name in ("created", "expires"))
    assert expires - created == datetime.timedelta(days=90)


def test_a_key_is_made_at_the_first_dialect_that_has_some(beside, user):
    beside.done("api-key", "create", "--user", user["id"], "--name", "ci")
    assert [key["dialect"] for key in keys_of(beside, user)] == ["probe"]


def test_what_no_key_can_be_made_with_is_wrong_usage(beside, user):
    create = ("api-key", "create", "--user", user["id"], "--name", "ci")
    assert "probe" in beside.refused(*create, "--dialect", "knox", code=2)
    assert "duration" in beside.refused(*create, "--expires", "tomorrow", code=2)
    beside.refused(*create, "--expires", "0s", code=2)
    nobodys = ("api-key", "create", "--user", "nobody", "--name", "ci", "--dialect", "probe")
    assert "there is no user" in beside.refused(*nobodys)
    assert "there is no user" in beside.refused("api-key", "list", "--user", "nobody")
    assert keys_of(beside, user) == []


def test_an_organization_is_made_and_listed(beside, user):
    name = f"Acme {unique()}"
    made = beside.data("organization", "create", "--name", name, "--owner", user["email"])
    assert uuid.UUID(made["id"]).version == 7
    assert (made["name"], made["registerable"]) == (name, False)
    same_name = beside.data("organization", "create", "--name", name, "--registerable")
    assert same_name["registerable"] is True and same_name["id"] != made["id"]
    listed = [each for each in beside.data("organization", "list") if each["name"] == name]
    assert sorted(each["id"] for each in listed) == sorted([made["id"], same_name["id"]])
    assert name in beside.done("organization", "list")


def test_the_operator_says_who_belongs_to_an_organization(beside, user):
    made = beside.data("organization", "create", "--name", f"Acme {unique()}", "--owner", user["id"])
    other = beside.create_user(unique())
    for role in ("user", "owner", "admin"):
        set_role = ("organization", "set-role", made["name"], "--user", other["username"], "--role", role)
        assert beside.data(*set_role)["role"] == role
    members = beside.data("organization", "members", made["id"])
    assert [(each["user"], each["role"]) for each in members] == [(user["id"], "owner"), (other["id"], "admin")]
    assert members[1]["email"] == other["email"] and members[1]["username"] == other["username"]

    remove = ("organization", "remove-member", made["id"], "--user", other["id"])
    beside.done(*remove)
    assert len(beside.data("organization", "members", made["id"])) == 1
    assert "no member" in beside.refused(*remove)
    assert "no such organization" in beside.refused("organization", "members", str(uuid.uuid4()))


def test_an_organization_needs_a_name_and_an_owner_who_is_there(beside, user):
    assert "150 characters" in beside.refused("organization", "create", "--name", " ")
    assert "there is no user" in beside.refused("organization", "create", "--name", "A", "--owner", "nobody")
    beside.done("user", "suspend", user["id"])
    assert "not active" in beside.refused("organization", "create", "--name", "A", "--owner", user["id"])
