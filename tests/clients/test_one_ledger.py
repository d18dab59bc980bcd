"""One ledger behind all doors: somebody is signed in by all of them, on two devices; then one thing happens, and every
credential is asked whether it lives.

`EFFECTS` says what is expected. It is contracts 8.8 with "Decided once" of the design, and it stands for people in
docs/moving-clients.md, which is compared with it here. What happens while logins are under way is in
`test_one_ledger_race.py`.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from bixarena import BackEnd
from doors import (
    BIXARENA,
    DOORS,
    KEY,
    KNOX,
    LAPTOP,
    NATIVE,
    NATIVE_BASE,
    PHONE,
    PROBE,
    PROBE_DOOR,
    SYNTHO,
    TRIEVE,
    Credential,
    Door,
    Person,
    house,
    in_every_carrier,
)
from probe import CAPTCHA, links_in, outbox
from vestibule import Answer, Server

pytestmark = pytest.mark.usefixtures("no_proxy")
PAGE = Path(__file__).parent.parent.parent / "docs" / "moving-clients.md"
NEW = "another correct horse"

# What ends what.
#   -       nothing of the kind
#   this    the session that asked or was named, on its device, and nothing else of the kind
#   others  all of the user's but that one
#   all     all of the user's
#   waits   all are refused, and are good again when the user is activated
# The API token that Probe's login shows is the account's, the same on every device. API keys are those that were made:
# Trieve's, Probe's further tokens, the native ones. Scope is that of the dialect, "dialect" where nothing is said.
EFFECTS = """
| What happens                                               | knox token | `sessionid` | Probe JWT | Probe account token | `vault` | `JSESSIONID` | `vestibule` | BixArena JWT | API key |
|------------------------------------------------------------|------------|-------------|-----------|---------------------|---------|--------------|-------------|--------------|---------|
| `knox` logout                                              | this       | -           | -         | -                   | -       | -            | -           | -            | -       |
| `knox` logoutall                                           | all        | -           | -         | -                   | -       | -            | -           | -            | -       |
| `knox` logoutall, `scope = "account"`                      | all        | all         | all       | -                   | all     | all          | all         | all          | -       |
| `syntho` sign-out                                          | -          | this        | -         | -                   | -       | -            | -           | -            | -       |
| `syntho` sign-in in the same browser                       | -          | this        | -         | -                   | -       | -            | -           | -            | -       |
| `probe` sign-out                                           | -          | -           | this      | -                   | -       | -            | -           | -            | -       |
| `probe` sign-out with `logout-all`                         | -          | -           | all       | -                   | -       | -            | -           | -            | -       |
| `probe` sign-out with `logout-all`, `scope = "account"`    | all        | all         | all       | -                   | all     | all          | all         | all          | -       |
| `probe` sign-in with `logout-other`                        | -          | -           | all       | -                   | -       | -            | -           | -            | -       |
| `probe` sign-in with `logout-other`, `scope = "account"`   | all        | all         | all       | -                   | all     | all          | all         | all          | -       |
| `probe` end of one session                                 | -          | -           | this      | -                   | -       | -            | -           | -            | -       |
| `probe` end of one session, `scope = "account"`            | this       | this        | this      | -                   | this    | this         | this        | this         | -       |
| `probe` end of all sessions                                | -          | -           | all       | -                   | -       | -            | -           | -            | -       |
| `probe` end of all sessions, `scope = "account"`           | all        | all         | all       | -                   | all     | all          | all         | all          | -       |
| `trieve` logout                                            | -          | -           | -         | -                   | this    | -            | -           | -            | -       |
| `trieve` login in the same browser                         | -          | -           | -         | -                   | this    | -            | -           | -            | -       |
| `bixarena` logout                                          | -          | -           | -         | -                   | -       | this         | -           | this         | -       |
| `bixarena` login in the same browser                       | -          | -           | -         | -                   | -       | this         | -           | this         | -       |
| `native` logout                                            | -          | -           | -         | -                   | -       | -            | this        | -            | -       |
| `native` login in the same browser                         | -          | -           | -         | -                   | -       | -            | this        | -            | -       |
| `native` end of one session                                | this       | this        | this      | -                   | this    | this         | this        | this         | -       |
| `native` end of all others                                 | all        | all         | all       | -                   | all     | all          | others      | all          | -       |
| password changed by its owner                              | -          | -           | -         | -                   | -       | -            | -           | -            | -       |
| password changed by `syntho` with `end_other_sessions`     | all        | others      | all       | all                 | all     | all          | all         | all          | -       |
| password changed by `probe` with `logout-all`              | all        | all         | others    | all                 | all     | all          | all         | all          | -       |
| password changed by `native` with `end_other_sessions`     | all        | all         | all       | all                 | all     | all          | others      | all          | -       |
| password restored by mail                                  | all        | all         | all       | all                 | all     | all          | all         | all          | -       |
| `vestibule session revoke`                                 | this       | this        | this      | -                   | this    | this         | this        | this         | -       |
| `vestibule api-key revoke`                                 | -          | -           | -         | -                   | -       | -            | -           | -            | this    |
| `vestibule user logout`                                    | all        | all         | all       | -                   | all     | all          | all         | all          | -       |
| `vestibule user set-password`                              | all        | all         | all       | all                 | all     | all          | all         | all          | -       |
| `vestibule user suspend`                                   | all        | all         | all       | waits               | all     | all          | all         | all          | waits   |
| `vestibule user delete`                                    | all        | all         | all       | all                 | all     | all          | all         | all          | all     |
| `vestibule signing-key rotate --use probe --now`           | -          | -           | all       | -                   | -       | -            | -           | -            | -       |
| `vestibule signing-key rotate --use bixarena --now`        | -          | -           | -         | -                   | -       | -            | -           | all          | -       |
"""
DROPS_THE_PUBLISHED_KEY = "`vestibule signing-key rotate --use bixarena --now`"
FORGETS_THE_USER = "`vestibule user delete`"


def rows_of(table: str) -> dict[str, dict[str, str]]:
    """A table in Markdown: for each event what it ends, by column."""
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()]
    head, rule, *rows = lines
    assert set("".join(rule)) == {"-"}, rule
    found = {name: dict(zip(head[1:], cells, strict=True)) for name, *cells in rows}
    assert len(found) == len(rows), "an event stands twice"
    return found


# A column is the kind of a credential, without the marks of Markdown.
TABLE = {
    event: {column.strip("`"): cell for column, cell in row.items()} for event, row in rows_of(EFFECTS).items()
}
KINDS = set(next(iter(TABLE.values())))


class Scene:
    """Somebody who is signed in by every door on two devices, with an API key of each door that has them."""

    def __init__(self, at: Server):
        self.at = at
        self.person = Person.of(at)
        self.held: list[Credential] = []
        for device in (LAPTOP, PHONE):
            for door in DOORS:
                self.held += door.log_in(at, self.person, device)
        key = at.data("api-key", "create", "--user", self.person.id, "--name", "ci", "--dialect", "probe")["key"]
        self.held.append(Credential(KEY, PROBE_DOOR, key, LAPTOP))
        self.held.append(TRIEVE.made_key(at, self.mine("vault")))
        self.held.append(NATIVE.made_key(at, self.mine("vestibule")))
        # What the event itself opens.
        self.opened: list[Credential] = []

    def mine(self, kind: str, device: str = LAPTOP) -> Credential:
        return next(held for held in self.held if (held.kind, held.device) == (kind, device))

    def sessions(self, *options: str) -> list[dict]:
        return self.at.data("session", "list", "--user", self.person.id, *options)

    def session_id(self, credential: Credential) -> str:
        (found,) = [row["id"] for row in self.sessions() if placed(row) == (credential.door.name, credential.device)]
        return found

    def lives(self) -> dict[Credential, bool]:
        return {held: held.lives(self.at, self.person) for held in self.held}

    def done(self, answer: Answer) -> None:
        assert answer.status in (200, 204), (answer.status, answer.text)


def placed(row: dict) -> tuple[str, str]:
    return row["dialect"], row["user_agent"]


def of_one_session(one: Credential, other: Credential) -> bool:
    """Whether both go back to one login; what no login gave is only of one with itself."""
    if KEY in (one.kind, other.kind):
        return one == other
    return (one.door, one.device) == (other.door, other.device)


def lives_on(effect: str, credential: Credential, named: Credential | None) -> bool:
    if effect in ("this", "others"):
        assert named is not None, "nothing was named"
        return of_one_session(credential, named) == (effect == "others")
    return {"-": True, "all": False, "waits": False}[effect]


# --- what can happen ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """A row of the table with what makes it happen; that tells the credential that asked or was named."""

    row: str
    happens: Callable[[Scene], Credential | None]
    of: str = ""

    @property
    def scope(self) -> str:
        return "account" if '`scope = "account"`' in self.row else "dialect"

    def __str__(self) -> str:
        return re.sub(r"[`,\"]", "", self.row).replace(" ", "-") + (f"-of-{self.of}" if self.of else "")


def asks(kind: str, call: Callable[[Scene, Credential], Answer]) -> Callable[[Scene], Credential]:
    """The laptop asks with a credential of this kind."""

    def happens(scene: Scene) -> Credential:
        scene.done(call(scene, scene.mine(kind)))
        return scene.mine(kind)

    return happens


def tells(*arguments: str, input: str | None = None) -> Callable[[Scene], None]:
    """The operator does it to the user."""

    def happens(scene: Scene) -> None:
        scene.at.done(*arguments, scene.person.id, input=input)

    return happens


def probe(method: str, path: str) -> Callable[[Scene, Credential], Answer]:
    return lambda scene, mine: scene.at.http(method, PROBE + path, PROBE_DOOR.carried(mine))


def signs_in_again(door: Door) -> Callable[[Scene], Credential]:
    """A login in the browser that holds the laptop's session."""

    def happens(scene: Scene) -> Credential:
        mine = scene.mine(door.session)
        scene.opened = door.try_log_in(scene.at, scene.person, LAPTOP, presented=mine)
        return mine

    return happens


