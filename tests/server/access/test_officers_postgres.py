"""Officers in Postgres, where units of work truly run at the same time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("psycopg", reason="needs the extra `postgres`")

from server.access.passwords import Passwords
from server.access.sign_in import Identity, SignInRefused
from tests.postgres import Postgres
from tests.server.access.desk import MAKER, MAKERS_PASSWORD, PASSWORD, Desk, open_test_desk

ADDRESS = "192.0.2.1"


@pytest.fixture
async def desk(tmp_path: Path, postgres: Postgres) -> AsyncIterator[Desk]:
    async with open_test_desk(tmp_path, postgres=postgres.url) as opened:
        yield opened


async def test_a_sign_in_lives_and_ends(desk: Desk) -> None:
    token, officer = await desk.desk.sign_in(MAKER, MAKERS_PASSWORD, ADDRESS)
    assert (officer.roles, officer.limit_rupees) == (frozenset({"maker"}), 500_000)
    desk.clock.pass_by(minutes=29)
    assert await desk.desk.officer(token) == officer
    desk.clock.pass_by(minutes=29)
    assert await desk.desk.officer(token) == officer
    await desk.desk.sign_out(token)
    assert await desk.desk.officer(token) is None
    for name in ("nobody", "nobody\0", "ñ"):
        with pytest.raises(SignInRefused):
            await desk.desk.sign_in(name, MAKERS_PASSWORD, ADDRESS)


async def test_a_password_that_changes_during_sign_ins_leaves_none_of_the_old(desk: Desk) -> None:
    await desk.add("asha", "checker", password=PASSWORD)
    account = await desk.officers.find("asha")
    assert account is not None
    new_hash = await Passwords(desk.hasher).hash("another horse battery")

    async def change() -> None:
        await desk.officers.set_password("asha", new_hash, desk.clock())

    begun = [desk.desk._begin(account) for _ in range(12)]
    outcomes = await asyncio.gather(*begun[:6], change(), *begun[6:])
    signed_in = [outcome for outcome in outcomes if outcome is not None]
    assert not any([await desk.desk.officer(one.token) for one in signed_in])


async def test_one_account_for_one_subject_however_many_come_at_once(
    tmp_path: Path,
    postgres: Postgres,
) -> None:
    identity = Identity("5ub" * 20, "oidc-5ub", ("auditor",), 0)
    async with open_test_desk(tmp_path, postgres=postgres.url, by_password=False) as desk:
        await asyncio.gather(*(desk.desk.sign_in_by_provider(identity, ADDRESS) for _ in range(8)))
        rows = [row for row in await desk.officers.everyone() if row.subject == identity.subject]
        assert [replace(row, created_at="") for row in rows] == [
            replace(rows[0], created_at="", roles=("auditor",), name="oidc-5ub")
        ]
