"""The load client reads what servers send, whole or in pieces."""

import pytest

from tests.load.client import content_length, dechunked, split_frames, status_of, text_frame
from tests.load.figures import percentile
from tests.load.people import people
from tools.identifiers import check_pan
from tools.providers.simulated import Customer


def test_reads_the_head_of_an_answer() -> None:
    header = b"HTTP/1.1 201 Created\r\nDate: today\r\nContent-Length: 17"
    assert (status_of(header), content_length(header)) == (201, 17)
    assert content_length(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked") is None


def test_joins_chunks() -> None:
    assert dechunked(b"5\r\nevent\r\n10;x=y\r\n: message\r\n\r\n...\r\n0\r\n\r\n") == b"event: message\r\n\r\n..."


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_splits_frames_however_they_arrive(size: int) -> None:
    payload = b"x" * size
    wide = 0 if size < 126 else 2 if size < 65_536 else 8
    length = {0: bytes([size % 126]), 2: b"\x7e", 8: b"\x7f"}[wide] + (size.to_bytes(wide, "big") if wide else b"")
    frame = b"\x81" + length + payload
    assert split_frames(frame + b"\x89\x00" + frame + b"\x81") == ([(1, payload), (1, payload)], b"\x81")
    assert split_frames(frame[:-1]) == ([], frame[:-1])


def test_frames_of_the_client_are_masked_with_zeros() -> None:
    for size in (5, 200):
        frame = text_frame(b"a" * size)
        assert frame[1] & 0x80
        assert frame.endswith(b"\0\0\0\0" + b"a" * size)


def test_percentiles() -> None:
    assert [percentile([5, 1, 4, 2, 3], share) for share in (0.0, 0.5, 0.95)] == [1, 3, 5]


def test_everybody_has_identifiers_of_their_own() -> None:
    persons, records = people(30_000)
    assert len({person.pan for person in persons}) == len({person.phone for person in persons}) == 30_000
    assert all(check_pan(person.pan).ok for person in persons)
    assert {len(person.phone) for person in persons} == {len("+919000000001")}
    Customer.model_validate(records[-1])
