"""Whether two written names can be the same person's: match, review (a person looks) or mismatch.

Only exact tokens give a match. Similar spelling never does: Rajesh and Rakesh are two people.
"""

import re
import unicodedata
from collections import Counter
from typing import Literal

Verdict = Literal["match", "review", "mismatch"]

_PARENTAGE = re.compile(r"\b(?:[SDWCH]\s*/\s*O|(?:SON|DAUGHTER|WIFE|HUSBAND)\s+OF|CARE\s+OF)\b.*")
_APOSTROPHES = re.compile(r"['’ʼ`]")
# Before the name only: Kumari and Sri are names of their own elsewhere.
# fmt: off
_HONORIFICS = frozenset((
    "MR", "MRS", "MS", "MISS", "SMT", "SHRIMATI", "SHRI", "SHREE", "SRI", "SH", "KUM", "KUMARI", "DR", "PROF", "ER",
    "ADV", "CAPT", "COL", "MAJ", "श्री", "श्रीमती", "सुश्री", "कुमारी", "डॉ",
))
_SUFFIXES = frozenset(("JI", "जी"))
_ALIASES = dict.fromkeys(("MOHD", "MD", "MOHAMMAD", "MOHAMED", "MOHAMAD", "MUHAMMAD", "MUHAMMED"), "MOHAMMED")
# fmt: on


def match_names(a: str, b: str) -> Verdict:
    """Compare two names as written on documents, in any order, case and spacing."""
    written = [_tokens(a), _tokens(b)]
    if not all(written):
        return "mismatch"
    left, right = (_without_titles(tokens) for tokens in written)
    if _same(left, right) or "".join(written[0]) == "".join(written[1]):
        return "match"
    if _dropped_middle_name(left, right):
        return "match"
    if _have_something_in_common(left, right) or _is_latin(left) != _is_latin(right):
        return "review"
    return "mismatch"


def in_english_letters(name: str) -> bool:
    """Whether a name is written as PAN cards are; accents do not matter."""
    return _is_latin(_tokens(name))


def surname_of(name: str) -> str | None:
    """Last name token (or the only one), without titles and parentage; None when there is none."""
    tokens = _without_titles(_tokens(name))
    return tokens[-1] if tokens else None


def _tokens(name: str) -> list[str]:
    text = unicodedata.normalize("NFKC", name)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf").upper()
    text = _APOSTROPHES.sub("", _PARENTAGE.sub("", text))
    # Vowel signs are marks, not letters: they belong to their word.
    spaced = "".join(c if unicodedata.category(c)[0] in "LM" else " " for c in text)
    return [_ALIASES.get(token, token) for token in map(_without_accents, spaced.split())]


def _without_accents(token: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", token) if not unicodedata.combining(c))
    return plain if plain.isascii() else token


def _without_titles(tokens: list[str]) -> list[str]:
    start, end = 0, len(tokens)
    while start < end - 1 and tokens[start] in _HONORIFICS:
        start += 1
    while start < end - 1 and tokens[end - 1] in _SUFFIXES:
        end -= 1
    return tokens[start:end]


def _same(left: list[str], right: list[str]) -> bool:
    return Counter(left) == Counter(right) or "".join(left) == "".join(right)


def _dropped_middle_name(left: list[str], right: list[str]) -> bool:
    """All tokens of the shorter name are in the longer, and at least two of them are whole names."""
    shorter, longer = sorted((left, right), key=len)
    whole = [token for token in shorter if len(token) > 1]
    return len(whole) >= 2 and Counter(shorter) <= Counter(longer)


def _have_something_in_common(left: list[str], right: list[str]) -> bool:
    if any(_alike(a, b) for a in _joined_neighbours(left) for b in _joined_neighbours(right)):
        return True
    return _abbreviates(left, right) or _abbreviates(right, left)


def _joined_neighbours(tokens: list[str]) -> list[str]:
    """Tokens, and runs of them written as one word (Ravi Sankar, Ravisankar); single initials left out."""
    size = range(len(tokens))
    runs = ("".join(tokens[i : j + 1]) for i in size for j in size[i:])
    return [run for run in runs if len(run) > 1]


def _alike(a: str, b: str) -> bool:
    """Equal, or one letter apart where there are enough letters for that to mean something."""
    return a == b or (min(len(a), len(b)) >= 3 and _one_letter_apart(a, b))


def _one_letter_apart(a: str, b: str) -> bool:
    """One letter changed, added or left out, or two neighbours swapped."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    swapped = rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:]
    return rest_a[1:] == rest_b[1:] or rest_a[1:] == rest_b or rest_a == rest_b[1:] or swapped


def _abbreviates(short: list[str], full: list[str]) -> bool:
    """Every token of `short` is an initial or a whole token of `full`, each standing for another one."""
    left = list(full)
    for token in sorted(short, key=len, reverse=True):
        found = next((t for t in left if t == token or (len(token) == 1 and t.startswith(token))), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _is_latin(tokens: list[str]) -> bool:
    return all(token.isascii() for token in tokens)
