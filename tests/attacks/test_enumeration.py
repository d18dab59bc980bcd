"""Whether somebody has an account, and in what state, cannot be told by an answer nor by the time it takes.

Times are compared as distributions, and with those of the same kind of person taken twice: two samples of one kind differ
by what the machine does meanwhile, and two kinds may not differ by more. What a request costs in processor time is compared
besides, which neighbours on the machine hardly change. No test knows how long anything takes.
"""

import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

import pytest
from doors import Person
from password_doors import PASSWORD_DOORS, PasswordDoor, send_form
from probe import BASE, CAPTCHA
from vestibule import PASSWORD, Server, unique

SAMPLES = 24
# Two kinds may differ by this part of the whole, or by three times what two samples of one kind differ by. Without the work
# that is made for unknown names, they differ by nearly all of it.
TOLERANCE = 0.25


@pytest.fixture(scope="module")
def server(module_server):
    """A hash costs enough to be most of a login; one at a time, so that none waits for another."""
    return module_server(
        VESTIBULE_PASSWORD__MEMORY_KIB="16384",
        VESTIBULE_PASSWORD__ITERATIONS="3",
        VESTIBULE_PASSWORD__HASH_THREADS="1",
        VESTIBULE_DIALECTS__PROBE__SIGN_UP="true",
        VESTIBULE_LIMITS__TRUSTED_ADDRESSES="127.0.0.0/8",
        VESTIBULE_LIMITS__ACCOUNT_FAILURES_FREE="100",
        VESTIBULE_LIMITS__ADDRESS_MAILS_PER_HOUR="1000000",
    )


