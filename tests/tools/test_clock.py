"""The clock on papers stands on the business date."""

from datetime import date, timedelta

from tools.clock import INDIA, Clock


def test_a_stamp_is_of_the_business_date_in_india() -> None:
    assert Clock(as_of=date(2026, 12, 1)).stamp().astimezone(INDIA).date() == date(2026, 12, 1)


def test_without_a_fixed_date_a_stamp_is_now() -> None:
    clock = Clock()
    before, stamp, after = clock.now(), clock.stamp(), clock.now()
    assert before <= stamp <= after
    assert after - before < timedelta(days=1)
