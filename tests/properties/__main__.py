"""The state machine for long: `python -m tests.properties --examples 10000 --seed 1 --report var/properties.md`.

Runs batches until so many examples are done; the first broken law ends the run and is printed with its history.
"""

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.properties.machine import COUNTS, IN_MEMORY, LoanMachine
from tests.properties.world import make_template

BATCH = 250


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.properties", description=__doc__)
    parser.add_argument("--examples", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)  # crashes are made on purpose
    folder = Path(tempfile.mkdtemp(prefix="esoteric-template-", dir=IN_MEMORY if IN_MEMORY.is_dir() else None))
    started, batch = time.monotonic(), 0
    try:
        asyncio.run(make_template(folder / "template"))
        LoanMachine.template = folder / "template"
        while COUNTS["examples"] < options.examples:
            run_state_machine_as_test(_machine(options.seed + batch), settings=_settings(options))
            batch += 1
            _report(options, time.monotonic() - started)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _report(options, time.monotonic() - started)
    return 0


def _machine(number: int) -> type[LoanMachine]:
    class Machine(LoanMachine):
        pass

    return seed(number)(Machine)


def _settings(options: argparse.Namespace) -> settings:
    return settings(
        max_examples=min(BATCH, options.examples),
        stateful_step_count=options.steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        print_blob=False,
    )


def _report(options: argparse.Namespace, seconds: float) -> None:
    lines = [f"# Properties, seed {options.seed}", "", f"{COUNTS['examples']} examples in {seconds:.0f} s", ""]
    lines += [f"* {name}: {count}" for name, count in sorted(COUNTS.items())]
    if options.report is not None:
        options.report.parent.mkdir(parents=True, exist_ok=True)
        options.report.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(lines[2], file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
