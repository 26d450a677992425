"""`python -m tests.faults`: the whole matrix, kill points, races, restarts. Status 1 if anything does not hold."""

import argparse
import logging
import sys
from pathlib import Path
from statistics import median

from tests.faults.kills import campaign
from tests.faults.matrix import BOTH, chosen, perform
from tests.faults.races import races
from tests.faults.real_kills import real_kills
from tests.faults.report import Report
from tests.faults.restarts import restarts
from tests.faults.stage import Ground, NotHere


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--rows", default="*", help="a shell pattern of rows, or of 'row / injection'; '' for none")
    parser.add_argument("--backends", nargs="+", choices=BOTH, default=BOTH)
    parser.add_argument("--kills", type=int, default=0, help="kill points in this process, on each back end")
    parser.add_argument("--sigkills", type=int, default=0, help="real SIGKILLs, on each back end")
    parser.add_argument("--races", type=int, default=0, help="doubled messages, on each back end")
    parser.add_argument("--restarts", type=int, default=0, help="of Postgres under load")
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
        for backend in options.backends:
            try:
                _campaigns(options, backend, ground, report)
            except NotHere as reason:
                report.figure(f"{backend}: campaigns could not be tried here: {reason}")
    return report.end()


def _campaigns(options: argparse.Namespace, backend: str, ground: Ground, report: Report) -> None:
    if options.kills:
        tally = campaign(ground, backend, options.kills, seed=options.seed)
        words = f"{backend}: {tally.tried} kill points of {len(tally.points)} parts, {tally.falls} falls"
        report.figure(words, [f"{name}: {'; '.join(broken)}" for name, broken in tally.broken.items()])
    if options.sigkills:
        kills, broken = real_kills(ground, backend, options.sigkills, seed=options.seed)
        report.figure(f"{backend}: {kills} SIGKILLs up to 30 ms after a message", broken)
    if options.races:
        raced = races(ground, backend, options.races, seed=options.seed)
        report.figure(f"{backend}: {raced.races} races of doubled messages, {raced.sends} sends", raced.broken)
    if options.restarts and backend == "postgres":
        told = restarts(ground, options.restarts)
        seconds = f"back after {median(told.recovery):.2f} s, at most {max(told.recovery):.2f} s"
        words = f"{told.restarts} restarts of Postgres under {told.conversations} conversations, {seconds}"
        report.figure(f"{words}; {told.messages} messages, {told.retries} retries", told.broken)


if __name__ == "__main__":
    sys.exit(main())
