"""The fixtures of `tests/clients`, which these tests share: the same server, provider and browser. Nothing of its own."""

import importlib.util
import sys
from pathlib import Path

CLIENTS = Path(__file__).parent.parent / "clients"
sys.path.insert(0, str(CLIENTS))

# By its path: both folders have a `conftest`.
_spec = importlib.util.spec_from_file_location("fixtures_of_clients", CLIENTS / "conftest.py")
_fixtures = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_fixtures)
globals().update({name: value for name, value in vars(_fixtures).items() if not name.startswith("__")})
