"""One ground for all tests of faults."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.stage import Ground


@pytest.fixture(scope="package")
def ground(knowledge_dir: Path) -> Iterator[Ground]:
    with Ground(knowledge_dir) as shared:
        yield shared