def signs_in_alone(scene: Scene) -> None:
    scene.opened = PROBE_DOOR.try_log_in(scene.at, scene.person, "tablet/1.0", **{"logout-other": True})


def changes_password(door: Door, end_others: bool) -> Callable[[Scene], Credential]:
    return asks(
        door.session, lambda scene, mine: door.change_password(scene.at, mine, scene.person, NEW, end_others)
    )


def restores_password(scene: Scene) -> None:
    at, address = scene.at, scene.person.email
    scene.done(at.post_json(f"{PROBE}/auth/password-restore", {"email": address}, CAPTCHA))
    (message,) = outbox(at, address)
    (link,) = [link for link in links_in(message) if "restore-password" in link]
    (token,) = parse_qs(urlsplit(link).query)["token"]
    form = urlencode({"token": token, "password": NEW}).encode()
    scene.done(at.http("POST", "/restore-password", {"Content-Type": "application/x-www-form-urlencoded"}, form))


def ends_one_by_probe(kind: str) -> Callable[[Scene], Credential]:
    def happens(scene: Scene) -> Credential:
        path = f"{PROBE}/auth/session/{scene.session_id(scene.mine(kind))}"
        # The phone sees the laptop on its list.
        scene.done(scene.at.http("DELETE", path, PROBE_DOOR.carried(scene.mine("Probe JWT", PHONE))))
        return scene.mine(kind)

    return happens


