"""Adds up the closing lines of nextest, the documentation's examples and pytest, for `./test`.

It is strict on purpose: a run that left a test out, or whose closing line it does not understand, is not a success.
"""

import re
import sys
from pathlib import Path

NEXTEST = re.compile(r"^ *Summary \[.*?\] +(\d+) tests? run: (\d+) passed(?: \(\d+ slow\))?, 0 skipped$", re.MULTILINE)
DOC = re.compile(
    r"^test result: ok\. (\d+) passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in .*$", re.MULTILINE
)
PYTEST = re.compile(r"^=+ (\d+) passed(?:, \d+ warnings?)? in [^=]* =+$", re.MULTILINE)


def the_one(pattern: re.Pattern, text: str, runner: str) -> re.Match:
    found = list(pattern.finditer(text))
    if len(found) != 1:
        sys.exit(f"test: {runner} does not close with a run in which every test ran and passed")
    return found[0]


def main() -> None:
    nextest, doc, pytest = (Path(name).read_text() for name in sys.argv[1:])
    closing = the_one(NEXTEST, nextest, "nextest")
    if closing[1] != closing[2]:
        sys.exit(f"test: nextest ran {closing[1]} tests and {closing[2]} passed")
    examples = [int(found[1]) for found in DOC.finditer(doc)]
    if len(examples) != len(re.findall(r"^test result: ", doc, re.MULTILINE)):
        sys.exit("test: an example of the documentation failed or was left out (`ignore`)")
    clients = the_one(PYTEST, pytest, "pytest")
    print(f"nextest {closing[2]}, examples {sum(examples)}, clients {clients[1]}")
    print(f"vestibule: {int(closing[2]) + sum(examples) + int(clients[1])} passed, 0 failed")


main()
