"""PNG and JPEG judged by their structure. Nothing is unpacked, so a picture that swells cannot."""

import zlib
from collections.abc import Iterator
from typing import Literal

from tools.documents.one_file import picture_is_alone

PictureProblem = Literal["unreadable", "too_many_pixels", "mixed"]

LONGEST_SIDE = 20_000
MOST_PIXELS = 64_000_000  # of a scanner at 600 dpi or a good camera

_PNG_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive; the others no camera writes
_ALONE = {0x01, *range(0xD0, 0xD8)}  # markers without a length
_SCAN, _END = 0xDA, 0xD9


class _Broken(Exception):
    """The picture is not what its first bytes promise."""


def png_problem(data: bytes) -> PictureProblem | None:
    """Whole chunks with right checksums from the header to the end, of bearable size, with nothing behind."""
    try:
        size, end = _png(data)
    except _Broken:
        return "unreadable"
    return _problem(data, size, end)


def jpeg_problem(data: bytes) -> PictureProblem | None:
    """Whole segments from the start to the end of the picture, one frame of bearable size, nothing foreign behind."""
    try:
        size, end = _jpeg(data)
    except _Broken:
        return "unreadable"
    return _problem(data, size, end)


def _problem(data: bytes, size: tuple[int, int], end: int) -> PictureProblem | None:
    if max(size) > LONGEST_SIDE or size[0] * size[1] > MOST_PIXELS:
        return "too_many_pixels"
    return None if picture_is_alone(data, end) else "mixed"


def _png(data: bytes) -> tuple[tuple[int, int], int]:
    """Width and height, and where the picture ends."""
    size: tuple[int, int] | None = None
    drawn = False
    for name, body, end in _chunks(data):
        if name == b"IHDR" and size is None and len(body) == 13:
            size = int.from_bytes(body[:4]), int.from_bytes(body[4:8])
            depth, colours, packing, filtering, interlaced = body[8:]
            if depth not in _PNG_DEPTHS.get(colours, ()) or packing or filtering or interlaced > 1 or not min(size):
                raise _Broken
        elif size is None or name == b"IHDR":
            raise _Broken
        elif name == b"IDAT":
            drawn = True
        elif name == b"IEND" and drawn and not body:
            return size, end
    raise _Broken


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    at = 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4])
        name, body = data[at + 4 : at + 8], data[at + 8 : end - 4]
        if end > len(data) or zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end]):
            raise _Broken
        yield name, body, end
        at = end


def _jpeg(data: bytes) -> tuple[tuple[int, int], int]:
    """Width and height, and where the picture ends."""
    size: tuple[int, int] | None = None
    drawn = False
    at = 2
    while at + 2 <= len(data):
        if data[at] != 0xFF:
            raise _Broken
        marker = data[at + 1]
        if marker == 0xFF:  # filling
            at += 1
            continue
        if marker == _END:
            if size is None or not drawn:
                raise _Broken
            return size, at + 2
        at += 2
        if marker in _ALONE:
            continue
        length = int.from_bytes(data[at : at + 2])
        body = data[at + 2 : at + length]
        if length < 2 or len(body) != length - 2:
            raise _Broken
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            if marker not in _FRAMES or size is not None or len(body) < 6 or body[0] != 8:
                raise _Broken
            size = int.from_bytes(body[3:5]), int.from_bytes(body[1:3])
            if not min(size):
                raise _Broken
        at += length
        if marker == _SCAN:
            if size is None:
                raise _Broken
            drawn = True
            at = _after_scan(data, at)
    raise _Broken


def _after_scan(data: bytes, at: int) -> int:
    """Where the next marker stands: inside a scan, 0xFF is followed by zero or a restart mark."""
    while (at := data.find(b"\xff", at)) >= 0:
        if data[at + 1 : at + 2] and data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2
    raise _Broken
