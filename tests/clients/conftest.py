"""What the black-box tests share: fixtures only. The server under test is described in `vestibule.py`.

Nothing here knows how the server is built: the tests are handed a finished binary by the environment variable
`CLIENT_TESTS_BINARY` (not `VESTIBULE_...`: the server would read that as a configuration key) and the folder with
the command-line client's own virtual environment by `CLIENT_TESTS_PAPERMERGE_CLI`. `CLIENT_TESTS_ENGINE` names the
database's engine, and a test marked with the name of an engine runs on that one only.
"""

import os
from pathlib import Path

import pytest
from vestibule import ENGINE, Server


def pytest_collection_modifyitems(items):
    """A test of SQLite's file has nothing to say about another engine."""
    assert ENGINE in ("sqlite", "postgres"), f"CLIENT_TESTS_ENGINE is sqlite or postgres, not {ENGINE}"
    other = {"sqlite": "postgres", "postgres": "sqlite"}[ENGINE]
    items[:] = [item for item in items if not item.get_closest_marker(other)]


def from_environment(name: str) -> Path:
    value = os.environ.get(name)
    if not value:
        pytest.exit(f"{name} is not set: run ./test, or set it yourself (tests/clients/README.md)", returncode=2)
    path = Path(value).resolve()
    if not path.exists():
        pytest.exit(f"{name} names {path}, which does not exist", returncode=2)
    return path


@pytest.fixture(scope="session")
def binary() -> Path:
    return from_environment("CLIENT_TESTS_BINARY")


@pytest.fixture(scope="session")
def papermerge_cli() -> Path:
    """The executable of `papermerge-cli`, which needs other versions than these tests do."""
    return from_environment("CLIENT_TESTS_PAPERMERGE_CLI")


@pytest.fixture
def new_server(binary, tmp_path):
    """A maker of servers that nobody else uses; what is still running at the end must stop cleanly.

    `new_server(VESTIBULE_LOG__FORMAT="json")` starts one; `start=False` only prepares it. Servers of one test have
    folders of their own unless `folder=` says otherwise.
    """
    made: list[Server] = []

    def make(start: bool = True, folder: Path | None = None, **environment: str) -> Server:
        server = Server(binary, folder or tmp_path / f"server-{len(made)}", **environment)
        made.append(server)
        if start:
            server.start()
        return server

    yield make
    # All are ended before any complaint, or a failure would leave processes behind.
    complaints = [complaint for server in made if (complaint := server.close())]
    assert not complaints, "\n".join(complaints)


def shared(binary: Path, folder: Path, **environment: str):
    """A running server for tests that do not disturb each other: each makes users of its own."""
    server = Server(binary, folder, VESTIBULE_LIMITS__ACCOUNT_FAILURES_FREE="100", **environment)
    server.start()
    yield server
    complaint = server.close()
    assert not complaint, complaint


@pytest.fixture(scope="session")
def documented(binary, tmp_path_factory):
    """Answers as the documents promise."""
    yield from shared(binary, tmp_path_factory.mktemp("documented"))


@pytest.fixture(scope="session")
def deployed(binary, tmp_path_factory):
    """Answers as the deployed products do."""
    yield from shared(
        binary,
        tmp_path_factory.mktemp("deployed"),
        VESTIBULE_DIALECTS__KNOX__WIRE="deployed",
        VESTIBULE_DIALECTS__SYNTHO__WIRE="deployed",
    )


@pytest.fixture(params=["documented", "deployed"])
def either(request):
    """Runs the test once against each of the two: what it says holds for both wire forms."""
    return request.getfixturevalue(request.param)
