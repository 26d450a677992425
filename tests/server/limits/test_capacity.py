"""What the process takes on at once: refused beyond it, free again whatever way the work ended."""

import contextlib

import pytest

from server.limits.figures import FIGURES
from server.limits.refusals import Busy, TooManyAtOnce
from tests.server.limits.parts import Bench, connection_from, scope_from

SMALL = FIGURES._replace(turns=3, requests=2, sockets=5, sockets_of_one_address=2, uploads=5, uploads_of_one_address=2)


def test_turns_under_way_and_those_just_coming_in() -> None:
    bench = Bench()
    capacity = bench.limits(figures=SMALL).capacity
    with capacity.turn(0), capacity.turn(1):  # one accepted, two coming in
        with pytest.raises(Busy) as refused, capacity.turn(1):
            pass
        assert (refused.value.status, refused.value.code, refused.value.retry_after) == (503, "over_capacity", 2)
    with capacity.turn(2):
        pass
    with pytest.raises(Busy):
        capacity.room(3)
    assert bench.refused == ["turns", "turns"]


def test_a_turn_that_could_not_be_accepted_leaves_its_place() -> None:
    capacity = Bench().limits(figures=SMALL).capacity
    for _ in range(10):
        with contextlib.suppress(KeyError), capacity.turn(2):
            raise KeyError
    assert capacity.turns_entering == 0


def test_sockets_by_address_and_in_all() -> None:
    bench = Bench()
    limits = bench.limits(figures=SMALL)
    first, second, third = (connection_from(f"2001:db8:0:{number}::1") for number in (1, 2, 3))
    neighbour = connection_from("2001:db8:0:1::ffff")
    with contextlib.ExitStack() as open_sockets:
        open_sockets.enter_context(limits.socket(first))
        open_sockets.enter_context(limits.socket(neighbour))
        with pytest.raises(TooManyAtOnce) as refused, limits.socket(first):
            pass
        assert (refused.value.status, refused.value.retry_after) == (429, None)
        for connection in (second, second, third):
            open_sockets.enter_context(limits.socket(connection))
        with pytest.raises(Busy), limits.socket(third):
            pass
    assert bench.refused == ["sockets_of_one_address", "sockets"]
    assert limits.capacity.sockets.taken == 0
    assert not limits.capacity.sockets._by_address
    with limits.socket(first), limits.socket(first):
        pass


def test_without_limits_by_caller_the_process_still_has_its_own() -> None:
    limits = Bench().limits(figures=SMALL, enabled=False)
    with contextlib.ExitStack() as open_sockets:
        for _ in range(5):
            open_sockets.enter_context(limits.socket(connection_from("198.51.100.4")))
        with pytest.raises(Busy), limits.socket(connection_from("198.51.100.4")):
            pass


def test_uploads_are_bounded_more_narrowly_than_requests() -> None:
    bench = Bench()
    limits = bench.limits(figures=SMALL._replace(requests=6))
    scopes = [scope_from(f"198.51.100.{number}") for number in range(4)]
    with contextlib.ExitStack() as under_way:
        for scope in (scopes[0], scopes[0], scopes[1], scopes[1]):
            under_way.enter_context(limits.request(scope, uploading=True))
        with pytest.raises(TooManyAtOnce), limits.request(scopes[0], uploading=True):
            pass
        under_way.enter_context(limits.request(scopes[2], uploading=True))
        with pytest.raises(Busy), limits.request(scopes[3], uploading=True):
            pass
        under_way.enter_context(limits.request(scopes[0], uploading=False))
        with pytest.raises(Busy), limits.request(scopes[0], uploading=False):
            pass
    assert bench.refused == ["uploads_of_one_address", "uploads", "requests"]
    assert limits.capacity.requests.taken == limits.capacity.uploads.taken == 0


def test_requests_of_one_address_leave_places_to_others() -> None:
    bench = Bench()
    figures = SMALL._replace(requests=4, requests_of_one_address=2)
    limits = bench.limits(figures=figures)
    first, other = scope_from("198.51.100.1"), scope_from("198.51.100.2")
    with contextlib.ExitStack() as under_way:
        under_way.enter_context(limits.request(first, uploading=False))
        under_way.enter_context(limits.request(first, uploading=True))
        for uploading in (False, True):
            with pytest.raises(TooManyAtOnce), limits.request(first, uploading=uploading):
                pass
        assert limits.capacity.uploads.taken == 1
        under_way.enter_context(limits.request(other, uploading=False))
    assert bench.refused == ["requests_of_one_address"] * 2
    assert not limits.capacity.requests._by_address
    unlimited = bench.limits(figures=figures, enabled=False)
    with contextlib.ExitStack() as under_way:
        for _ in range(4):
            under_way.enter_context(unlimited.request(first, uploading=False))


def test_no_address_can_have_all_places() -> None:
    assert 0 < FIGURES.requests_of_one_address < FIGURES.requests
    assert 0 < FIGURES.sockets_of_one_address < FIGURES.sockets
    assert 0 < FIGURES.uploads_of_one_address < FIGURES.uploads
