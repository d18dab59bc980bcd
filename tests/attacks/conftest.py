"""The fixtures of `tests/clients`, which these tests share: the same server, provider and browser; and a provider that lies."""

import importlib.util
import sys
from pathlib import Path

import pytest

CLIENTS = Path(__file__).parent.parent / "clients"
sys.path.insert(0, str(CLIENTS))

# By its path: both folders have a `conftest`.
_spec = importlib.util.spec_from_file_location("fixtures_of_clients", CLIENTS / "conftest.py")
_fixtures = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_fixtures)
globals().update({name: value for name, value in vars(_fixtures).items() if not name.startswith("__")})


@pytest.fixture(scope="module")
def liar():
    # Not at the head of this file: what it imports is found in the folder of the clients.
    from liar import Liar

    liar = Liar()
    yield liar
    liar.stop()
