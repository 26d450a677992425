"""The same laws over Postgres: few histories, for the store is the only difference."""

import asyncio

import pytest

pytest.importorskip("psycopg", reason="needs the extra `postgres`")

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from server.store.database import Database
from tests.postgres import Postgres
from tests.properties.machine import LoanMachine


@pytest.mark.timeout(300)
def test_the_laws_hold_in_postgres(postgres: Postgres) -> None:
    async def migrate() -> None:
        database = Database.postgres(postgres.url)
        await database.migrate()
        await database.close()

    asyncio.run(migrate())

    class Machine(LoanMachine):
        url = postgres.url

    few = settings(
        max_examples=15,
        stateful_step_count=8,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )
    run_state_machine_as_test(Machine, settings=few)
