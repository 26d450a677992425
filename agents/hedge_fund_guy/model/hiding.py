"""What leaves of a message: the words that the guy knows. Everything else is a placeholder such as `[NUMBER_1]`.

So no mail address, no figure and no name the house does not know as a word reaches a model, whether or not anybody
recognised it as such. The model may point at a placeholder; only here it is known what stands behind it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from agents.hedge_fund_guy.model.vocabulary import WORD, Vocabulary, begins_a_sentence
from agents.model.pseudonyms import PLACEHOLDER, Pseudonyms

Kind = Literal["EMAIL", "NUMBER", "NAME", "WORD"]

_LONGEST = 2000
_CHUNK = re.compile(r"\S+")
_AROUND = ".,;:!?()[]\"'“”’"
_DOTTED = re.compile(r"\w\.\w|/")  # of a host, a path, initials
_NOT_LATIN = re.compile("[^\u0000-\u024f‘’“”–—…]")
_SPOKEN_MAIL = re.compile(
    r"(?<!\S)\S{1,64}\s+[(\[]?at[)\]]?\s+\S{1,64}(?:\s+[(\[]?dot[)\]]?\s+\w{1,24}){1,4}", re.IGNORECASE
)
_NUMBER_WORDS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    r"|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|lakhs?"
    r"|lacs?|crores?|grand|half|dozen|zero)\b",
    re.IGNORECASE,
)
_SAYS_WHO = re.compile(
    r"\b(?:name(?:'s|’s| is| was)|call(?:s|ed)? me|known as|goes? by|i(?:'m|’m| am) called|signed)[\s,:]+"
    r"((?:[^\W\d_]|['’-])+(?:\s+[A-Z](?:[^\W\d_]|['’-])+){0,2})",
    re.IGNORECASE,
)
_BEFORE_NAMES = re.compile(
    r"\b(?:i(?:'m|’m| am)|this is|it(?:'s|’s| is)|myself|regards|cheers|thanks|sincerely|yours)[\s,:-]*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Hidden:
    """`text` as it may leave, and what stands behind its placeholders."""

    text: str
    behind: Mapping[str, str]

    def restored(self, text: str) -> str:
        return PLACEHOLDER.sub(lambda match: self.behind.get(match.group(), match.group()), text)


def hide(text: str, vocabulary: Vocabulary, secrets: Iterable[str] = ()) -> Hidden:
    """The text with what the vocabulary lacks behind placeholders; `secrets` are hidden even where they are words."""
    text = PLACEHOLDER.sub(" ", text[:_LONGEST])  # one that the person wrote is none of ours
    names = Pseudonyms()
    behind: dict[str, str] = {}
    pieces: list[str] = []
    done = 0
    for start, end, kind in _merged(text, sorted(_finds(text, vocabulary, secrets))):
        placeholder = names.hide(kind, text[start:end])
        behind.setdefault(placeholder, text[start:end])
        pieces += [text[done:start], placeholder]
        done = end
    return Hidden("".join([*pieces, text[done:]]), behind)


def _finds(text: str, vocabulary: Vocabulary, secrets: Iterable[str]) -> Iterator[tuple[int, int, Kind]]:
    for secret in filter(None, secrets):
        for match in re.finditer(rf"(?<!\w){re.escape(secret)}(?!\w)", text, re.IGNORECASE):
            yield match.start(), match.end(), "NAME"
    for match in _CHUNK.finditer(text):
        if "@" in match.group():
            yield match.start(), match.end(), "EMAIL"
        elif any(map(str.isdigit, match.group())):
            bare = match.group().strip(_AROUND)
            start = match.start() + match.group().index(bare)
            yield start, start + len(bare), "NUMBER"
        elif _DOTTED.search(match.group()) or _NOT_LATIN.search(match.group()):
            yield match.start(), match.end(), "WORD"
    yield from ((match.start(), match.end(), "EMAIL") for match in _SPOKEN_MAIL.finditer(text))
    yield from ((match.start(), match.end(), "NUMBER") for match in _NUMBER_WORDS.finditer(text))
    for match in _SAYS_WHO.finditer(text):
        yield match.start(1), match.end(1), "NAME"
    for match in WORD.finditer(text):
        word = match.group()
        if word[0].isupper() and len(word) > 1:
            if not _is_known_with_capital(text, match.start(), word, vocabulary):
                yield match.start(), match.end(), "NAME"
        elif not vocabulary.knows(word):
            yield match.start(), match.end(), "WORD"


def _is_known_with_capital(text: str, at: int, word: str, vocabulary: Vocabulary) -> bool:
    if word in vocabulary.names:
        return _BEFORE_NAMES.search(text, max(0, at - 24), at) is None
    return begins_a_sentence(text, at) and vocabulary.knows(word)


def _merged(text: str, finds: list[tuple[int, int, Kind]]) -> list[tuple[int, int, Kind]]:
    """Left to right without overlap; neighbours of one kind with blanks between are one find."""
    merged: list[tuple[int, int, Kind]] = []
    for start, end, kind in finds:
        if merged:
            first, last, before = merged[-1]
            if start < last or (kind == before and text[last:start].isspace()):
                merged[-1] = (first, max(last, end), before)
                continue
        merged.append((start, end, kind))
    return merged
