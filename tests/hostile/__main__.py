"""`python -m tests.hostile`: attacks on services of its own whose model obeys them. Status 1 if any of them won."""

import argparse
import asyncio
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from tests.hostile.campaign import AT_ONCE, Run, campaign, together
from tests.hostile.cases import cases
from tests.hostile.people import VICTIM
from tests.hostile.report import markdown
from tests.service import index_knowledge

SERVICES = 2


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--cases", type=int, default=2400)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--services", type=int, default=SERVICES, help="at the same time, each with its share of cases")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help="conversations with each")
    parser.add_argument("--report", type=Path, default=Path("var/hostile/report.md"))
    options = parser.parse_args()
    folder = options.report.parent.resolve()
    shutil.rmtree(folder / "services", ignore_errors=True)
    knowledge = folder / "knowledge"
    if not knowledge.exists():
        asyncio.run(index_knowledge(knowledge))
    every = cases(options.cases, options.seed, VICTIM)
    runs: list[Run] = []
    with ProcessPoolExecutor(options.services, mp_context=get_context("spawn")) as processes:
        parts = []
        for number in range(options.services):
            place = folder / "services" / str(number)
            shutil.copytree(knowledge, place / "chroma")
            share = every[number :: options.services]
            parts.append(processes.submit(campaign, place, share, options.seed + number, options.at_once))
        for part in as_completed(parts):
            runs.append(part.result())
            options.report.write_text(markdown(together(runs)), encoding="utf-8")
    run = together(runs)
    lost = len(run.judge.broken) + len(run.after.faults)
    print(f"{len(run.cases)} cases, {run.seconds:.0f} s: {lost} violations, {len(run.stuck)} stuck; {options.report}")
    return 1 if lost or run.stuck else 0


if __name__ == "__main__":
    sys.exit(main())
