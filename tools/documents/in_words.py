"""Amounts spelled out in English on the Indian or the international scale: "Rupees Fifty Four Thousand Only"."""

import re
from collections.abc import Sequence

# fmt: off
_UNITS = {word: number for number, word in enumerate((
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
))} | {"fourty": 40, "ninty": 90} | {word: ten for ten, word in zip(range(20, 100, 10), (
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), strict=True)}
_SCALES = {
    "thousand": 1_000, "lakh": 100_000, "lakhs": 100_000, "lac": 100_000, "lacs": 100_000,
    "million": 1_000_000, "crore": 10_000_000, "crores": 10_000_000,
}
# fmt: on
_BESIDES = frozenset({"and", "rupees", "rupee", "rs", "inr", "only"})
_WORD = r"(?:" + "|".join([*_UNITS, *_SCALES, "hundred", "and", "rupees?", "rs", "inr"]) + r")"
_SPELLED = re.compile(rf"\b{_WORD}(?:[\s.,-]+{_WORD})+\b", re.IGNORECASE)
_PAISE_BEFORE = re.compile(r"\bpais[ae]\s*$", re.IGNORECASE)
_PAISE_BEHIND = re.compile(r"[\s.,-]*pais[ae]\b", re.IGNORECASE)


def spelled_amounts(lines: Sequence[str]) -> list[int]:
    """Whole rupees of every amount spelled out, line ends within it allowed; what is no number is left out."""
    text = " ".join(line.strip() for line in lines)
    found: list[int] = []
    for match in _SPELLED.finditer(text):
        if _PAISE_BEFORE.search(text[: match.start()]):
            continue
        words = re.findall(r"[a-z]+", match.group().lower())
        if _PAISE_BEHIND.match(text, match.end()):
            words = words[: _last_and(words)]
        amount = _value([word for word in words if word not in _BESIDES])
        if amount:
            found.append(amount)
    return found


def _last_and(words: list[str]) -> int:
    return len(words) - 1 - words[::-1].index("and") if "and" in words else 0


def _value(words: list[str]) -> int | None:
    """None for words that are no number of a thousand or more, for a slip spells out nothing smaller."""
    total, group = 0, 0
    for word in words:
        if word == "hundred":
            group = max(group, 1) * 100
        elif word in _SCALES:
            total, group = total + max(group, 1) * _SCALES[word], 0
        else:
            group += _UNITS[word]
    return total + group if total else None
