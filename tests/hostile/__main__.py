"""`python -m tests.hostile`: attacks on a service of its own whose model obeys them. Status 1 if any of them won."""

import argparse
import asyncio
import shutil
import sys
from pathlib import Path

from tests.hostile.campaign import AT_ONCE, campaign
from tests.hostile.report import markdown
from tests.service import index_knowledge


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--cases", type=int, default=2400)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--at-once", type=int, default=AT_ONCE)
    parser.add_argument("--report", type=Path, default=Path("var/hostile/report.md"))
    options = parser.parse_args()
    folder = options.report.parent.resolve()
    shutil.rmtree(folder / "service", ignore_errors=True)
    knowledge = folder / "knowledge"
    if not knowledge.exists():
        asyncio.run(index_knowledge(knowledge))
    shutil.copytree(knowledge, folder / "service" / "chroma")
    run = campaign(folder / "service", count=options.cases, seed=options.seed, at_once=options.at_once)
    options.report.write_text(markdown(run), encoding="utf-8")
    lost = len(run.judge.broken) + len(run.after.faults)
    print(f"{len(run.cases)} cases, {run.seconds:.0f} s: {lost} violations, {len(run.stuck)} stuck; {options.report}")
    return 1 if lost or run.stuck else 0


if __name__ == "__main__":
    sys.exit(main())
