"""Moving windows in memory: exact at their figure and at their border, and no larger than what is counted."""

import random
import tracemalloc

import pytest

from server.limits.figures import Limit
from server.limits.windows import Charge, LocalWindows, MovingWindow, Recent
from tests.server.limits.parts import ManualClock

TEN = Limit("ten", 10, 60)


def test_ten_pass_and_the_eleventh_waits_until_the_first_is_a_minute_old() -> None:
    clock = ManualClock()
    window = MovingWindow(TEN, clock)
    for second in range(10):
        clock.now = 100.0 + second
        assert window.wait(b"k") == 0
        window.hit(b"k")
    assert window.wait(b"k") == pytest.approx(51.0)
    clock.now = 159.999
    assert window.wait(b"k") > 0
    clock.now = 160.0
    assert window.wait(b"k") == 0
    window.hit(b"k")
    assert window.wait(b"k") == pytest.approx(1.0)  # exactly one was freed


def test_no_burst_passes_at_the_border() -> None:
    """A fixed window lets twice its figure through where two of them meet."""
    clock = ManualClock()
    window = MovingWindow(TEN, clock)
    passed = []
    for moment in [59.9] * 20 + [60.1] * 20 + [119.8] * 20 + [119.95] * 20:
        clock.now = moment
        if not window.wait(b"k"):
            window.hit(b"k")
            passed.append(moment)
    assert passed == [59.9] * 10 + [119.95] * 10


def test_any_traffic_keeps_to_the_figure_in_any_window() -> None:
    chance, clock = random.Random(7), ManualClock(0.0)
    window = MovingWindow(TEN, clock)
    passed: list[float] = []
    for _ in range(5000):
        clock.now += chance.choice([0.0, 0.01, 1.0, 5.0, 40.0])
        wait = window.wait(b"k")
        inside = [moment for moment in passed if moment > clock.now - 60]
        assert (wait == 0) == (len(inside) < 10)
        if wait == 0:
            window.hit(b"k")
            passed.append(clock.now)
        else:
            assert wait == pytest.approx(inside[-10] + 60 - clock.now)


def test_what_is_refused_is_not_counted() -> None:
    clock = ManualClock()
    windows = LocalWindows(clock)
    other = Limit("other", 1, 60)
    assert windows.charge_now([Charge(TEN, b"a"), Charge(other, b"b")]) is None
    refused = windows.charge_now([Charge(TEN, b"a"), Charge(other, b"b")])
    assert refused is not None
    assert refused.limit is other
    for _ in range(9):  # the refused one took nothing from the limit beside
        assert windows.charge_now([Charge(TEN, b"a")]) is None
    assert windows.charge_now([Charge(TEN, b"a")]) is not None


def test_half_of_it() -> None:
    windows = LocalWindows(ManualClock())
    for _ in range(5):
        assert windows.charge_now([Charge(TEN, b"a")], halved=True) is None
    assert windows.charge_now([Charge(TEN, b"a")], halved=True) is not None
    assert windows.charge_now([Charge(TEN, b"a")]) is None


async def test_a_key_can_be_forgotten() -> None:
    windows = LocalWindows(ManualClock())
    for _ in range(10):
        await windows.charge(Charge(TEN, b"a"))
    assert await windows.charge(Charge(TEN, b"a")) is not None
    await windows.forget(TEN, b"a")
    assert await windows.charge(Charge(TEN, b"a")) is None


def test_keys_go_when_their_window_has_passed() -> None:
    clock = ManualClock()
    window = MovingWindow(TEN, clock)
    for number in range(10_000):
        clock.now += 0.1
        window.hit(number.to_bytes(16, "big"))
    assert len(window) <= 601  # what was hit in the last minute


def test_a_key_that_is_still_hit_stays() -> None:
    clock = ManualClock()
    window = MovingWindow(TEN, clock)
    for number in range(1000):
        clock.now += 1
        if number % 7 == 0 and not window.wait(b"busy"):
            window.hit(b"busy")
        window.hit(number.to_bytes(16, "big"))
    assert window.wait(b"busy", 8) > 0


def test_a_flood_of_keys_stays_within_bounds() -> None:
    window = MovingWindow(TEN, ManualClock(), most_keys=1000)
    tracemalloc.start()
    try:
        for number in range(20_000):
            window.hit(number.to_bytes(16, "big"))
        size, _peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(window) == 1000
    assert size < 1_000_000


def test_what_was_noted_is_remembered_for_a_while() -> None:
    clock = ManualClock()
    recent = Recent(10, clock, most_keys=2)
    recent.note("a")
    assert "a" in recent
    assert "b" not in recent
    clock.now += 10
    assert "a" not in recent
    for key in "abc":
        recent.note(key)
    assert [key in recent for key in "abc"] == [False, True, True]
