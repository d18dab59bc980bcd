"""What is done with a served OpenAPI document: Schemathesis holds the server to it, and a client is generated from it.

Not for assertions about a dialect: those stand in the test modules.
"""

import importlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from vestibule import Server

HERE = Path(__file__).parent
TOOLS = Path(sys.executable).parent
EXAMPLES = os.environ.get("CLIENT_TESTS_EXAMPLES", "50")


def hold(
    server: Server,
    dialect: str,
    hooks: str,
    folder: Path,
    *options: str,
    config: str = "schemathesis.toml",
    examples: str = EXAMPLES,
) -> Counter:
    """Runs Schemathesis with all checks; which operations were answered with which status, as `GET /path 200`.

    The run is the same every time: one worker and deterministic generation, which uses neither a seed nor remembered
    examples. `CLIENT_TESTS_EXAMPLES` says how many of an operation (50 unless set; the nightly form sets 150).
    """
    record = folder / "record"
    result = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli",
            "--config-file", HERE / config,
            "run", f"{server.url}/docs/{dialect}.json",
            "--url", server.url,
            *options,
            "--checks", "all",
            "--mode", "all",
            "--phases", "examples,coverage,fuzzing,stateful",
            "--max-examples", examples,
            "--workers", "1",
            "--generation-deterministic",
            "--continue-on-failure",
            "--no-color",
        ],
        cwd=folder,
        env={
            **os.environ,
            "SCHEMATHESIS_HOOKS": hooks,
            "PYTHONPATH": str(HERE),
            "CLIENT_TESTS_SERVER": server.url,
            "CLIENT_TESTS_RECORD": str(record),
            "NO_PROXY": "127.0.0.1",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    return Counter(record.read_text().splitlines())


@contextmanager
def generated_client(server: Server, dialect: str, folder: Path):
    """The package that `openapi-python-client` makes of a document, as a function from module names to modules."""
    package = f"generated_{dialect}"
    subprocess.run(
        [
            TOOLS / "openapi-python-client", "generate",
            "--url", f"{server.url}/docs/{dialect}.json",
            "--output-path", folder / package,
            "--meta", "none",
        ],
        cwd=folder,
        env={"NO_PROXY": "127.0.0.1", "PATH": f"{TOOLS}:/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        check=True,
        capture_output=True,
        timeout=120,
    )  # fmt: skip
    # The generator forgets an import where a body may have two content types.
    for module in (folder / package / "api").glob("*/*.py"):
        text = module.read_text()
        module.write_text(text.replace("import UNSET, Response\n", "import UNSET, Response, Unset\n"))
    sys.path.insert(0, str(folder))
    module: Callable = lambda name: importlib.import_module(f"{package}.{name}")  # noqa: E731
    try:
        yield module
    finally:
        sys.path.remove(str(folder))
