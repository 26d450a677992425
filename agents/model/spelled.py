"""What is said sign by sign: a phone number in words, a PAN or a name in single letters.

No sign of it is personal by itself, so none is found by its shape or as a word that nobody here uses.
"""

import re
from collections.abc import Iterator

from agents.model.vocabulary import WORD
from tools.numbers import fold
from tools.numbers.words import ENGLISH_ONES, ENGLISH_TENS, HINDI, keys

FEWEST_SIGNS = 4  # "ek do teen saal" is a tenure
_TOKEN = re.compile(rf"{WORD.pattern}|\d+(?:[.,]\d+)*")
_BETWEEN = re.compile(r"[\s.,/_\-‐-―]{0,3}")
_SAID_OF_SIGNS = keys("double triple oh")
_WORDS_TOO = keys("i a do")  # "how do I": no sign of anything by themselves


def find_spelled(text: str) -> Iterator[tuple[int, int]]:
    """Where at least four letters, digits or number words below a hundred follow each other, from where to where."""
    run: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(text):
        is_next = not run or _BETWEEN.fullmatch(text, run[-1][1], match.start())
        is_sign = _is_sign(match.group())
        if run and not (is_sign and is_next):
            yield from _whole(run, text)
            run = []
        if is_sign:
            run.append(match.span())
    yield from _whole(run, text)


def _whole(run: list[tuple[int, int]], text: str) -> Iterator[tuple[int, int]]:
    if sum(fold(text[start:end]) not in _WORDS_TOO for start, end in run) >= FEWEST_SIGNS:
        yield run[0][0], run[-1][1]


def _is_sign(token: str) -> bool:
    if len(token) == 1:
        return True
    key = fold(token)
    return any(key in numbers for numbers in (ENGLISH_ONES, ENGLISH_TENS, HINDI, _SAID_OF_SIGNS))