def ends_one_by_native(kind: str) -> Callable[[Scene], Credential]:
    def happens(scene: Scene) -> Credential:
        path = f"{NATIVE_BASE}/sessions/{scene.session_id(scene.mine(kind))}"
        scene.done(scene.at.http("DELETE", path, NATIVE.carried(scene.mine("vestibule", PHONE))))
        return scene.mine(kind)

    return happens


def revokes(kind: str) -> Callable[[Scene], Credential]:
    def happens(scene: Scene) -> Credential:
        scene.at.done("session", "revoke", scene.session_id(scene.mine(kind)))
        return scene.mine(kind)

    return happens


def revokes_key(door: Door) -> Callable[[Scene], Credential]:
    def happens(scene: Scene) -> Credential:
        keys = scene.at.data("api-key", "list", "--user", scene.person.id)
        (found,) = [key["id"] for key in keys if (key["dialect"], key["name"]) == (door.name, "ci")]
        scene.at.done("api-key", "revoke", found)
        return next(held for held in scene.held if (held.kind, held.door) == (KEY, door))

    return happens


def rotates(*arguments: str) -> Callable[[Scene], None]:
    def happens(scene: Scene) -> None:
        scene.at.done(*arguments)

    return happens


def events() -> Iterator[Event]:
    account = ', `scope = "account"`'
    everywhere = asks("knox token", lambda scene, mine: KNOX.log_out(scene.at, mine, everywhere=True))
    yield Event("`knox` logout", asks("knox token", lambda scene, mine: KNOX.log_out(scene.at, mine)))
    yield from (Event(f"`knox` logoutall{scope}", everywhere) for scope in ("", account))
    yield Event("`syntho` sign-out", asks("sessionid", lambda scene, mine: SYNTHO.log_out(scene.at, mine)))
    yield Event("`syntho` sign-in in the same browser", signs_in_again(SYNTHO))
    yield Event("`probe` sign-out", asks("Probe JWT", probe("DELETE", "/auth/sign-out")))
    for scope in ("", account):
        sign_out = asks("Probe JWT", probe("DELETE", "/auth/sign-out?logout-all=true"))
        yield Event(f"`probe` sign-out with `logout-all`{scope}", sign_out)
        yield Event(f"`probe` sign-in with `logout-other`{scope}", signs_in_alone)
        yield Event(f"`probe` end of all sessions{scope}", asks("Probe JWT", probe("DELETE", "/auth/session")))
    yield Event("`probe` end of one session", ends_one_by_probe("Probe JWT"))
    for door in DOORS:
        yield Event(f"`probe` end of one session{account}", ends_one_by_probe(door.session), door.name)
    yield Event("`trieve` logout", asks("vault", lambda scene, mine: TRIEVE.log_out(scene.at, mine)))
    yield Event("`trieve` login in the same browser", signs_in_again(TRIEVE))
    yield Event("`bixarena` logout", asks("JSESSIONID", lambda scene, mine: BIXARENA.log_out(scene.at, mine)))
    yield Event("`bixarena` login in the same browser", signs_in_again(BIXARENA))
    yield Event("`native` logout", asks("vestibule", lambda scene, mine: NATIVE.log_out(scene.at, mine)))
    yield Event("`native` login in the same browser", signs_in_again(NATIVE))
    for door in DOORS:
        yield Event("`native` end of one session", ends_one_by_native(door.session), door.name)
    alone = asks(
        "vestibule",
        lambda scene, mine: scene.at.http("POST", f"{NATIVE_BASE}/sessions/end-others", NATIVE.carried(mine)),
    )
    yield Event("`native` end of all others", alone)
    for door in (SYNTHO, PROBE_DOOR, NATIVE):
        yield Event("password changed by its owner", changes_password(door, False), door.name)
    yield Event("password changed by `syntho` with `end_other_sessions`", changes_password(SYNTHO, True))
    yield Event("password changed by `probe` with `logout-all`", changes_password(PROBE_DOOR, True))
    yield Event("password changed by `native` with `end_other_sessions`", changes_password(NATIVE, True))
    yield Event("password restored by mail", restores_password)
    for door in DOORS:
        yield Event("`vestibule session revoke`", revokes(door.session), door.name)
    for door in (PROBE_DOOR, TRIEVE, NATIVE):
        yield Event("`vestibule api-key revoke`", revokes_key(door), door.name)
    for verb in ("logout", "suspend", "delete"):
        yield Event(f"`vestibule user {verb}`", tells("user", verb))
    yield Event("`vestibule user set-password`", tells("user", "set-password", "--password-stdin", input=NEW))
    for use in ("probe", "bixarena"):
        rotate = ("signing-key", "rotate", "--use", use, "--now")
        yield Event(f"`vestibule {' '.join(rotate)}`", rotates(*rotate))


