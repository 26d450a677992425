"""A service whose seconds are short where it waits for clients."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service import Service, fresh_data_dir, service_in_thread

LOOK_SECONDS = 0.1  # in place of one second: ten looks are one second


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[Service]:
    folder = fresh_data_dir(tmp_path_factory.mktemp("hasty") / "var", knowledge_dir)
    with service_in_thread(folder, LOOK_SECONDS) as running:
        yield running


@pytest.fixture(scope="module")
def session_id(hasty: Service) -> str:
    created: str = hasty.client().post("/api/v1/sessions").json()["session_id"]
    return created
