"""The effect ledger: each act once, whatever broke; what nobody can tell of waits for a person."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from server.store.acts import gather
from server.store.effects import SqlEffects
from server.store.outbox import Outbox
from server.store.tables import effects as rows
from server.store.tables import outbox as waiting
from tests.conversation import MemoryCarrier
from tests.server.store.both import KINDS, SESSION, fresh_url, opened, with_session
from tests.server.store.messages import code_to
from tools.consents import ConsentAct
from tools.effects import AnotherRequest, Asked, Became, Done, EffectLedger, MemoryEffects, OutcomeUnknown
from tools.papers import MemoryPapers
from tools.providers.protocols import ProviderUnavailable

CONSENT = ConsentAct("EF-1", "bureau_pull", True, "1", "00", "en", "rest", "2026-12-01T10:00:00+00:00")


@pytest.fixture(params=[*KINDS, "memory"])
async def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[EffectLedger]:
    if request.param == "memory":
        yield MemoryEffects(MemoryCarrier(), MemoryPapers())
        return
    where = tmp_path if request.param == "sqlite" else fresh_url(request.getfixturevalue("postgres"))
    async with opened(where) as database:
        acts = await with_session(database)
        yield SqlEffects(database, acts, Outbox(database))


@dataclass
class Bureau:
    """A provider with a call log; it may lose its answer, be away, or not know."""

    calls: list[str] = field(default_factory=list)
    inquiries: int = 0
    breaks: str = ""
    knows: bool = True

    async def pull(self) -> Done:
        if self.breaks == "before":
            raise ProviderUnavailable("bureau")
        self.calls.append("pull")
        if self.breaks == "after":
            raise ProviderUnavailable("bureau")
        return Done({"score": 700 + len(self.calls)})

    async def inquire(self) -> Became:
        self.inquiries += 1
        if self.breaks == "away":
            raise ProviderUnavailable("bureau")
        if not self.knows:
            return "not_known"
        return Done({"score": 701}) if self.calls else "not_done"

    def asked(self, request: dict[str, Any] | None = None) -> Asked:
        return Asked("bureau:EF-1", request or {"pan": "ZZZPM1101A"}, self.inquire)


async def test_once(ledger: EffectLedger) -> None:
    bureau = Bureau()
    assert await ledger.known(SESSION, "bureau:EF-1") is None
    for _ in range(3):
        assert await ledger.once(SESSION, bureau.asked(), bureau.pull) == {"score": 701}
    assert await ledger.known(SESSION, "bureau:EF-1") == {"score": 701}
    assert bureau.calls == ["pull"] and bureau.inquiries == 0


@pytest.mark.parametrize(("breaks", "calls"), [("before", 0), ("after", 1)])
async def test_a_lost_answer_is_asked_for_and_not_pulled_again(ledger: EffectLedger, breaks: str, calls: int) -> None:
    bureau = Bureau(breaks=breaks)
    for _ in range(3):
        with pytest.raises(ProviderUnavailable):
            await ledger.once(SESSION, bureau.asked(), bureau.pull)
        assert len(bureau.calls) == calls
        bureau.breaks = "away"  # and what became of it cannot be asked for now, either
    bureau.breaks = ""
    assert await ledger.once(SESSION, bureau.asked(), bureau.pull) == {"score": 701}
    assert bureau.calls == ["pull"]


async def test_what_nobody_can_tell_is_never_repeated(ledger: EffectLedger) -> None:
    bureau = Bureau(breaks="after", knows=False)
    with pytest.raises(ProviderUnavailable):
        await ledger.once(SESSION, bureau.asked(), bureau.pull)
    bureau.breaks = ""
    for _ in range(3):
        with pytest.raises(OutcomeUnknown) as caught:
            await ledger.once(SESSION, bureau.asked(), bureau.pull)
        assert caught.value.key == "bureau:EF-1" and "EF-1" not in str(caught.value)
    bureau.knows = True
    with pytest.raises(OutcomeUnknown):  # it waits for a person, even if the provider could tell by now
        await ledger.once(SESSION, bureau.asked(), bureau.pull)
    assert bureau.calls == ["pull"] and bureau.inquiries == 1


async def test_a_person_says_it_was_done(ledger: EffectLedger) -> None:
    bureau = Bureau(breaks="after", knows=False)
    await _until_unknown(ledger, bureau)
    await ledger.settle(SESSION, "bureau:EF-1", done=True)
    with pytest.raises(OutcomeUnknown):  # nor does the provider know now
        await ledger.once(SESSION, bureau.asked(), bureau.pull)
    bureau.knows = True
    await ledger.settle(SESSION, "bureau:EF-1", done=True)
    assert await ledger.once(SESSION, bureau.asked(), bureau.pull) == {"score": 701}
    assert bureau.calls == ["pull"]


async def test_a_person_says_it_was_not_done(ledger: EffectLedger) -> None:
    bureau = Bureau(breaks="after", knows=False)
    await _until_unknown(ledger, bureau)
    bureau.calls.clear()  # they were right
    await ledger.settle(SESSION, "bureau:EF-1", done=False)
    assert await ledger.once(SESSION, bureau.asked(), bureau.pull) == {"score": 701}
    await ledger.settle(SESSION, "bureau:EF-1", done=False)  # the turn that settles it may be run again
    assert await ledger.once(SESSION, bureau.asked(), bureau.pull) == {"score": 701}
    assert bureau.calls == ["pull"]


async def test_an_act_that_cannot_be_asked_after_is_not_repeated(ledger: EffectLedger) -> None:
    bureau = Bureau(breaks="after")
    asked = Asked("call:1", {})
    with pytest.raises(ProviderUnavailable):
        await ledger.once(SESSION, asked, bureau.pull)
    with pytest.raises(OutcomeUnknown):
        await ledger.once(SESSION, asked, bureau.pull)
    assert bureau.calls == ["pull"]


async def test_what_stays_in_the_house_may_be_repeated(ledger: EffectLedger) -> None:
    bureau = Bureau(breaks="after")
    asked = Asked("letter:1", {}, repeatable=True)
    with pytest.raises(ProviderUnavailable):
        await ledger.once(SESSION, asked, bureau.pull)
    bureau.breaks = ""
    for _ in range(2):
        assert await ledger.once(SESSION, asked, bureau.pull) == {"score": 702}


async def test_another_request_under_one_key_is_an_error(ledger: EffectLedger) -> None:
    bureau = Bureau()
    await ledger.once(SESSION, bureau.asked({"pan": "ZZZPM1101A", "b": 1}), bureau.pull)
    await ledger.once(SESSION, bureau.asked({"b": 1, "pan": "ZZZPM1101A"}), bureau.pull)
    with pytest.raises(AnotherRequest) as caught:
        await ledger.once(SESSION, bureau.asked({"pan": "ZZZPM1102B", "b": 1}), bureau.pull)
    assert "ZZZPM" not in str(caught.value)
    assert bureau.calls == ["pull"]


@pytest.fixture(params=KINDS)
async def where(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    return tmp_path if request.param == "sqlite" else fresh_url(request.getfixturevalue("postgres"))


async def test_it_is_on_record_across_processes(where: Path | str) -> None:
    bureau = Bureau(breaks="after")
    async with opened(where) as database:
        ledger = SqlEffects(database, await with_session(database), Outbox(database))
        with pytest.raises(ProviderUnavailable):
            await ledger.once(SESSION, bureau.asked(), bureau.pull)
    bureau.breaks = ""
    async with opened(where) as database:
        ledger = SqlEffects(database, ledger._acts, Outbox(database))
        assert await ledger.once(SESSION, bureau.asked(), bureau.pull) == {"score": 701}
        await with_session(database, "s-2")
        with pytest.raises(AnotherRequest):  # a key is of one session
            await ledger.once("s-2", bureau.asked(), bureau.pull)
        assert await ledger.known("s-2", "bureau:EF-1") is None
        (row,) = await database.run(lambda connection: connection.execute(select(rows)).all())
    assert row.state == "done" and len(row.request_hash) == 64 and bureau.calls == ["pull"]


async def test_a_message_and_its_cause_are_on_record_together(where: Path | str) -> None:
    asked = Asked("otp:1", {}, repeatable=True)
    async with opened(where) as database:
        acts = await with_session(database)
        ledger = SqlEffects(database, acts, outbox := Outbox(database))

        async def count() -> tuple[int, int]:
            def look(connection: Any) -> tuple[int, int]:
                return len(connection.execute(select(waiting)).all()), len(connection.execute(select(rows)).all())

            return await database.run(look)

        async def make(break_at: Callable[[], None]) -> Done:
            assert await count() == (0, 0)
            break_at()
            return Done({"seal": "x"}, [code_to(SESSION, "m-1", "123456")])

        def broken() -> None:
            raise RuntimeError

        with pytest.raises(RuntimeError):
            await ledger.once(SESSION, asked, lambda: make(broken))
        assert await count() == (0, 0) and not outbox.news["sms"].is_set()
        gather("turn")
        await acts.note(SESSION, CONSENT)
        assert await ledger.once(SESSION, asked, lambda: make(lambda: None)) == {"seal": "x"}
        assert await count() == (1, 1) and outbox.news["sms"].is_set()
        assert await acts.of_session(SESSION) == [CONSENT], "E3: a consent is no younger than what rests on it"
        assert await ledger.once(SESSION, asked, lambda: make(broken)) == {"seal": "x"}
        assert await count() == (1, 1)


async def _until_unknown(ledger: EffectLedger, bureau: Bureau) -> None:
    with pytest.raises(ProviderUnavailable):
        await ledger.once(SESSION, bureau.asked(), bureau.pull)
    bureau.breaks = ""
    with pytest.raises(OutcomeUnknown):
        await ledger.once(SESSION, bureau.asked(), bureau.pull)
