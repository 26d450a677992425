"""The fast part of the matrix; all of it is `make faults`."""

import pytest

from tests.faults.matrix import Backend, Case, chosen, perform
from tests.faults.stage import Ground

FAST = [(one, backend) for one in chosen(fast_only=True) for backend in one.backends]


@pytest.mark.parametrize(("one", "backend"), FAST, ids=[f"{backend}: {one.name}" for one, backend in FAST])
def test_case(one: Case, backend: Backend, ground: Ground) -> None:
    result = perform(one, backend, ground)
    if result.skipped:
        pytest.skip(result.why)
    assert not result.why, result.why
