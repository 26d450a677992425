"""From the words an OCR engine found, with their places, to lines of text whose columns are kept apart."""

import csv
import io
from dataclasses import dataclass
from statistics import median

from tools.documents.plain import plain

# Below these, in percent, a word is taken for illegible: a question mark for every letter. A figure must be surer.
SURE_OF_A_FIGURE = 80.0
SURE_OF_A_WORD = 45.0
MOST_WORDS = 3_000
_WORD = "5"


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    left: int
    top: int
    width: int
    height: int


def lines_of(table: str) -> list[str]:
    """Lines of an engine's table of words (TSV). Raises ValueError or KeyError for another table."""
    rows = csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)
    words = [_word(row) for row in rows if row["level"] == _WORD and row["text"].strip()][:MOST_WORDS]
    words = [word for word in words if word.width > 0 and word.height > 0]
    if not words:
        return []
    letter = median(word.width / len(word.text) for word in words)
    return [_line(row, max(letter, 1.0)) for row in _rows(words)]


def _word(row: dict[str, str]) -> Word:
    text = plain(row["text"]).strip()
    figure = any(sign.isdigit() for sign in text)
    if float(row["conf"]) < (SURE_OF_A_FIGURE if figure else SURE_OF_A_WORD):
        text = "?" * len(text)
    return Word(text, int(row["left"]), int(row["top"]), int(row["width"]), int(row["height"]))


def _rows(words: list[Word]) -> list[list[Word]]:
    """Words whose middles are at one height, from the top down, each row from left to right."""
    near = 0.5 * median(word.height for word in words)
    rows: list[list[Word]] = []
    for word in sorted(words, key=_middle):
        if rows and _middle(word) - median(map(_middle, rows[-1])) <= near:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda word: word.left) for row in rows]


def _middle(word: Word) -> float:
    return word.top + word.height / 2


def _line(row: list[Word], letter: float) -> str:
    """Words in columns of a letter's width: one blank within a phrase, two or more between columns."""
    line, end = "", None
    for word in row:
        gap = 0.0 if end is None else word.left - end
        if end is not None and gap < 1.8 * letter:
            line += " "
        else:
            line = line.ljust(max(int(word.left / letter), len(line) + 2 if line else 0))
        line += word.text
        end = word.left + word.width
    return line
