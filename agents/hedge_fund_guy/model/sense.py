"""Sentences compared by their words: whether one repeats another, and whether it says the contrary."""

import re
import unicodedata
from dataclasses import dataclass
from hashlib import blake2b

from agents.hedge_fund_guy.model.patterns import empty_words, negations, same_words, trade_words, turned_pairs

ALIKE = 0.8  # of all words of two sentences, in both
LEAST_ALIKE = 5  # words, below which only the same sentence is a repetition
NEAR = 0.6  # of the shorter one's content, in both
LEAST_NEAR = 2
_STEM = 5
_ENDINGS = ("ings", "ing", "ers", "ies", "er", "ed", "es", "s")
_REACH = 5  # words behind a negation, among which the first of content is the one it turns round
_CLAUSE_ENDS = frozenset(
    {",", ";", ":", "–", "—", "(", ")", "because", "but", "while", "when", "if", "since", "though"}
)
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?]+(?!\s|$)[^.!?\n]*)*[.!?]*")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_WORD_OR_STOP = re.compile(rf"{_WORD.pattern}|[,;:–—()]")


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a sentence in order (`key`) and as a set."""

    key: tuple[str, ...]
    words: frozenset[str]

    @staticmethod
    def of(sentence: str) -> "Wording":
        words = tuple(_WORD.findall(plain_text(sentence)))
        return Wording(words, frozenset(words))

    def repeats(self, earlier: "Wording") -> bool:
        if self.key == earlier.key:
            return bool(self.key)
        if min(len(self.key), len(earlier.key)) < LEAST_ALIKE:
            return False
        shared = len(self.words & earlier.words)
        return shared >= ALIKE * (len(self.words) + len(earlier.words) - shared)


@dataclass(frozen=True, slots=True)
class Sense:
    """What a sentence says, as far as words show: all of them, and the beginnings of those that carry content, `denied`
    right behind a negation, `stated` elsewhere."""

    words: frozenset[str]
    denied: frozenset[str]
    stated: frozenset[str]

    @staticmethod
    def of(sentence: str) -> "Sense":
        words = _WORD_OR_STOP.findall(plain_text(sentence))
        denied, stated = set[str](), set[str]()
        reach = 0
        for word in words:
            reach = 0 if word in _CLAUSE_ENDS else reach - 1
            if word in negations() or word.endswith("n't"):
                reach = _REACH
            elif len(word) > 3 and word not in empty_words():
                (denied if reach > 0 else stated).add(_root(word))
                reach = 0
        return Sense(frozenset(words), frozenset(denied), frozenset(stated))

    @property
    def content(self) -> frozenset[str]:
        return self.denied | self.stated

    def turns(self, note: "Sense") -> bool:
        """Whether it speaks of what the note says and says it the other way round."""
        return self._is_near(note) and not self._goes_with(note)

    def agrees(self, note: "Sense") -> bool:
        return self._is_near(note) and self._goes_with(note)

    def _is_near(self, note: "Sense") -> bool:
        shared = len(self.content & note.content)
        return shared >= LEAST_NEAR and shared >= NEAR * min(len(self.content), len(note.content))

    def _goes_with(self, note: "Sense") -> bool:
        denied_here = (self.denied - self.stated) & (note.stated - note.denied)
        denied_there = (note.denied - note.stated) & (self.stated - self.denied)
        if self.denied and note.denied:
            # Two ways to deny the same, unless each denies what the other states.
            turned = bool(denied_here and denied_there)
        else:
            turned = bool(denied_here or denied_there)
        if turned:
            return False
        for one, other in turned_pairs():
            for this, that in ((one, other), (other, one)):
                if self.words & this and note.words & that and not note.words & this:
                    return False
        return True


def trade_in(text: str) -> frozenset[str]:
    """The words of the trade in a text, by what several forms of one have in common."""
    return frozenset(_root(word) for word in _WORD.findall(plain_text(text)) if word in trade_words())


def roots_in(text: str) -> frozenset[str]:
    return frozenset(map(_root, _WORD.findall(plain_text(text))))


def topics_in(text: str) -> frozenset[str]:
    """Roots of the words that carry content."""
    words = _WORD.findall(plain_text(text))
    return frozenset(_root(word) for word in words if len(word) > 3 and word not in empty_words())


def _root(word: str) -> str:
    ending = next((ending for ending in _ENDINGS if word.endswith(ending) and len(word) - len(ending) >= 3), "")
    stem = word.removesuffix(ending).removesuffix("e")
    return same_words().get(stem, stem)[:_STEM]


def plain_text(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").casefold().split())


def sentences_of(text: str) -> list[str]:
    return [stripped for match in _SENTENCE.finditer(text) if (stripped := match.group().strip())]


def sentence_keys(text: str) -> list[str]:
    """What tells each sentence from all others, however it is written, in a few characters."""
    return [
        blake2b(" ".join(Wording.of(sentence).key).encode(), digest_size=5).hexdigest()
        for sentence in sentences_of(text)
    ]
