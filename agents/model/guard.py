"""The guard of the loan's model: what its sentences may say, each checked together with all before it.

Figures, claims and conduct are checked against the draft (`figures.py`). Beyond them: figures keep their order, a range
stays one; nothing is denied that the draft does not deny; a question asks what the draft asks; every word is one of
ours, and what has nothing of the draft in it comes first and is made of words that state nothing. No list proves a text
true: a false sentence can still be made of the draft's own words. So nothing that anybody could rely on is drafted.
"""

import re
from itertools import pairwise
from typing import Literal

from agents.model.draft import Draft
from agents.model.figures import Unfit, asks_for, check_complete, check_stated, figures_of, negations_in, quantities_in
from agents.model.pseudonyms import PLACEHOLDER
from agents.model.sentences import joined
from agents.model.vocabulary import WORD, KnownWords, begins_a_sentence, load_known_words, load_warm_words
from tools.numbers import find_quantities, fold

LONGER_AT_MOST = 3
SLACK_CHARACTERS = 200
MOST_NEW_WORDS = 4
MOST_WITHOUT_THE_DRAFT = 12
MOST_BEHIND = 3
Standing = Literal["drafted", "kind", "new"]
_WORD_OR_FIGURE = re.compile(rf"{WORD.pattern}|\d[\d,.]*")
# Alone these make another figure of one that stands elsewhere: "over how many years (12 to 60)".
_UNITS = frozenset(
    map(fold, ["year", "years", "saal", "saalon", "week", "weeks", "lakhs", "crore", "crores", "साल", "सालों", "वर्ष"])
)
_DEVANAGARI = re.compile("[\u0900-\u097f]")
_LATIN = re.compile("[A-Za-z]")
# The assistant under the customer's name.
_AS_THE_CUSTOMER = re.compile(
    r"\b(?:i am|i'm|name is|mera naam|main|yours)[\s,:]*\[|(?:मैं|मेरा नाम)[\s,:]*\[", re.IGNORECASE
)


class Guard:
    """Over one draft, in one language. `most` is the longest text in characters."""

    def __init__(self, draft: Draft, language: str) -> None:
        self.most = LONGER_AT_MOST * len(draft.text) + SLACK_CHARACTERS
        self._draft = draft
        self._is_hindi, self._is_english = language == "hi", language == "en"
        self._order = figures_of(draft.text)
        self._denials = negations_in(draft.text)
        self._known: KnownWords = load_known_words()
        self._warm = load_warm_words()
        self._words = frozenset(map(fold, WORD.findall(draft.text)))

    def check(self, said: str, sentence: str) -> None:
        whole = joined(said, sentence)
        check_stated(whole, self._draft.statement)
        self._check_order(whole)
        if negations_in(whole) > self._denials:
            raise Unfit("negation")
        if _AS_THE_CUSTOMER.search(sentence):
            raise Unfit("name")
        self._check_script(sentence)
        self._check_question(sentence)
        self._check_words(said, sentence)

    def check_whole(self, said: str) -> None:
        check_complete(said, self._draft.statement)
        if self._denials and not negations_in(said):
            raise Unfit("negation")

    def _check_order(self, said: str) -> None:
        """The figures come as in the draft: swapped, each would say something else."""
        at = [self._order.index(figure) for figure in figures_of(said) if figure in self._order]
        if at != sorted(at) or any(quantity.falling for quantity in find_quantities(PLACEHOLDER.sub(" ", said))):
            raise Unfit("order")

    def _check_script(self, sentence: str) -> None:
        words = PLACEHOLDER.sub(" ", sentence)
        hindi, latin = len(_DEVANAGARI.findall(words)), len(_LATIN.findall(words))
        if hindi < latin if self._is_hindi else hindi and not _DEVANAGARI.search(self._draft.text):
            raise Unfit("script")

    def _check_question(self, sentence: str) -> None:
        if "?" not in sentence:
            return
        asks = self._draft.asks
        if not any(asks_for(sentence, field) for field in asks) if asks else "?" not in self._draft.text:
            raise Unfit("asks")

    def _check_words(self, said: str, sentence: str) -> None:
        """Every word is ours, few are new, and what has nothing of the draft in it comes first or not at all: behind a
        true sentence even kind words ("and more if you like") make another one of it."""
        words = self._words_of(sentence)
        own = [at for at, (_, standing) in enumerate(words) if standing == "drafted"]
        asks = any(asks_for(sentence, field) for field in self._draft.asks)
        new = {fold(word) for word, standing in words if standing == "new"}
        if len(new) > (MOST_NEW_WORDS if own or asks else 0):
            raise Unfit("elsewhere")
        if not own:
            told = any(standing == "drafted" for _, standing in self._words_of(said))
            if len(words) > MOST_WITHOUT_THE_DRAFT or (told and not asks):
                raise Unfit("beside")
            return
        between = [after - before - 1 for before, after in pairwise([-1, *own])]
        if max(between) > MOST_WITHOUT_THE_DRAFT:
            raise Unfit("beside")
        self._check_end(sentence, words[own[-1] + 1 :])

    def _check_end(self, sentence: str, words: list[tuple[str, Standing]]) -> None:
        """What follows on the last word of the draft. Verbs stand there in Hindi, and a question may ask once more."""
        end = " ".join(word for word, _ in words)
        new = sum(standing == "new" for _, standing in words)
        most = MOST_BEHIND
        if self._is_english:
            most *= 1 + (sentence.endswith("?") and "how" in end.casefold().split())
        elif sentence.endswith("?") and any(asks_for(f"{end}?", field) for field in self._draft.asks):
            most = 3 * MOST_BEHIND
        elif new <= 1:
            most = 2 * MOST_BEHIND
        if len(words) > most or new > MOST_BEHIND:
            raise Unfit("behind")

    def _words_of(self, text: str) -> list[tuple[str, Standing]]:
        """Each word, and whether it is the draft's own, one that states nothing, or new. Raises Unfit where a word is
        not ours. Figures and placeholders count as drafted; other checks see to which."""
        words = PLACEHOLDER.sub(lambda match: "0" * len(match.group()), text)
        figures = [(quantity.start, quantity.end) for quantity in quantities_in(words)]
        found: list[tuple[str, Standing]] = []
        for match in _WORD_OR_FIGURE.finditer(words):
            word, (start, end) = match.group(), match.span()
            key = fold(word)
            if word[0].isdigit() or any(first <= start and end <= last for first, last in figures):
                found.append((word, "drafted"))
            elif key in _UNITS and key not in self._words:
                raise Unfit("unit")
            elif len(word) == 1 or key in self._warm:
                found.append((word, "kind"))
            elif key in self._words:
                found.append((word, "drafted"))
            else:
                capital = word[0].isupper() and not begins_a_sentence(words, start)
                if not (self._known.knows_capital(word) if capital else self._known.knows(word)):
                    raise Unfit("word")
                found.append((word, "new"))
        return found