EVENTS = list(events())


# --- the houses ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def by_dialect(binary, provider, tmp_path_factory):
    with house(binary, tmp_path_factory.mktemp("by-dialect"), provider) as (server,):
        yield server


@pytest.fixture(scope="module")
def by_account(binary, provider, tmp_path_factory):
    """Every "all sessions" call reaches all of the account, as those of `native` always do."""
    scopes = {f"VESTIBULE_DIALECTS__{door.name.upper()}__SCOPE": "account" for door in DOORS if door is not NATIVE}
    with house(binary, tmp_path_factory.mktemp("by-account"), provider, **scopes) as (server,):
        yield server


@pytest.fixture(scope="module")
def back_ends():
    """Services that fetched the published keys once, by the house."""
    return {}


# --- the proof ----------------------------------------------------------------------------------------------------


def test_every_door_is_here_and_every_row_happens(by_dialect):
    served = [dialect["name"] for dialect in by_dialect.data("dialects") if dialect["enabled"]]
    assert sorted(door.name for door in DOORS) == sorted(served)
    assert {event.row for event in EVENTS} == set(TABLE)
    assert len({str(event) for event in EVENTS}) == len(EVENTS)


def test_the_page_for_teams_has_the_same_table():
    (table,) = re.findall(r"^\| What happens .*?(?=\n\n)", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert rows_of(table) == rows_of(EFFECTS)


@pytest.mark.parametrize("event", EVENTS, ids=str)
def test_what_ends_what(event, request, back_ends):
    """security 2, no. 24; security 2, no. 25."""
    at = request.getfixturevalue(f"by_{event.scope}")
    scene, row = Scene(at), TABLE[event.row]
    assert {held.kind for held in scene.held} == KINDS
    assert all(scene.lives().values()), "a login opens what it gives"
    back_end = back_ends.setdefault(at, BackEnd(at))
    minted = [held for held in scene.held if held.kind == "BixArena JWT"]
    claims = [back_end.verified(held.secret) for held in minted]

    named = event.happens(scene)

    expected = {held: lives_on(row[held.kind], held, named) for held in scene.held}
    assert scene.lives() == expected
    assert all(opened.lives(at, scene.person) for opened in scene.opened)
    # Other services hear of nothing before a token's own end.
    if event.row != DROPS_THE_PUBLISHED_KEY:
        assert [back_end.verified(held.secret) for held in minted] == claims
    if event.row == FORGETS_THE_USER:
        assert "there is no user" in at.refused("session", "list", "--user", scene.person.id)
        return
    assert_listed(scene, expected)
    if "waits" in row.values():
        at.set_status({"id": scene.person.id}, "activate")
        assert scene.lives() == {held: row[held.kind] == "waits" for held in scene.held}
        assert_listed(scene, expected)


def assert_listed(scene: Scene, expected: dict[Credential, bool]) -> None:
    """The list shows what lives, and with `--all` what has ended; it tells where each was opened."""
    opened = [credential for credential in scene.opened if credential.kind == credential.door.session]
    kept = [held for held in scene.held if held.kind == held.door.session]
    alive = [placed_of(held) for held in [*(held for held in kept if expected[held]), *opened]]
    assert sorted(placed(row) for row in scene.sessions()) == sorted(alive)
    every = scene.sessions("--all")
    assert len(every) == len(kept) + len(opened)
    assert sorted(placed(row) for row in every if row["state"] == "live") == sorted(alive)
    assert {row["state"] for row in every} <= {"live", "ended"}


def placed_of(credential: Credential) -> tuple[str, str]:
    return credential.door.name, credential.device


def test_the_list_shows_every_door_and_the_ended_on_demand(by_dialect):
    scene = Scene(by_dialect)
    rows = scene.sessions()
    assert sorted(placed(row) for row in rows) == sorted((door.name, on) for door in DOORS for on in (LAPTOP, PHONE))
    assert {(row["address"], row["user"], row["state"]) for row in rows} == {("127.0.0.1", scene.person.id, "live")}
    for door in DOORS:
        by_dialect.done("session", "revoke", scene.session_id(scene.mine(door.session)))
    rows = scene.sessions()
    assert sorted(placed(row) for row in rows) == sorted((door.name, PHONE) for door in DOORS)
    every = scene.sessions("--all")
    ended = [placed(row) for row in every if row["state"] == "ended"]
    assert sorted(ended) == sorted((door.name, LAPTOP) for door in DOORS)
    assert len(every) == 2 * len(DOORS)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_a_credential_of_another_door_opens_nothing_and_ends_nothing(by_dialect, door):
    """contracts 0.3: every route of the door, with every credential of the others in every carrier there is."""
    scene = Scene(by_dialect)
    foreign = {held.secret: held for held in scene.held if held.door is not door}
    ids = {
        "{session-id}": scene.session_id(scene.mine("Probe JWT", PHONE)),
        "{user-id}": str(scene.person.number),
        "{token}": scene.mine("Probe account token").secret,
    }
    (dialect,) = [dialect for dialect in by_dialect.data("dialects") if dialect["name"] == door.name]
    asked = 0
    for endpoint in dialect["endpoints"]:
        path = re.sub(r"\{[^}]+\}", lambda name: ids.get(name[0], str(uuid.UUID(int=1))), endpoint["path"])
        for method in set(endpoint["methods"]) - {"OPTIONS", "HEAD"}:
            nobody = by_dialect.http(method, path)
            for secret, held in foreign.items():
                for carrier, (headers, query) in in_every_carrier(secret, door.cookie).items():
                    answer = by_dialect.http(method, path + query, headers)
                    about = (method, path, held, carrier, answer.status, answer.text)
                    # A bad credential may be refused where none is needed.
                    assert answer.status in (nobody.status, 401), about
                    assert scene.person.email not in answer.text, about
                    asked += 1
    assert asked > 100
    assert all(scene.lives().values())
    assert len(scene.sessions()) == 2 * len(DOORS)
