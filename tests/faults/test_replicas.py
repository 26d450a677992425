"""Several replicas: nothing lost, doubled or stuck while they are killed, paused, stopped and started again."""

import pytest

from tests.faults.replica_findings import findings
from tests.faults.replica_trial import Outcome, Plan, trial
from tests.faults.stage import Ground, NotHere, Stage

QUICK = Plan(sessions=12, at_once=12, thinking=1.0, faults=("kill", "pause", "end"))


@pytest.mark.timeout(400)
@pytest.mark.parametrize("with_redis", [True, False], ids=["with Redis", "without Redis"])
def test_nothing_is_lost_doubled_or_stuck(ground: Ground, with_redis: bool) -> None:
    with Stage(ground, "postgres") as stage:
        redis_url = stage.redis().url if with_redis else None
        outcomes: list[Outcome] = []

        async def run(stage: Stage) -> None:
            outcomes.append(await trial(QUICK, stage, redis_url=redis_url))

        try:
            stage.perform(run)
        except NotHere as reason:
            pytest.skip(str(reason))
        (outcome,) = outcomes
        print(outcome.seconds, outcome.suffered, outcome.served, outcome.exits)
        assert findings(outcome, stage) == []
