"""Logins by every door against what ends them all at the same moment: fifty are under way when a user is suspended,
logged out everywhere, or changes the password and ends the rest.

Each credential that was given out is asked afterwards whether it lives, and the ledger must say the same. What the core
does under the same race, step by step, is tested in Rust (`identity/tests/it/races.rs`); here it is whole processes.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from doors import DOORS, LAPTOP, PROBE_DOOR, SYNTHO, Credential, Door, Person, house
from vestibule import Server

LOGINS = 50
WORKERS = 25
# How many logins have been answered when the event begins: none lies far behind it, nor far before.
MOMENTS = (3, 12, 25)
NEW = "another correct horse"


@dataclass
class Login:
    """One try: with which password, when, and what came of it."""

    door: Door
    password: str
    begun: float = 0.0
    answered: float = 0.0
    given: list[Credential] | None = None

    @property
    def by_old_password(self) -> bool:
        return not self.door.by_provider and self.password != NEW


@dataclass
class Round:
    """Logins of one person, spread over the doors and the processes of a house, and an event in their midst."""

    nodes: list[Server]
    person: Person
    logins: list[Login] = field(default_factory=list)
    begun: float = 0.0
    done: float = 0.0
    _answered: int = 0
    _turn: threading.Condition = field(default_factory=threading.Condition)

    def run(self, event: Callable[[], None], moment: int, after: str) -> None:
        """Runs the event when so many logins were answered; whoever begins after it uses the password `after`."""
        tries = [(DOORS[number % len(DOORS)], number, after) for number in range(LOGINS)]
        with ThreadPoolExecutor(WORKERS) as workers:
            running = [workers.submit(self._log_in, *one) for one in tries]
            with self._turn:
                assert self._turn.wait_for(lambda: self._answered >= moment, 60), "the logins do not come on"
            self.begun = time.monotonic()
            event()
            self.done = time.monotonic()
            self.logins = [one.result(60) for one in running]
            # There are logins after it, however the threads were scheduled.
            later = [workers.submit(self._log_in, door, LOGINS + number, after) for number, door in enumerate(DOORS)]
            self.logins += [one.result(60) for one in later]

    def _log_in(self, door: Door, number: int, after: str) -> Login:
        at = self.nodes[number % len(self.nodes)]
        begun = time.monotonic()
        login = Login(door, after if self.done else self.person.password, begun)
        more = {"back_at": self.nodes[(number + 1) % len(self.nodes)]} if door.by_provider else {}
        login.given = door.try_log_in(at, self.person, f"device/{number}", login.password, **more)
        login.answered = time.monotonic()
        with self._turn:
            self._answered += 1
            self._turn.notify()
        return login

    # --- afterwards -----------------------------------------------------------------------------------------------

    def given(self, *logins: Login) -> list[Credential]:
        return [credential for login in logins or self.logins for credential in login.given or []]

    def before(self) -> list[Login]:
        return [login for login in self.logins if login.answered < self.begun]

    def after(self) -> list[Login]:
        return [login for login in self.logins if login.begun > self.done]

    def alive(self, *credentials: Credential) -> set[Credential]:
        """Those that are served; every process is asked, and they agree."""
        asked = [[one.lives(node, self.person) for node in self.nodes] for one in credentials]
        assert all(len(set(answers)) == 1 for answers in asked), "processes disagree"
        return {one for one, answers in zip(credentials, asked, strict=True) if answers[0]}

    def assert_the_ledger_agrees(self, *more: Credential) -> None:
        """A session lives where its credential does; a login that was refused left none that lives."""
        sessions = [one for one in [*self.given(), *more] if one.kind == one.door.session]
        every = self.nodes[0].data("session", "list", "--user", self.person.id, "--all")
        places = {state: [] for state in ("live", "ended")}
        for row in every:
            places[row["state"]].append((row["dialect"], row["user_agent"]))
        alive = self.alive(*sessions)
        assert sorted(places["live"]) == sorted((one.door.name, one.device) for one in alive)
        assert set(places["ended"]) >= {(one.door.name, one.device) for one in sessions if one not in alive}
        assert len(self.nodes[0].data("session", "list", "--user", self.person.id)) == len(alive)


@pytest.fixture(scope="module", params=[1, 3], ids=["one-process", "three-processes"])
def nodes(request, binary, provider, tmp_path_factory) -> Iterator[list[Server]]:
    """The processes of one house, on SQLite as well: there they share the file, as the command line does."""
    with house(binary, tmp_path_factory.mktemp("race"), provider, processes=request.param) as nodes:
        yield nodes


def begin(nodes: list[Server]) -> tuple[Round, dict[str, Credential]]:
    """Somebody who is signed in by every door already, so that the provider's identity is linked."""
    person = Person.of(nodes[0])
    held = {one.kind: one for door in DOORS for one in door.log_in(nodes[0], person, LAPTOP)}
    return Round(nodes, person), held


@pytest.mark.parametrize("moment", MOMENTS)
def test_nothing_of_a_suspended_user_lives(nodes, moment):
    race, held = begin(nodes)
    race.run(lambda: nodes[0].set_status({"id": race.person.id}, "suspend"), moment, race.person.password)
    assert len(race.before()) >= moment and race.given(*race.before())
    assert race.alive(*race.given(), *held.values()) == set()
    assert [login.given for login in race.after() if login.given] == []
    assert nodes[0].data("session", "list", "--user", race.person.id) == []
    race.assert_the_ledger_agrees(*held.values())
    # What was ended stays ended, and a login under way does not come to life.
    nodes[0].set_status({"id": race.person.id}, "activate")
    standing = {one for one in race.given() if one.kind == "Probe account token"}
    assert race.alive(*race.given()) == standing
    assert nodes[0].data("session", "list", "--user", race.person.id) == []


@pytest.mark.parametrize("moment", MOMENTS)
def test_no_session_from_before_a_logout_everywhere_lives(nodes, moment):
    race, held = begin(nodes)
    race.run(lambda: nodes[0].done("user", "logout", race.person.id), moment, race.person.password)
    sessions = [one for one in race.given(*race.before()) if one.kind != "Probe account token"]
    assert len(race.before()) >= moment and sessions
    del held["Probe account token"]
    assert race.alive(*sessions, *held.values()) == set()
    assert all(login.given for login in race.after())
    assert race.alive(*race.given(*race.after())) == set(race.given(*race.after()))
    race.assert_the_ledger_agrees(*held.values())


@pytest.mark.parametrize("door", [SYNTHO, PROBE_DOOR], ids=lambda door: door.name)
@pytest.mark.parametrize("moment", MOMENTS)
def test_nothing_that_the_old_password_opened_outlives_a_change_that_ends_the_others(nodes, moment, door):
    race, held = begin(nodes)
    acting = held.pop(door.session)

    def change() -> None:
        answer = door.change_password(nodes[-1], acting, race.person, NEW, end_others=True)
        assert answer.status == 204, (answer.status, answer.text)

    race.run(change, moment, NEW)
    old = race.given(*(login for login in race.logins if login.by_old_password))
    assert len(race.before()) >= moment and old
    assert race.alive(*race.given(*race.before()), *old, *held.values()) == set()
    assert all(login.given for login in race.after())
    assert race.alive(acting, *race.given(*race.after())) == {acting, *race.given(*race.after())}
    race.assert_the_ledger_agrees(acting, *held.values())
