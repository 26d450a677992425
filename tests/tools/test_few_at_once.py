"""Work that takes a whole core: few pieces at once, few wait, a caller that leaves makes no room for more."""

import asyncio
import threading

import pytest

from tools.few_at_once import FewAtOnce, TooBusy

AT_ONCE, MOST_WAITING = 2, 3


async def test_few_run_and_few_wait() -> None:
    inside: list[int] = []
    most: list[int] = []
    go, full = threading.Event(), threading.Event()

    def work() -> str:
        inside.append(1)
        most.append(len(inside))
        if len(inside) == AT_ONCE:
            full.set()
        go.wait(30)
        inside.pop()
        return "done"

    few = FewAtOnce[str](AT_ONCE, MOST_WAITING)
    under_way = [asyncio.create_task(few.run(work)) for _ in range(AT_ONCE + MOST_WAITING)]
    assert await asyncio.to_thread(full.wait, 30)
    with pytest.raises(TooBusy):
        await few.run(work)
    under_way[0].cancel()  # who leaves makes no room
    with pytest.raises(asyncio.CancelledError):
        await under_way[0]
    with pytest.raises(TooBusy):
        await few.run(work)
    assert len(inside) == AT_ONCE
    go.set()
    assert await asyncio.gather(*under_way[1:]) == ["done"] * (AT_ONCE + MOST_WAITING - 1)
    assert max(most) == AT_ONCE
    assert await few.run(work) == "done"


async def test_work_that_fails_fails_for_its_caller_and_makes_room() -> None:
    def broken() -> None:
        raise OSError

    few = FewAtOnce[None](1, 0)
    for _ in range(3):
        with pytest.raises(OSError):
            await few.run(broken)
