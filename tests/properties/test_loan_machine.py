"""The laws of lending over random histories: a part of it here, `make properties` runs it for long."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.properties.machine import COUNTS, LoanMachine
from tests.properties.world import make_template

IN_THE_TESTS = settings(
    max_examples=50,
    stateful_step_count=10,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),
)


@pytest.mark.timeout(300)
def test_the_laws_hold_whatever_happens(tmp_path: Path) -> None:
    template = tmp_path / "template"
    asyncio.run(make_template(template))

    class Machine(LoanMachine):
        pass

    Machine.template = template
    run_state_machine_as_test(Machine, settings=IN_THE_TESTS)
    assert COUNTS["examples"] >= IN_THE_TESTS.max_examples
    assert COUNTS["decisions replayed"] > 0
    assert COUNTS["letters read"] > 0
