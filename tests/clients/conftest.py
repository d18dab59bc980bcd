"""What the black-box tests share: fixtures only. The server under test is described in `vestibule.py`.

Nothing here knows how the server is built: the tests are handed a finished binary by the environment variable
`CLIENT_TESTS_BINARY` (not `VESTIBULE_...`: the server would read that as a configuration key) and the folder with
the command-line client's own virtual environment by `CLIENT_TESTS_PAPERMERGE_CLI`, the Python of Trieve's published client
by `CLIENT_TESTS_TRIEVE_CLIENT`, the browser by `CLIENT_TESTS_CHROMIUM`. `CLIENT_TESTS_ENGINE` names the database's engine, and a test marked with the name of an engine
runs on that one only.
"""

import os
from pathlib import Path

import pytest
from front_end import front_end
from node import browse
from provider import Provider
from trieve import published_client
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


@pytest.fixture(scope="session")
def trieve_client():
    """Tells `trieve_py_client` what to do, call by call, in an environment of its own (`trieve_client.py`)."""
    from_environment("CLIENT_TESTS_TRIEVE_CLIENT")
    # Not resolved, or it would be the system's Python.
    python = Path(os.environ["CLIENT_TESTS_TRIEVE_CLIENT"]).absolute()
    return lambda server, calls, **configuration: published_client(python, server, calls, **configuration)


@pytest.fixture
def new_server(binary, tmp_path):
    """A maker of servers that nobody else uses; what is still running at the end must stop cleanly.

    `new_server(VESTIBULE_LOG__FORMAT="json")` starts one; `start=False` only prepares it. Servers of one test have
    folders of their own unless `folder=` says otherwise; `beside=server` makes one more process of that one's house.
    """
    made: list[Server] = []

    def make(
        start: bool = True, folder: Path | None = None, beside: Server | None = None, **environment: str
    ) -> Server:
        if beside is None:
            server = Server(binary, folder or tmp_path / f"server-{len(made)}", **environment)
        else:
            server = beside.another()
        made.append(server)
        if start:
            server.start()
        return server

    yield make
    # All are ended before any complaint, or a failure would leave processes behind.
    complaints = [complaint for server in made if (complaint := server.close())]
    assert not complaints, "\n".join(complaints)


@pytest.fixture(scope="module")
def module_server(binary, tmp_path_factory):
    """A maker of servers that all tests of a module share, with these settings; they must stop cleanly behind the last."""
    made: list[Server] = []

    def make(**environment: str) -> Server:
        server = Server(binary, tmp_path_factory.mktemp("module"), **environment)
        made.append(server)
        server.start()
        return server

    yield make
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


@pytest.fixture(scope="session")
def provider(tmp_path_factory):
    """The sample provider, at which everybody is somebody: each test signs in people of its own (`unique()`)."""
    provider = Provider(tmp_path_factory.mktemp("provider"), anybody=True)
    provider.start()
    yield provider
    provider.stop()


@pytest.fixture
def new_provider(tmp_path):
    """A maker of providers that nobody else uses; keyword arguments are settings of theirs."""
    made: list[Provider] = []

    def make(**settings) -> Provider:
        made.append(Provider(tmp_path / f"provider-{len(made)}", **{"anybody": True, **settings}))
        return made[-1].start()

    yield make
    for provider in made:
        provider.stop()


@pytest.fixture(scope="session")
def federated(binary, provider, tmp_path_factory):
    """As `documented`, with a provider."""
    yield from shared(binary, tmp_path_factory.mktemp("federated"), **provider.environment())


@pytest.fixture(scope="session")
def federated_deployed(binary, provider, tmp_path_factory):
    """Answers as the deployed products do, with a provider."""
    yield from shared(
        binary,
        tmp_path_factory.mktemp("federated-deployed"),
        VESTIBULE_DIALECTS__BIXARENA__WIRE="deployed",
        VESTIBULE_DIALECTS__SYNTHO__WIRE="deployed",
        VESTIBULE_DIALECTS__TRIEVE__WIRE="deployed",
        **provider.environment(),
    )


@pytest.fixture(params=["federated", "federated_deployed"])
def either_federated(request):
    """As `either`, with a provider."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def site():
    """The origin of a site whose every path is the same page."""
    with front_end() as origin:
        yield origin


@pytest.fixture
def no_proxy(monkeypatch):
    """For libraries that would ask this machine through the proxy of the environment, such as PyJWT."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The executable of a browser that can be steered."""
    return from_environment("CLIENT_TESTS_CHROMIUM")


@pytest.fixture(scope="session")
def browser(chromium):
    """Tells a headless Chromium what to do, step by step, in a fresh profile (`node/browse.mjs`)."""
    return lambda *steps, **options: browse(chromium, steps, **options)
