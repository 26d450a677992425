"""Three replicas on one Postgres behind a proxy, while they are killed, paused past their leases, stopped and started.

The short part is `test_replicas.py`.
"""

from tests.faults.matrix import POSTGRES, cases
from tests.faults.replica_findings import findings
from tests.faults.replica_trial import Plan, trial
from tests.faults.stage import Stage

OF_REPLICAS = ("kill", "pause", "end", "kill")
OF_REDIS = ("kill", "flush", "pause", "no redis", "end")
TRIALS = {
    "200 sessions": (Plan(200, 50, 2.0, OF_REPLICAS), True),
    "30 sessions without Redis": (Plan(30, 30, 2.5, OF_REPLICAS), False),
    "30 sessions, Redis emptied and killed too": (Plan(30, 30, 3.0, OF_REDIS), True),
}


@cases(row="Several replicas", injections=TRIALS, backends=POSTGRES)
async def nothing_is_lost_doubled_or_stuck(stage: Stage, injected: tuple[Plan, bool]) -> None:
    plan, with_redis = injected
    outcome = await trial(plan, stage, with_redis=with_redis)
    print(f"  {outcome.summary()}", flush=True)
    wrong = findings(outcome, stage)
    assert not wrong, f"{len(wrong)} findings: {wrong[:20]}"
    assert set(outcome.suffered) == set(plan.faults), "the conversations were over too soon"
