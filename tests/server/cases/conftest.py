from collections.abc import Iterator

import pytest

from tests.server.cases.office import Office
from tests.service import Service


@pytest.fixture(scope="module")
def office(service: Service) -> Iterator[Office]:
    yield Office(service)
