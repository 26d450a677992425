"""How long a decision takes: the engine alone, and the whole turn that it falls in, with every write to disk.

`python -m tests.load.decisions [--turns 100]`
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from kb.policy import load_policy
from tests.driver import REQUESTS, customers
from tests.server.parts import AS_OF, open_parts
from tools.policy import Applicant, Request, decide
from tools.policy.record import decision_record

ROUNDS = 50


def engine() -> list[float]:
    """Milliseconds a decision and its record, over all packaged customers and both profiles."""
    took = []
    policies = [load_policy(profile) for profile in ("default", "challenge_strict")]
    cases = [
        (Applicant.from_dict(record), Request(*REQUESTS[customer_id], None, consent=True))
        for customer_id, record in customers().items()
    ]
    for _ in range(ROUNDS):
        for policy in policies:
            for applicant, request in cases:
                started = perf_counter()
                decision_record("EF-1", applicant, request, policy, decide(applicant, request, policy, AS_OF))
                took.append(1000 * (perf_counter() - started))
    return took


async def turns(folder: Path, count: int) -> list[float]:
    """Milliseconds of the turns in which C01 is verified, the bureau asked, the loan decided and offered."""
    took = []
    async with open_parts(folder) as parts:
        for _ in range(count):
            session_id = await parts.open_session()
            await parts.converse(session_id, "C01", until="otp")
            code = await parts.next_words(session_id, "C01")
            assert code is not None
            started = perf_counter()
            answer = await parts.say(session_id, code)
            took.append(1000 * (perf_counter() - started))
            assert answer["loan_application"]["status"] in {"offer_made", "under_review"}  # from the third on, a person
    return took


def told(name: str, took: list[float]) -> str:
    cuts = statistics.quantiles(took, n=20)
    return f"{name}: p50 {cuts[9]:.2f} ms, p95 {cuts[18]:.2f} ms ({len(took)} times)"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load.decisions", description=__doc__)
    parser.add_argument("--turns", type=int, default=100)
    options = parser.parse_args()
    print(told("engine", engine()))
    with tempfile.TemporaryDirectory() as folder:
        print(told("whole turn", asyncio.run(turns(Path(folder), options.turns))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
