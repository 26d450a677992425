"""The program that opens an uploaded picture, or the picture that a scanned page is, and draws it anew.

The file on standard input, a greyscale picture (PGM) of our own making on standard output: upright, of a size that an
OCR engine reads well, and nothing else of the file. Confined before it reads a byte. A file that is no such picture is
an exit status other than 0.
"""

import importlib
import io
import sys
from itertools import accumulate
from typing import Final

from PIL import Image, ImageChops, ImageFilter, ImageOps, ImageStat

from tools.documents.confinement import confine
from tools.documents.kinds import sniff_kind
from tools.documents.pictures import jpeg_problem, png_problem
from tools.documents.program import WRITTEN_IN
from tools.documents.scan import picture_of_scan
from tools.documents.straight import straightened

MEMORY_BYTES: Final = 512 * 1024 * 1024
MOST_PIXELS: Final = 40_000_000
# The longer side of A4 at 260 dots an inch; a smaller picture grows, but not beyond twice its size.
LONGER_SIDE: Final = 3_000
SMALLEST_SIDE: Final = 700
MOST_GROWTH: Final = 2.0
GRAIN: Final = 1.5  # levels by which a pixel differs from those around it, on average
PAPER: Final = 0.85  # of the lightness of most of the page: what is lighter is paper
_CODECS: Final = ("PNG", "JPEG")


def main() -> None:
    load()
    confine(memory_bytes=MEMORY_BYTES, cpu_seconds=6)
    data = sys.stdin.buffer.read()
    picture = _redrawn(data, sys.argv[1])
    sys.stdout.buffer.write(b"P5 %d %d 255\n" % picture.size + picture.tobytes())


def load() -> None:
    """Everything that reading needs, for nothing can be loaded later."""
    Image.preinit()
    for name in WRITTEN_IN:
        importlib.import_module(f"encodings.{name}")
    for codec in _CODECS:
        buffer = io.BytesIO()
        Image.new("RGB", (800, 1000), "white").save(buffer, codec)
        _redrawn(buffer.getvalue(), codec.lower())
    buffer = io.BytesIO()
    Image.new("RGB", (800, 1000), "white").save(buffer, "PDF")
    picture_of_scan(buffer.getvalue())


def _redrawn(data: bytes, kind: str) -> Image.Image:
    """Raises ValueError for what is no picture to read, and whatever a broken one makes its reader raise."""
    if sniff_kind(data) != kind:
        raise ValueError
    if kind == "pdf":
        picture = picture_of_scan(data)
    else:
        if (png_problem if kind == "png" else jpeg_problem)(data) is not None:
            raise ValueError
        picture = Image.open(io.BytesIO(data), formats=_CODECS)
    if picture.width * picture.height > MOST_PIXELS or min(picture.size) < SMALLEST_SIDE:
        raise ValueError
    picture.draft("L", (LONGER_SIDE, LONGER_SIDE))
    grey = _on_white(ImageOps.exif_transpose(picture))
    scale = min(LONGER_SIDE / max(grey.size), MOST_GROWTH)
    size = round(grey.width * scale), round(grey.height * scale)
    return straightened(_without_grain(grey).resize(size, Image.Resampling.BICUBIC))


def _without_grain(page: Image.Image) -> Image.Image:
    """Specks and grey paper gone: an engine takes minutes over grain that it takes for letters."""
    smooth = page.filter(ImageFilter.MedianFilter(3))
    if ImageStat.Stat(ImageChops.difference(page, smooth)).mean[0] < GRAIN:
        smooth = page  # clean: the filter would only take hair strokes from small letters
    shades = list(accumulate(smooth.histogram()))
    paper = next(shade for shade, seen in enumerate(shades) if seen * 2 >= shades[-1])  # most of a page is paper
    white = max(paper * PAPER, 1.0)
    return smooth.point(lambda value: min(255, round(value * 255 / white)))


def _on_white(picture: Image.Image) -> Image.Image:
    """In greys, what is transparent on white paper."""
    if "transparency" in picture.info or picture.mode in {"LA", "RGBA", "PA"}:
        drawn = picture.convert("RGBA")
        paper = Image.new("RGBA", drawn.size, "white")
        paper.alpha_composite(drawn)
        return paper.convert("L")
    return picture.convert("L")


if __name__ == "__main__":
    main()
