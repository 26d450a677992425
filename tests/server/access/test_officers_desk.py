"""Officers' sign-ins: how they begin, how they end, what a wrong password costs."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.access.accounts import DEVELOPMENT
from server.access.passwords import AT_ONCE, MOST_WAITING, Passwords, TooBusy
from server.access.sign_in import REFUSAL_SECONDS, SLOWED_SECONDS, SignInRefused
from server.limits.refusals import TooMany
from server.store.officers import OfficerExists, OfficerRow, UnknownOfficer
from tests.server.access.desk import MAKER, MAKERS_PASSWORD, PASSWORD, CountingHasher, Desk, open_test_desk

ADDRESS = "192.0.2.1"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_test_desk(tmp_path) as opened:
        yield opened


async def sign_in(desk: Desk) -> str:
    return (await desk.desk.sign_in(MAKER, MAKERS_PASSWORD, ADDRESS)).token


async def refused(desk: Desk, name: str, password: str, address: str = ADDRESS) -> None:
    with pytest.raises(SignInRefused):
        await desk.desk.sign_in(name, password, address)


async def test_a_sign_in(desk: Desk) -> None:
    token, officer = await desk.desk.sign_in(MAKER, MAKERS_PASSWORD, ADDRESS)
    assert (officer.name, officer.roles, officer.limit_rupees) == (MAKER, frozenset({"maker"}), 500_000)
    assert await desk.desk.officer(token) == officer
    assert desk.naps == []


async def test_every_sign_in_has_a_token_of_its_own_and_stores_none(desk: Desk, tmp_path: Path) -> None:
    tokens = [await sign_in(desk) for _ in range(3)]
    assert len(set(tokens)) == 3 and all(len(token) == 43 for token in tokens)
    kept = everything_in(tmp_path)
    assert b"dev-maker" in kept
    assert not any(token.encode() in kept for token in tokens)
    assert MAKERS_PASSWORD.encode() not in kept


def everything_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_a_token_that_was_planted_signs_nobody_in(desk: Desk) -> None:
    planted = "A" * 43
    token, _officer = await desk.desk.sign_in(MAKER, MAKERS_PASSWORD, ADDRESS)
    assert token != planted
    assert await desk.desk.officer(planted) is None


@pytest.mark.parametrize(
    "token", ["", "x", "A" * 42, "A" * 44, "A" * 42 + "=", "A" * 42 + "\n", "é" * 43, "A" * 100_000]
)
async def test_what_was_never_a_token(desk: Desk, token: str) -> None:
    assert await desk.desk.officer(token) is None
    await desk.desk.sign_out(token)


async def test_half_an_hour_without_a_request_ends_it(desk: Desk) -> None:
    token = await sign_in(desk)
    desk.clock.pass_by(minutes=29, seconds=59)
    assert await desk.desk.officer(token)
    desk.clock.pass_by(minutes=29, seconds=59)
    assert await desk.desk.officer(token)
    desk.clock.pass_by(minutes=30)
    assert await desk.desk.officer(token) is None
    assert await desk.desk.officer(token) is None, "the look that found it dead must not wake it"


async def test_an_open_socket_does_not_keep_it_alive(desk: Desk) -> None:
    token = await sign_in(desk)
    for _ in range(29):
        desk.clock.pass_by(minutes=1)
        assert await desk.desk.officer(token, asking=False)
    desk.clock.pass_by(minutes=1)
    assert await desk.desk.officer(token, asking=False) is None


async def test_eight_hours_end_it_whatever_happens(desk: Desk) -> None:
    token = await sign_in(desk)
    for _ in range(8 * 6 - 1):
        desk.clock.pass_by(minutes=10)
        assert await desk.desk.officer(token)
    desk.clock.pass_by(minutes=9, seconds=59)
    assert await desk.desk.officer(token)
    desk.clock.pass_by(seconds=1)
    assert await desk.desk.officer(token) is None


async def test_signing_out_ends_it_and_no_other(desk: Desk) -> None:
    one, other = await sign_in(desk), await sign_in(desk)
    await desk.desk.sign_out(one)
    await desk.desk.sign_out(one)
    assert await desk.desk.officer(one) is None
    assert await desk.desk.officer(other)


async def test_a_disabled_officer_is_out_at_once_and_stays_out(desk: Desk) -> None:
    one, other = await sign_in(desk), await sign_in(desk)
    await desk.officers.disable(MAKER, desk.clock())
    assert await desk.desk.officer(one) is None
    assert await desk.desk.officer(other) is None
    await refused(desk, MAKER, MAKERS_PASSWORD)


async def test_disabling_one_leaves_the_others_alone(desk: Desk) -> None:
    token = await sign_in(desk)
    await desk.officers.disable("dev-checker", desk.clock())
    assert await desk.desk.officer(token)
    with pytest.raises(UnknownOfficer):
        await desk.officers.disable("nobody", desk.clock())


async def test_a_new_password_ends_what_the_old_one_began(desk: Desk) -> None:
    token = await sign_in(desk)
    new_hash = await Passwords(desk.hasher).hash(PASSWORD)
    await desk.officers.set_password(MAKER, new_hash, desk.clock())
    assert await desk.desk.officer(token) is None
    await refused(desk, MAKER, MAKERS_PASSWORD)
    assert (await desk.desk.sign_in(MAKER, PASSWORD, ADDRESS)).officer.name == MAKER


async def test_an_account_that_changes_while_its_password_is_checked_opens_nothing(desk: Desk) -> None:
    checked = await desk.officers.find(MAKER)
    assert checked is not None
    new_hash = await Passwords(desk.hasher).hash(PASSWORD)

    class ChangedMeanwhile(Passwords):
        async def check(self, stored: str | None, password: str):  # type: ignore[no-untyped-def]
            verdict = await super().check(stored, password)
            await desk.officers.set_password(MAKER, new_hash, desk.clock())
            return verdict

    desk.desk._passwords = ChangedMeanwhile(desk.hasher)
    await refused(desk, MAKER, MAKERS_PASSWORD)


@pytest.mark.parametrize(
    ("name", "password"),
    [
        (MAKER, "wrong wrong wrong"),
        ("nobody", MAKERS_PASSWORD),
        ("DEV-MAKER", MAKERS_PASSWORD),
        ("dev-maker\0", MAKERS_PASSWORD),
        ("' OR 1=1 --", MAKERS_PASSWORD),
        (MAKER, MAKERS_PASSWORD + " "),
    ],
)
async def test_wrong_name_and_wrong_password_are_one_answer_at_one_cost(desk: Desk, name: str, password: str) -> None:
    before = desk.hasher.runs
    await refused(desk, name, password)
    assert desk.hasher.runs == before + 1, "argon2 runs once, whoever is named"
    (nap,) = desk.naps
    assert 0 <= nap <= REFUSAL_SECONDS


async def test_a_disabled_officer_costs_the_same(desk: Desk) -> None:
    await desk.officers.disable(MAKER, desk.clock())
    before = desk.hasher.runs
    await refused(desk, MAKER, MAKERS_PASSWORD)
    assert desk.hasher.runs == before + 1
    assert len(desk.naps) == 1


async def test_five_tries_a_name_then_the_right_password_must_wait_too(desk: Desk) -> None:
    for _ in range(5):
        await refused(desk, MAKER, "wrong wrong wrong")
    runs = desk.hasher.runs
    with pytest.raises(TooMany) as tries:
        await sign_in(desk)
    assert tries.value.retry_after in range(1, 15 * 60 + 2)
    assert desk.hasher.runs == runs, "a try that is not admitted costs no argon2"
    await desk.desk.sign_in("dev-checker", MAKERS_PASSWORD, ADDRESS)


async def test_nobody_locks_an_officer_out_from_elsewhere(desk: Desk) -> None:
    for number in range(50):
        await refused(desk, MAKER, "wrong wrong wrong", f"198.51.100.{number // 5}")
    with pytest.raises(TooMany):
        await desk.desk.sign_in(MAKER, MAKERS_PASSWORD, "198.51.100.0")
    desk.naps.clear()
    for _ in range(2):
        assert await sign_in(desk)
    assert desk.naps == [SLOWED_SECONDS] * 2
    await refused(desk, MAKER, "wrong wrong wrong", "203.0.113.1")
    with pytest.raises(TooMany):  # a stranger has one try an address, no longer five
        await desk.desk.sign_in(MAKER, MAKERS_PASSWORD, "203.0.113.1")


async def test_unknown_names_are_held_back_alike(desk: Desk) -> None:
    for _ in range(5):
        await refused(desk, "nobody", "wrong wrong wrong")
    with pytest.raises(TooMany):
        await desk.desk.sign_in("nobody", "wrong wrong wrong", ADDRESS)


async def test_tries_at_the_same_moment_are_counted_one_by_one(desk: Desk) -> None:
    tries = [desk.desk.sign_in(MAKER, "wrong wrong wrong", ADDRESS) for _ in range(12)]
    outcomes = [type(outcome) for outcome in await asyncio.gather(*tries, return_exceptions=True)]
    assert (outcomes.count(SignInRefused), outcomes.count(TooMany)) == (5, 7)


async def test_twenty_tries_an_address(desk: Desk) -> None:
    for number in range(20):
        await refused(desk, f"officer-{number}", "wrong wrong wrong")
    with pytest.raises(TooMany):
        await desk.desk.sign_in(MAKER, MAKERS_PASSWORD, ADDRESS)
    await desk.desk.sign_in(MAKER, MAKERS_PASSWORD, "192.0.2.2")


async def test_who_got_in_starts_counting_anew(desk: Desk) -> None:
    for _ in range(3):
        for _ in range(4):
            await refused(desk, MAKER, "wrong wrong wrong")
        await sign_in(desk)


async def test_a_hash_with_old_parameters_is_renewed_at_the_next_sign_in(tmp_path: Path) -> None:
    async with open_test_desk(tmp_path) as old:
        before = await old.officers.find(MAKER)
    stronger = CountingHasher(time_cost=2)
    async with open_test_desk(tmp_path, hasher=stronger) as desk:
        await sign_in(desk)
        after = await desk.officers.find(MAKER)
        assert before is not None and after is not None and after.password_hash is not None
        assert before.password_hash != after.password_hash
        assert not stronger.check_needs_rehash(after.password_hash)
        assert await desk.desk.officer(await sign_in(desk))


async def test_a_crowd_at_the_desk_is_bounded() -> None:
    passwords = Passwords(CountingHasher())
    tries = [passwords.check(None, PASSWORD) for _ in range(MOST_WAITING + 5)]
    outcomes = [type(outcome) for outcome in await asyncio.gather(*tries, return_exceptions=True)]
    assert outcomes.count(TooBusy) == 5
    assert AT_ONCE < MOST_WAITING
    assert not (await passwords.check(None, PASSWORD)).right


async def test_the_same_password_from_another_keyboard(desk: Desk) -> None:
    await desk.add("rene", "auditor", password="caf\u00e9 cr\u00e8me au lait")
    assert await desk.desk.sign_in("rene", "cafe\u0301 cre\u0300me au lait", ADDRESS)


async def test_a_name_is_given_once(desk: Desk) -> None:
    with pytest.raises(OfficerExists):
        await desk.add(MAKER, "maker")


async def test_the_fictional_officers_come_to_an_empty_desk_only(tmp_path: Path) -> None:
    async with open_test_desk(tmp_path) as desk:
        assert {row.name for row in await desk.officers.everyone()} == set(DEVELOPMENT)
        await desk.officers.disable(MAKER, desk.clock())
    async with open_test_desk(tmp_path) as again:
        assert (await again.officers.find(MAKER)).disabled_at is not None  # type: ignore[union-attr]


async def test_the_log_tells_no_name(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "esoteric")
    token = await sign_in(desk)
    await desk.desk.sign_out(token)
    await refused(desk, MAKER, "wrong wrong wrong")
    await refused(desk, "nobody", "wrong wrong wrong")
    assert [record.msg for record in caplog.records] == [
        "officer.signed_in",
        "officer.signed_out",
        "officer.sign_in_failed",
        "officer.sign_in_failed",
    ]
    told = [str(record.__dict__) for record in caplog.records]
    assert not any(word in line for line in told for word in (MAKER, "nobody", token, "wrong"))
    assert len({record.__dict__["officer"] for record in caplog.records}) == 2


async def test_expired_sign_ins_are_swept_away(desk: Desk) -> None:
    token = await sign_in(desk)
    desk.clock.pass_by(hours=8, seconds=1)
    await sign_in(desk)
    desk.clock.pass_by(hours=-8, seconds=-1)  # were it still there, it would count again
    assert await desk.desk.officer(token) is None


async def test_a_limit_beyond_32_bits_is_kept(desk: Desk) -> None:
    await desk.officers.add(OfficerRow("asha", None, ("checker",), 10**12, "2026-12-01T09:00:00+00:00"))
    assert (await desk.officers.find("asha")).limit_rupees == 10**12  # type: ignore[union-attr]
