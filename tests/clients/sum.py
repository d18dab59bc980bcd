"""Adds up the closing lines of nextest, the documentation's examples and pytest, for `./test`, which names the logs by
runner: `sum.py --nextest LOG... --doc LOG... --clients LOG...`.

It is strict on purpose: a run that left a test out, or whose closing line it does not understand, is not a success.
"""

import argparse
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


def nextest(log: str) -> int:
    closing = the_one(NEXTEST, log, "nextest")
    if closing[1] != closing[2]:
        sys.exit(f"test: nextest ran {closing[1]} tests and {closing[2]} passed")
    return int(closing[2])


def examples(log: str) -> int:
    passed = [int(found[1]) for found in DOC.finditer(log)]
    if len(passed) != len(re.findall(r"^test result: ", log, re.MULTILINE)):
        sys.exit("test: an example of the documentation failed or was left out (`ignore`)")
    return sum(passed)


def clients(log: str) -> int:
    return int(the_one(PYTEST, log, "pytest")[1])


def main() -> None:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    counts = {"nextest": nextest, "doc": examples, "clients": clients}
    for runner in counts:
        parser.add_argument(f"--{runner}", nargs="+", required=True, type=Path)
    logs = vars(parser.parse_args())
    passed = {runner: [count(log.read_text()) for log in logs[runner]] for runner, count in counts.items()}
    print(", ".join(f"{runner} {' + '.join(map(str, numbers))}" for runner, numbers in passed.items()))
    print(f"vestibule: {sum(map(sum, passed.values()))} passed, 0 failed")


main()
