"""The long part: python -m tests.fuzz --seconds 600. What fails is kept under var/fuzz, and the exit status is 1."""

import argparse
import asyncio
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path

from tests.fuzz.campaign import http_corpus, mutations, socket_corpus
from tests.fuzz.frames import GUY, LOAN
from tests.fuzz.judge import Tally, memory_of
from tests.fuzz.openapi_run import check_openapi
from tests.fuzz.targets import Target, targets
from tests.service import Service, fresh_data_dir, index_knowledge, start_process, stop_process

LAWS = ("test_reading", "test_masking", "test_facts", "test_edge", "test_slips", "test_files")
SAVED = Path("var/fuzz").resolve()
WORKERS = 2
# Of the time that the corpus leaves: schemathesis, mutated bytes, laws by chance, laws guided by coverage.
SHARES = (0.15, 0.3, 0.2, 0.35)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    chosen = parser.parse_args()
    SAVED.mkdir(parents=True, exist_ok=True)
    print(f"seed {chosen.seed}", flush=True)
    deadline = time.monotonic() + chosen.seconds
    well = _corpus()
    left = [max(5.0, (deadline - time.monotonic()) * share) for share in SHARES]
    well &= _openapi(left[0], chosen.seed)
    well &= _mutations(left[1], chosen.seed)
    well &= _by_chance(left[2])
    well &= _guided(left[3])
    print("all is well" if well else f"something is wrong; inputs are kept in {SAVED}")
    return 0 if well else 1


@cache
def _knowledge() -> Path:
    """The knowledge base, indexed once for all services."""
    folder = SAVED / "chroma"
    asyncio.run(index_knowledge(folder))
    return folder


@contextmanager
def _service(**settings: str) -> Iterator[Service]:
    with tempfile.TemporaryDirectory() as folder:
        running = start_process(
            fresh_data_dir(Path(folder) / "var", _knowledge()), None, RATE_LIMIT_ENABLED="false", **settings
        )
        try:
            yield running
        finally:
            stop_process(running)


def _corpus() -> bool:
    """All of it: as a developer, and as a visitor where callers must say who they are."""
    with _service() as service:
        found = targets(service)
        well = _reported("corpus, developer", service, found, as_visitor=False)
    with _service(AUTH_REQUIRED="true") as service:
        return _reported("corpus, visitor", service, found, as_visitor=True) and well


def _reported(title: str, service: Service, found: Sequence[Target], *, as_visitor: bool) -> bool:
    tally, before = Tally(), _memory(service)
    http_corpus(service, tally, found, as_visitor=as_visitor, timeless=False)
    for line in (LOAN, GUY):
        socket_corpus(service, tally, line, timeless=False)
    return _told(title, tally, service, before)


def _told(title: str, tally: Tally, service: Service, before: int) -> bool:
    print(f"== {title}", *tally.lines(), sep="\n")
    print(f"memory {before >> 20} MB before, {_memory(service) >> 20} MB after")
    print(*tally.wrong[:40], sep="\n", flush=True)
    return not tally.wrong


def _memory(service: Service) -> int:
    return memory_of(service.process.pid) if service.process else 0


def _openapi(seconds: float, seed: int) -> bool:
    # Twenty operations, some thirty requests a second.
    options = ["--seed", str(seed), "--max-examples", str(max(5, int(seconds)))]
    with _service() as service, tempfile.TemporaryDirectory() as folder:
        made, said, well = check_openapi(service, Path(folder), *options, seconds=4 * seconds + 300)
    print(f"== OpenAPI: {made} requests by schemathesis", said[-4000:] if not well else "", flush=True)
    return well


def _mutations(seconds: float, seed: int) -> bool:
    with _service() as service:
        tally, before = Tally(), _memory(service)
        mutations(service, tally, seconds=seconds, seed=seed, workers=WORKERS, save=SAVED)
        return _told("mutated bytes", tally, service, before)


def _by_chance(seconds: float) -> bool:
    """Rounds of new inputs for every law, until the time is up."""
    deadline, rounds, each, well = time.monotonic() + seconds, 0, 100, True
    files = [f"tests/fuzz/{name}.py" for name in LAWS]
    while well and (rounds == 0 or time.monotonic() < deadline):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", "--timeout=600", *files],
            env=os.environ | {"FUZZ_EXAMPLES": str(each)},
            capture_output=True,
            text=True,
            check=False,
        )
        rounds, well = rounds + 1, done.returncode == 0
        if not well:
            (SAVED / "laws.txt").write_text(done.stdout)
            print(done.stdout[-4000:])
    print(f"== laws by chance: {rounds} rounds of {each} inputs for each of {len(_laws())}", flush=True)
    return well


def _laws() -> list[str]:
    return [
        f"{module}:{name}"
        for module in (f"tests.fuzz.{name}" for name in LAWS)
        for name, law in vars(import_module(module)).items()
        if name.startswith("test_") and hasattr(law, "hypothesis")
    ]


def _guided(seconds: float) -> bool:
    """Every law for an equal time, two at once."""
    if sys.platform != "linux":
        print("== laws under atheris: on Linux only")
        return True
    laws = _laws()
    each = max(2, int(seconds * WORKERS / len(laws)))

    def run(law: str) -> tuple[str, int, bool]:
        command = [sys.executable, "-m", "tests.fuzz.guided", law, str(each), str(SAVED)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        tried = re.search(r"stat::number_of_executed_units: (\d+)", done.stderr)
        if done.returncode:
            (SAVED / f"{law.partition(':')[2]}.txt").write_text(done.stdout + done.stderr)
        return law, int(tried[1]) if tried else 0, done.returncode == 0

    with ThreadPoolExecutor(WORKERS) as threads:
        found = list(threads.map(run, laws))
    print(f"== laws under atheris: {each} s each")
    for law, tried, well in found:
        print(f"{tried:9} {'' if well else 'BROKEN '}{law.removeprefix('tests.fuzz.')}")
    return all(well for _, _, well in found)


if __name__ == "__main__":
    sys.exit(main())
