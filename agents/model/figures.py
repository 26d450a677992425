"""What a sentence states: amounts, times, rates, counts, and words that claim something. Pure functions of text.

The check of a reply is this: what it states must be stated by the sentences it was made from, and their figures must
all be there.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Literal

from agents.model.pseudonyms import PLACEHOLDER
from tools.conduct import breaches
from tools.numbers import Quantity, find_quantities, fold

Figure = tuple[Literal["money", "months", "percent", "plain", "duration"], Fraction]

LEAST_BARE_SUM = 1000
_SHOWN = re.compile(r"[\n\x20-\x7e\u0900-\u097f₹–—‘’“”•]*")
# Links, addresses, markup and table signs; a full stop between two words may be the dot of a host name.
_FOREIGN = re.compile(r"[<>{}\[\]|\\@$~^]|://|www\.|[A-Za-z]\.[A-Za-z]{2}|(?<!\w)/\w", re.IGNORECASE)
_DROPPED = frozenset({"So", "Sk", "Cf", "Me", "Cs", "Co", "Cn", "Cc"})
_EMPHASIS = str.maketrans("", "", "*`#️")
# Number words that are just as often something else: "do" is two in Hindi, "at" is eight, "one" is anybody.
_OFTEN_NO_NUMBER = frozenset(map(fold, ["one", "do", "at", "ek", "sath", "saath", "nau", "so", "no", "दो", "एक"]))


class Unfit(Exception):
    """A text states what its sentences do not, or leaves out what they do. The text is a code."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Figures, digits that are part of none, placeholders, and the groups of claims and topics that words belong to."""

    figures: frozenset[Figure]
    digits: frozenset[str]
    placeholders: frozenset[str]
    claims: frozenset[str]
    topics: frozenset[str]


def shown(text: str) -> str:
    """A model's text as it would be shown: compatibility forms made plain, emoji, emphasis and hidden signs gone."""
    plain = unicodedata.normalize("NFKC", text).translate(_EMPHASIS)
    kept = "".join(c for c in plain if c == "\n" or unicodedata.category(c) not in _DROPPED)
    return unicodedata.normalize("NFKC", kept)  # what stood apart may now stand side by side


def stated(text: str) -> Statement:
    """Everything the text states."""
    placeholders = frozenset(PLACEHOLDER.findall(text))
    words = PLACEHOLDER.sub(" ", unicodedata.normalize("NFKC", text))
    quantities = find_quantities(words)
    rest = words
    for quantity in quantities:
        rest = rest[: quantity.start] + " " * (quantity.end - quantity.start) + rest[quantity.end :]
    return Statement(
        figures=frozenset(figure for quantity in quantities for figure in _figures(quantity, words)),
        digits=frozenset(_in_ascii(digits) for digits in re.findall(r"\d+", rest)),
        placeholders=placeholders,
        claims=_groups("claims", words),
        topics=_groups("topics", words),
    )


def check_stated(text: str, source: Statement) -> None:
    """`text`, as shown, states nothing but what `source` states. Raises Unfit."""
    words = PLACEHOLDER.sub(" ", text)
    check_signs(words)
    said = stated(text)
    check_figures(said, source)
    if said.claims - source.claims or said.topics - source.topics:
        raise Unfit("claim")
    if breaches(words):
        raise Unfit("conduct")


def check_signs(words: str) -> None:
    """Plain sentences: no link, no markup, no sign of another script than ours. Raises Unfit."""
    if not _SHOWN.fullmatch(words) or _FOREIGN.search(words):
        raise Unfit("signs")


def check_figures(said: Statement, source: Statement) -> None:
    """What is said has no figure and no placeholder that the source lacks. Raises Unfit."""
    if said.placeholders - source.placeholders:
        raise Unfit("placeholder")
    if any(not _covered(figure, source.figures) for figure in said.figures) or said.digits - source.digits:
        raise Unfit("figure")


def check_complete(text: str, source: Statement) -> None:
    """`text` holds every figure and placeholder of `source`. Raises Unfit."""
    said = stated(text)
    if source.placeholders - said.placeholders or source.digits - said.digits:
        raise Unfit("incomplete")
    if any(not _covered(figure, said.figures) for figure in source.figures):
        raise Unfit("incomplete")


