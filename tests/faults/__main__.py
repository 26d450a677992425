"""`python -m tests.faults`: the whole matrix, kill points and races. Status 1 if anything does not hold."""

import argparse
import logging
import sys
from pathlib import Path

from tests.faults.matrix import BOTH, chosen, perform
from tests.faults.report import Report
from tests.faults.stage import Ground


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--rows", default="*", help="a shell pattern of rows, or of 'row / injection'")
    parser.add_argument("--backends", nargs="+", choices=BOTH, default=BOTH)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--report", type=Path, default=Path("var/faults/report.md"))
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)  # what breaks on purpose is told by the cases
    report = Report(options.report)
    with Ground() as ground:
        for case in chosen(options.rows):
            for backend in case.backends:
                if backend in options.backends:
                    report.add(perform(case, backend, ground, seed=options.seed))
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