def processor_times(server: Server) -> dict[str, int]:
    """How long each thread of the server has run, in nanoseconds."""
    times = {}
    for task in Path(f"/proc/{server.process.pid}/task").iterdir():
        try:
            times[task.name] = int((task / "schedstat").read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            # It ended meanwhile.
            continue
    return times


def measured(server: Server, act: Callable[[], object]) -> tuple[float, float]:
    """How long it took by the clock, and how much processor time; in seconds."""
    before, begun = processor_times(server), time.perf_counter()
    act()
    elapsed = time.perf_counter() - begun
    after = processor_times(server)
    return elapsed, sum(ran - before.get(thread, 0) for thread, ran in after.items()) / 1e9


def sampled(server: Server, acts: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Every act once a round, in another order each time: what the machine does meanwhile falls on all alike."""
    for act in acts.values():
        act()
    samples: dict[str, list] = {name: [] for name in acts}
    for _ in range(rounds):
        for name in random.sample(list(acts), len(acts)):
            samples[name].append(measured(server, acts[name]))
    return samples


def spread(values: list[float]) -> tuple[float, float, float]:
    low, middle, high = quantiles(values, n=4)
    return low, middle, high


def assert_alike(samples: dict[str, list[tuple[float, float]]], one: str, again: str) -> None:
    """Every kind is distributed as `one` is, of which `again` is a second sample."""
    for unit, which in (("processor", 1), ("clock", 0)):
        kinds = {name: [sample[which] for sample in taken] for name, taken in samples.items()}
        whole = median(kinds[one] + kinds[again])
        own = max(abs(a - b) for a, b in zip(spread(kinds[one]), spread(kinds[again]), strict=True))
        allowed = max(TOLERANCE * whole, 3 * own)
        # What disturbs a sample makes it longer, never shorter: the lower half tells, and by the clock, on which every
        # neighbour of the machine has a part, the lowest quarter.
        told_by = 2 if unit == "processor" else 1
        for name, values in kinds.items():
            ours, theirs = spread(values)[:told_by], spread(kinds[one])[:told_by]
            apart = max(abs(a - b) for a, b in zip(ours, theirs, strict=True))
            told = {kind: [f"{value * 1000:.1f}" for value in spread(taken)] for kind, taken in kinds.items()}
            assert apart <= allowed, f"{name} by the {unit}: {apart * 1000:.1f} of {allowed * 1000:.1f} ms; {told}"


class Kinds:
    """Somebody of each kind, and a password that is not theirs or is."""

    def __init__(self, server: Server):
        self.known = Person.of(server)
        self.suspended = Person.of(server)
        server.set_status({"id": self.suspended.id}, "suspend")
        self.must_change = self._made(server, "--email-verified", "--must-change-password")
        self.unverified = self._made(server)

    @staticmethod
    def _made(server: Server, *options: str) -> Person:
        user = server.create_user(unique(), None, PASSWORD, *options)
        return Person(user["id"], user["number"], user["username"], user["email"], PASSWORD)

    def tries(self, door: PasswordDoor) -> dict[str, tuple[str, str]]:
        """By name of a kind: whom to name at the door, and by which password."""
        wrong = "a wrong battery staple"
        return {
            "known": (door.identifier(self.known), wrong),
            "known again": (door.identifier(self.known), wrong),
            "suspended": (door.identifier(self.suspended), wrong),
            "suspended, with the right password": (door.identifier(self.suspended), PASSWORD),
            "unverified": (door.identifier(self.unverified), wrong),
            "must change": (door.identifier(self.must_change), wrong),
        }


def unlike_names(answer) -> tuple[int, str, list[str]]:
    """An answer without what is another one each time: ids, times, form tokens, and what was typed."""
    text = re.sub(r'(name="form_token" value=)"[^"]*"', r"\1", answer.text)
    text = re.sub(r"[\w.-]+@example\.org|user-[0-9a-f]{12}", "NAME", text)
    return answer.status, text, sorted(name for name, _ in answer.headers)


@pytest.mark.parametrize("door", PASSWORD_DOORS, ids=lambda door: door.name)
def test_a_refused_login_tells_nobodys_state(server, door):
    """security 1, enumeration; security 2, no. 13; security 2, no. 19: unknown, suspended, unverified and due for another
    password are refused like a wrong one, as fast and at the same cost."""
    tries = Kinds(server).tries(door)
    form = lambda name, password: door.attempt(server, name, password, {})
    acts = {kind: lambda who=who: form(*who) for kind, who in tries.items()}
    # Somebody else each time: nobody is unknown twice.
    acts["unknown"] = lambda: form(f"{unique()}@example.org", PASSWORD)
    assert len({str(unlike_names(act())) for act in acts.values()}) == 1, {
        kind: unlike_names(act()) for kind, act in acts.items()
    }
    assert form(*tries["known"]).status == door.wrong
    assert_alike(sampled(server, acts, SAMPLES), "known", "known again")


def by_call(server: Server, address: str):
    body = {"email": address, "password": PASSWORD, "first-name": "Ann", "last-name": "Lee"}
    return server.post_json(f"{BASE}/auth/sign-up", body, CAPTCHA)


def test_a_sign_up_tells_nobodys_state(server):
    """security 1, enumeration; security 2, no. 13."""
    kinds = Kinds(server)
    acts = {
        "known": lambda: by_call(server, kinds.known.email),
        "known again": lambda: by_call(server, kinds.known.email),
        "suspended": lambda: by_call(server, kinds.suspended.email),
        "unverified": lambda: by_call(server, kinds.unverified.email),
        "must change": lambda: by_call(server, kinds.must_change.email),
        "unknown": lambda: by_call(server, f"{unique()}@example.org"),
    }
    assert len({str(unlike_names(act())) for act in acts.values()}) == 1
    assert_alike(sampled(server, acts, SAMPLES), "known", "known again")


FORGOTTEN = {
    "probe": lambda at, address: at.post_json(f"{BASE}/auth/password-restore", {"email": address}, CAPTCHA),
    "page": lambda at, address: send_form(at, "/forgot-password", {"email": address}),
}


# So many messages an hour go to one person on a stranger's word; one more is asked for and goes to nobody.
MESSAGES = 4


def each_in_turn(people: list[str], ask: Callable[[str], object]) -> Callable[[], object]:
    """Asks for messages to one after the other: each answer stands for a message that is really made."""
    turns = (address for address in people for _ in range(MESSAGES))
    return lambda: ask(next(turns))


@pytest.mark.parametrize("ask", FORGOTTEN.values(), ids=FORGOTTEN)
def test_a_forgotten_password_tells_nobodys_state(server, ask):
    """security 1, enumeration; security 2, no. 13: nothing is hashed there, so it is the answers and the clock."""
    forgotten = lambda address: ask(server, address)
    # One turn is for the answers, one to warm up.
    count = (SAMPLES + 2 + MESSAGES - 1) // MESSAGES
    known, again, suspended = ([Person.of(server) for _ in range(count)] for _ in range(3))
    for person in suspended:
        server.set_status({"id": person.id}, "suspend")
    acts = {
        "known": each_in_turn([person.email for person in known], forgotten),
        "known again": each_in_turn([person.email for person in again], forgotten),
        "suspended": each_in_turn([person.email for person in suspended], forgotten),
        "unknown": lambda: forgotten(f"{unique()}@example.org"),
    }
    assert len({str(unlike_names(act())) for act in acts.values()}) == 1
    samples = sampled(server, acts, SAMPLES)
    # What is mailed is mailed by another thread, after the answer: its processor time is no time of the answer's.
    clock = {kind: [elapsed for elapsed, _ in taken] for kind, taken in samples.items()}
    lowest = {kind: spread(taken)[0] for kind, taken in clock.items()}
    own = abs(lowest["known"] - lowest["known again"])
    allowed = max(lowest["known"] / 2, 3 * own)
    for kind, value in lowest.items():
        assert abs(value - lowest["known"]) <= allowed, {
            kind: f"{value * 1000:.2f} ms" for kind, value in lowest.items()
        }
