"""Speaking: what the agents want said becomes one reply in the customer's language.

An agent never writes a sentence. It says `Line(key, facts)`; the phrasebook of the language holds the sentence and the
figures in it come from the facts alone. Text leaves in chunks through the graph's writer, then once as a message.
"""

import re
import tomllib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, Protocol

from typing_extensions import TypedDict

from tools.rupees import rupees
from tools.wording import dotted

LANGUAGES = ("en", "hi", "hinglish")
FALLBACK = "en"
TABLES = ("months", "purposes")  # of a phrasebook; everything else in it are sentences


class Line(TypedDict):
    """One thing to say: a key of the phrasebook and the facts its sentence may use."""

    key: str
    facts: dict[str, Any]


def line(key: str, **facts: Any) -> Line:
    return Line(key=key, facts=facts)


class Speaker(Protocol):
    """Turns lines into text. The chunks of one call, joined, are the reply; None takes back all chunks before it.

    `heard` is what the customer has just said, without what is personal, and None where that may not leave: a speaker
    may answer its tone, never take a fact from it.
    """

    def speak(self, lines: Sequence[Line], language: str, heard: str | None = None) -> AsyncIterator[str | None]: ...


class _Figures(Formatter):
    """Figures and set phrases as customers of one language read them.

    `{amount:rupees}`, `{rate:pct}`, `{day:date}` (of an ISO date), `{value:purpose}`, `{left:try|tries}` (one or many).
    """

    def __init__(self, months: Sequence[str], purposes: Mapping[str, str]) -> None:
        self._months = months
        self._purposes = purposes

    def format_field(self, value: Any, format_spec: str) -> str:
        match format_spec:
            case "rupees":
                return rupees(Decimal(value) if isinstance(value, str) else value)
            case "pct":
                return f"{Decimal(value).normalize():f}%"
            case "date":
                day = date.fromisoformat(value)
                return f"{day.day} {self._months[day.month - 1]} {day.year}"
            case "purpose":
                return self._purposes.get(value, value)
        if "|" in format_spec:
            one, many = format_spec.split("|")
            return one if value == 1 else many
        return str(super().format_field(value, format_spec))


class Phrasebook:
    """The sentences of one language, by dotted key, with its months and its words for what a loan is for.

    Raises KeyError for a key that neither it nor its fallback has, or a fact that a sentence needs and was not given.
    """

    def __init__(
        self,
        sentences: Mapping[str, str],
        months: Sequence[str],
        purposes: Mapping[str, str],
        fallback: "Phrasebook | None" = None,
    ) -> None:
        self._sentences = sentences
        self._fallback = fallback
        self._figures = _Figures(months, purposes)

    def phrase(self, said: Line) -> str:
        sentence = self._sentences.get(said["key"])
        if sentence is None:
            if self._fallback is None:
                raise KeyError(said["key"])
            return self._fallback.phrase(said)
        return self._figures.vformat(sentence, (), said["facts"])

    def compose(self, lines: Sequence[Line]) -> str:
        """All lines as one text: side by side, unless a sentence brings its own line break."""
        text = ""
        for sentence in map(self.phrase, lines):
            gap = "" if not text or text.endswith("\n") or sentence.startswith("\n") else " "
            text += gap + sentence
        return text.strip()

    def purpose(self, value: str) -> str:
        """What a loan is for, in this language where it has a word for it."""
        return self._figures.format_field(value, "purpose")

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self._sentences)


@cache
def phrasebook(language: str) -> Phrasebook:
    """The phrasebook in `agents/text/<language>.toml`, English standing in for a language or a part it lacks."""
    if language not in LANGUAGES:
        language = FALLBACK
    book = _document(language)
    sentences = dict(dotted({name: value for name, value in book.items() if name not in TABLES}))
    if language == FALLBACK:
        return Phrasebook(sentences, book["months"], book.get("purposes", {}))
    months = book.get("months") or _document(FALLBACK)["months"]
    return Phrasebook(sentences, months, book.get("purposes", {}), phrasebook(FALLBACK))


class TemplateSpeaker:
    """The embedded default: the phrasebook's sentences as they stand."""

    async def speak(
        self,
        lines: Sequence[Line],
        language: str,
        heard: str | None = None,  # noqa: ARG002  templates have one tone
    ) -> AsyncIterator[str | None]:
        for chunk in in_chunks(phrasebook(language).compose(lines)):
            yield chunk


def in_chunks(text: str) -> Iterator[str]:
    """Sentence by sentence; a single sentence in two, since every reply comes in at least two chunks."""
    chunks = re.findall(r".+?(?:[.!?।](?=\s)|\n|$)\s*", text, re.DOTALL)
    if len(chunks) == 1:
        middle = text.find(" ", len(text) // 2) + 1 or text.rfind(" ") + 1 or max(1, len(text) // 2)
        chunks = [text[:middle], text[middle:]]
    yield from chunks


def _document(language: str) -> dict[str, Any]:
    return tomllib.loads((files("agents.text") / f"{language}.toml").read_text(encoding="utf-8"))
