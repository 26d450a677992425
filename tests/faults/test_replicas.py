"""Several replicas: nothing lost, doubled or stuck while they are killed, paused, stopped and started again."""

import pytest

from tests.faults.replica_findings import findings
from tests.faults.replica_trial import Plan, trial
from tests.faults.stage import Ground, NotHere, Stage

QUICK = Plan(sessions=12, at_once=12, thinking=1.0, faults=("kill", "pause", "end"), every=1.0)


@pytest.mark.timeout(400)
def test_nothing_is_lost_doubled_or_stuck(ground: Ground) -> None:
    async def run(stage: Stage) -> None:
        outcome = await trial(QUICK, stage, with_redis=True)
        print(outcome.summary())
        wrong = findings(outcome, stage)
        assert not wrong, f"{len(wrong)} findings: {wrong[:20]}"
        assert len(set(outcome.suffered)) >= 2  # fast conversations are over before the third

    try:
        with Stage(ground, "postgres") as stage:
            stage.perform(run)
    except NotHere as reason:
        pytest.skip(str(reason))