def asks_for(text: str, field: str) -> bool:
    """Whether one of the text's questions or requests is about the awaited field."""
    about = _stems("asks").get(field)
    asking = _stems("requests")["request"]
    sentences = (match.group() for match in re.finditer(r"[^.!?।\n]+[.!?।]?", text))
    asked = [sentence for sentence in sentences if sentence.endswith("?") or asking.search(sentence)]
    return any(about.search(sentence) for sentence in asked) if about else bool(asked)


def figures_of(text: str) -> list[Figure]:
    """Its figures in order, each once; a bare number counts as a sum or as months, by its size."""
    words = PLACEHOLDER.sub(" ", text)
    return list(
        dict.fromkeys(_with_unit(figure) for quantity in find_quantities(words) for figure in _figures(quantity, words))
    )


def quantities_in(text: str) -> list[Quantity]:
    """Where its figures stand, without the number words that are just as often something else."""
    return [quantity for quantity in find_quantities(text) if _figures(quantity, text)]


def figures_by_kind(text: str) -> dict[str, set[tuple[Figure, ...]]]:
    """What is told by figures, a range being one thing: how many sums, tenures, rates."""
    words = PLACEHOLDER.sub(" ", text)
    told: dict[str, set[tuple[Figure, ...]]] = {}
    for quantity in find_quantities(words):
        if ends := tuple(map(_with_unit, _figures(quantity, words))):
            told.setdefault(ends[0][0], set()).add(ends)
    return told


def negations_in(text: str) -> int:
    """How often the text says no; a courtesy such as "no problem" is none."""
    words = _stems("negations")["courtesies"].sub(" ", unicodedata.normalize("NFKC", text).replace("’", "'"))
    return len(_stems("negations")["negation"].findall(words))


def speaks_of(text: str, field: str) -> list[int]:
    """Where the text has a word for the field."""
    return [match.start() for match in _stems("asks")[field].finditer(text)]


def _figures(quantity: Quantity, text: str) -> list[Figure]:
    written = text[quantity.start : quantity.end]
    if quantity.kind == "plain" and quantity.in_words and fold(written) in _OFTEN_NO_NUMBER:
        return []
    ends = [quantity.low] if quantity.high is None else [quantity.low, quantity.high]
    return [(quantity.kind, end) for end in ends]


def _with_unit(figure: Figure) -> Figure:
    kind, value = figure
    return ("money" if value >= LEAST_BARE_SUM else "months", value) if kind == "plain" else figure


def _covered(figure: Figure, known: frozenset[Figure]) -> bool:
    """A sum may be written with or without its sign, months with or without the word; all else needs its unit."""
    kind, value = figure
    if figure in known:
        return True
    twins = {"plain": ("money", "months"), "money": ("plain",), "months": ("plain",)}.get(kind, ())
    return any((twin, value) in known for twin in twins if value >= LEAST_BARE_SUM or "money" not in {kind, twin})


def _in_ascii(digits: str) -> str:
    return "".join(str(unicodedata.decimal(digit)) for digit in digits)


def _groups(table: str, text: str) -> frozenset[str]:
    return frozenset(group for group, stems in _stems(table).items() if stems.search(text))


@cache
def _stems(table: str) -> Mapping[str, re.Pattern[str]]:
    document = tomllib.loads((files("agents.model") / "claims.toml").read_text(encoding="utf-8"))
    return {name: _pattern(stems) for name, stems in document[table].items()}


def _pattern(stems: Sequence[str]) -> re.Pattern[str]:
    """Stems at the start of a word. Vowel signs of Devanagari are no `\\w`, hence its block, less the full stops."""
    alternatives = []
    for stem in stems:
        written = unicodedata.normalize("NFKC", stem)
        ending = r"(?![\w\u0900-\u0963\u0966-\u097f])" if written.endswith("$") else ""
        alternatives.append(r"[\s-]+".join(map(re.escape, written.removesuffix("$").split())) + ending)
    return re.compile(rf"(?<![\w\u0900-\u097f])(?:{'|'.join(alternatives)})", re.IGNORECASE)
