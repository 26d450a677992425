"""A failing service is left alone for a while, by a clock of the test's own."""

from tools.breaker import LONGEST_PAUSE_SECONDS, Breaker


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_it_opens_after_three_failures_in_a_row_and_tries_again_after_the_pause() -> None:
    clock = Clock()
    breaker = Breaker(clock, failures=3, pause=30)
    breaker.failed()
    breaker.failed()
    assert not breaker.is_open
    breaker.failed()
    assert breaker.is_open
    clock.now += 29.9
    assert breaker.is_open
    clock.now += 0.2
    assert not breaker.is_open
    breaker.failed()
    assert breaker.is_open, "the trial failed, so the pause begins anew"


def test_a_success_between_failures_keeps_it_closed() -> None:
    breaker = Breaker(Clock(), failures=2)
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert not breaker.is_open


def test_a_wished_pause_opens_at_once_and_is_bounded() -> None:
    clock = Clock()
    breaker = Breaker(clock, failures=3, pause=30)
    breaker.failed(pause=86_400)
    assert breaker.is_open
    clock.now += LONGEST_PAUSE_SECONDS + 1
    assert not breaker.is_open


def test_a_short_pause_does_not_shorten_the_usual_one() -> None:
    clock = Clock()
    breaker = Breaker(clock, failures=2, pause=30)
    breaker.failed(pause=1)
    breaker.failed(pause=1)
    clock.now += 2
    assert breaker.is_open
