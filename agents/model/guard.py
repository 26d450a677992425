"""The guard of the loan's model: what its sentences may say, each checked together with all before it.

Figures, claims and conduct are checked against the draft (`figures.py`). Beyond them: figures keep their order, a range
stays one; nothing is denied that the draft does not deny; a question asks what the draft asks; every word is one of
ours, and a sentence that has nothing of the draft in it is made of words that state nothing. No list proves a text
true: a false sentence can still be made of the draft's own words. So nothing that anybody could rely on is drafted.
"""

import re

from agents.model.draft import Draft
from agents.model.figures import Unfit, asks_for, check_complete, check_stated, figures_of, negations_in
from agents.model.pseudonyms import PLACEHOLDER, begins_a_sentence
from agents.model.sentences import joined
from agents.model.vocabulary import WORD, KnownWords, load_known_words, load_warm_words
from tools.numbers import find_quantities, fold

LONGER_AT_MOST = 3
SLACK_CHARACTERS = 200
MOST_NEW_WORDS = 6
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
        self._is_hindi = language == "hi"
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
        self._check_words(sentence)

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

    def _check_words(self, sentence: str) -> None:
        text = PLACEHOLDER.sub(lambda match: " " * len(match.group()), sentence)
        figures = [(quantity.start, quantity.end) for quantity in find_quantities(text)]
        content: set[str] = set()
        for match in WORD.finditer(text):
            word, (start, end) = match.group(), match.span()
            key = fold(word)
            if (
                len(word) == 1
                or key in self._words | self._warm
                or any(first <= start and end <= last for first, last in figures)
            ):
                content.add(key)
                continue
            capital = word[0].isupper() and not begins_a_sentence(text, start)
            if not (self._known.knows_capital(word) if capital else self._known.knows(word)):
                raise Unfit("word")
            content.add(key)
        new = content - self._words - self._warm
        asked = any(asks_for(sentence, field) for field in self._draft.asks)
        is_about_it = asked or figures or PLACEHOLDER.search(sentence) or content & self._words - self._warm
        if len(new) > (MOST_NEW_WORDS if is_about_it else 0):
            raise Unfit("elsewhere")
