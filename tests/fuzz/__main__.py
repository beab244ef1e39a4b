"""`python -m tests.fuzz`: every target for some seconds; exit 1 with the case where one is found."""

import argparse
import random
import sys

from tests.fuzz.running import Finding, run_for
from tests.fuzz.targets import TARGETS


def main() -> int:
    """Exit code: 0 nothing was found, 1 something was."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="for each target")
    parser.add_argument("--targets", nargs="+", choices=TARGETS, default=list(TARGETS), metavar="TARGET")
    parser.add_argument("--number", type=int, default=random.randrange(2**32), help="of the row of cases, to repeat it")
    words = parser.parse_args()
    print(f"--number {words.number}", flush=True)
    found = 0
    for name in words.targets:
        try:
            count = run_for(name, TARGETS[name], words.number, words.seconds)
        except Finding as finding:
            found += 1
            print(finding, file=sys.stderr, flush=True)
        else:
            print(f"{name}: {count} cases, nothing found", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
