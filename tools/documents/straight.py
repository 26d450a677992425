"""A page that lay askew on the glass is turned back, so that the rows of a table are rows again."""

from itertools import pairwise

from PIL import Image

MOST_DEGREES = 5.0
_COARSE, _FINE = 0.5, 0.1
_JUDGED_AT = 700  # the width that is enough to see rows


def straightened(page: Image.Image) -> Image.Image:
    """A greyscale page turned by the angle, up to `MOST_DEGREES`, at which its rows stand out most."""
    small = page.resize((_JUDGED_AT, max(1, page.height * _JUDGED_AT // page.width)), Image.Resampling.BOX)
    ink = small.point(lambda value: 255 if value < 140 else 0)
    steps = int(MOST_DEGREES / _COARSE)
    best = max((step * _COARSE for step in range(-steps, steps + 1)), key=lambda angle: _rows(ink, angle))
    around = int(_COARSE / _FINE)
    angle = max((best + step * _FINE for step in range(-around, around + 1)), key=lambda turn: _rows(ink, turn))
    if abs(angle) < _FINE / 2:
        return page
    return page.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255)


def _rows(ink: Image.Image, angle: float) -> int:
    """How much the ink of neighbouring lines of pixels differs: most where rows and gaps lie level."""
    turned = ink.rotate(angle, resample=Image.Resampling.BILINEAR, fillcolor=0)
    lines = turned.resize((1, turned.height), Image.Resampling.BOX).tobytes()
    return sum((after - before) ** 2 for before, after in pairwise(lines))
