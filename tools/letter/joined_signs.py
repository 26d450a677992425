"""What joined Devanagari signs stand for, so that text copied out of a letter, searched or read aloud, is text.

A font draws half and joined signs with glyphs that have no character. Shaping the short clusters of the script once
tells which characters each of them stands for.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby, product

import uharfbuzz

_VIRAMA, _NUKTA, _RA = "\u094d", "\u093c", "\u0930"
_CONSONANTS = tuple(map(chr, range(0x0915, 0x093A)))
_WITH_NUKTA = tuple(sign + _NUKTA for sign in "कखगजडढफय")
_VOWELS = tuple(map(chr, range(0x093E, 0x094D)))
_MARKS = ("\u0902", "\u0901", "\u0903")


def glyph_texts(font: uharfbuzz.Font, own: Mapping[int, str]) -> dict[int, str]:
    """Characters by glyph, for glyphs that have none of their own; `own` are those of the others."""
    found: dict[int, str] = {}
    for text in _clusters():
        buffer = uharfbuzz.Buffer()
        buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
        buffer.add_str(text)
        buffer.guess_segment_properties()
        uharfbuzz.shape(font, buffer)
        _attribute(text, [(info.cluster, info.codepoint) for info in buffer.glyph_infos], own, found)
    return found


def _attribute(text: str, glyphs: list[tuple[int, int]], own: Mapping[int, str], found: dict[int, str]) -> None:
    """The one unknown glyph of a cluster stands for what the known ones leave of its characters."""
    starts = sorted({cluster for cluster, _ in glyphs})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    for start, group in groupby(glyphs, key=lambda glyph: glyph[0]):
        rest, unknown = text[start : ends[start]], []
        for _, glyph in group:
            known = own.get(glyph) or found.get(glyph)
            if known is None:
                unknown.append(glyph)
            elif known in rest:
                rest = rest.replace(known, "", 1)
        if len(unknown) == 1 and rest:
            found[unknown[0]] = rest


def _clusters() -> Iterator[str]:
    """From short to long, so that what a longer one leaves open a shorter one has told."""
    letters = (*_CONSONANTS, *_WITH_NUKTA)
    yield from _WITH_NUKTA
    for letter in letters:
        yield f"{letter}{_VIRAMA}"
        yield f"{letter}{_VIRAMA}\u200d"
        yield f"{letter}{_VIRAMA}{_RA}"
        yield f"{_RA}{_VIRAMA}{letter}"
    for letter, vowel in product(letters, _VOWELS):
        yield f"{letter}{vowel}"
    for first, second in product(letters, _CONSONANTS):
        yield f"{first}{_VIRAMA}{second}"
    for letter, vowel, mark in product(letters, ("", *_VOWELS), _MARKS):
        yield f"{letter}{vowel}{mark}"
    for letter, vowel, mark in product(letters, ("", *_VOWELS), ("", *_MARKS)):
        yield f"{_RA}{_VIRAMA}{letter}{vowel}{mark}"
    for first, second in product(letters, _CONSONANTS):
        yield f"{first}{_VIRAMA}{second}\u093f"
        yield f"{first}{_VIRAMA}{second}{_VIRAMA}{_RA}"
