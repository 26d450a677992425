"""Word search over clauses: BM25 in memory, with light English stemming and no language data files."""

import re
from collections.abc import Sequence

import bm25s
import numpy as np

from kb.clauses import Clause

_STOP_WORDS = """
a about after all am an and any are as at be been before but by can could did do does doing for from get got had has
have how i if in into is it its just like ll many may me much my need no not of on or our out over please s shall
she should so some t tell than that the their them then there these they this to under up us ve want was we were
what when where which while who whom why will with without would you your
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

_DIGIT_COMMA = re.compile(r"(?<=\d),(?=\d)")
_WORD = re.compile(r"[a-z]+|\d+|[\u0900-\u097f]+")


def words_of(text: str) -> list[str]:
    """Stems of the words that carry meaning; digits without grouping, so 5,00,000 and 500,000 are one word."""
    words = _WORD.findall(_DIGIT_COMMA.sub("", text.lower().replace("kyc", " kyc ")))
    return [stem(word) for word in words if word not in STOP_WORDS]


def stem(word: str) -> str:
    """Cut the commonest English endings; what matters is that forms of a word meet, not that a stem is a word."""
    if not word.isascii() or word.isdigit():
        return word
    for ending, rest in (("ies", "y"), ("ing", ""), ("ed", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: len(word) - len(ending)] + rest
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        return word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


class LexicalIndex:
    """BM25 over the clauses and the questions they answer. Immutable once built, so safe to read from any thread."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        self._ids = [clause.id for clause in clauses]
        tokens = [words_of(" ".join(clause.entries.values())) for clause in clauses]
        self._bm25 = bm25s.BM25(method="lucene")
        self._bm25.index(tokens, show_progress=False)
        documents = [frozenset(words) for words in tokens]
        frequency: dict[str, int] = {}
        for words in documents:
            for word in words:
                frequency[word] = frequency.get(word, 0) + 1
        # Rare words weigh more; a word of no clause weighs as much as a word of one.
        self._weight = {word: float(np.log1p(len(documents) / count)) for word, count in frequency.items()}
        self._unknown = float(np.log1p(len(documents)))
        self._documents = dict(zip(self._ids, documents, strict=True))

    def search(self, words: Sequence[str], limit: int) -> list[str]:
        """Identifiers of the best clauses, best first; only clauses that share a word with the question."""
        if not words:
            return []
        scores = self._bm25.get_scores(list(words))
        order = np.argsort(-scores, kind="stable")[:limit]
        return [self._ids[place] for place in order if scores[place] > 0]

    def coverage(self, words: Sequence[str], clause_id: str) -> float:
        """Share of the question's weight that the clause's words cover, 0 to 1."""
        weights = {word: self._weight.get(word, self._unknown) for word in words}
        covered = sum(weight for word, weight in weights.items() if word in self._documents[clause_id])
        return covered / sum(weights.values()) if weights else 0.0
