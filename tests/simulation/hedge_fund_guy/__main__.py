"""`python -m tests.simulation.hedge_fund_guy`: a run against a service of its own. Status 1 if it falls short."""

import argparse
import json
import shutil
import sys
from pathlib import Path

from tests.simulation.hedge_fund_guy.campaign import AT_ONCE, keep_transcripts, simulate
from tests.simulation.hedge_fund_guy.report import figures, markdown

LEAST_READ = 0.97


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.hedge_fund_guy", description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--at-once", type=int, default=AT_ONCE)
    parser.add_argument("--report", type=Path, default=Path("var/simulation/hedge_fund_guy/report.md"))
    options = parser.parse_args()
    directory = options.report.parent.resolve()
    shutil.rmtree(directory / "transcripts", ignore_errors=True)
    run = simulate(directory, number=options.people, seed=options.seed, at_once=options.at_once)
    found = figures(run)
    options.report.write_text(markdown(found), encoding="utf-8")
    options.report.with_suffix(".json").write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
    keep_transcripts(run.outcomes, directory / "transcripts")
    total = found["all"]
    print(
        f"{total['conversations']} conversations, {total['turns']} turns, {found['seconds']} s: "
        f"broken laws {total['violations']}, facts read right {total['facts_right']:.2%}; {options.report}"
    )
    for law, count in found["laws"].items():
        print(f"{count:5} {law}")
    return 0 if not found["violations"] and total["facts_right"] >= LEAST_READ else 1


if __name__ == "__main__":
    sys.exit(main())
