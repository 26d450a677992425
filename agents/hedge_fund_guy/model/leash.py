"""The leash of the guy's model: what a reply in its words may state, checked sentence by sentence.

A sentence that was drafted so passes. Any other shares words with the draft or the notes behind it, has no figure, no
name and no word of the trade that they lack, and turns no sentence of the notes round; it does not advise, tip,
promise, ask for anything or insult, and was not said before. No list proves a text true: this keeps what code can
see, and whoever strays is not heard. What is left to a model is the wording of an opinion and small talk.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from agents.hedge_fund_guy.model.patterns import found_by, groups_of, leash_patterns
from agents.hedge_fund_guy.model.sense import Sense, Wording, plain_text, roots_in, sentences_of, topics_in, trade_in
from agents.hedge_fund_guy.model.vocabulary import WORD, Vocabulary, begins_a_sentence
from agents.model.figures import Unfit, check_figures, check_signs, stated
from agents.model.pseudonyms import PLACEHOLDER
from agents.model.sentences import joined

LONGER_AT_MOST = 2
SLACK_CHARACTERS = 240
NEW_WORDS_AT_LEAST = 3
NEW_WORDS_SHARE = 0.12
LEAST_SHARED = 4
_YOU = re.compile(r"\byou(?:r|rs|'re|'ve|'d|'ll)?\b")
_YOUR = re.compile(r"\byour ((?:\w+ ?){1,2})")
_LATIN = re.compile("[\n\x20-\x7e–—‘’“”]*")


class GuyLeash:
    """Over one draft: `text` as the model got it, the `passages` behind it, and what was said `before`."""

    def __init__(
        self,
        text: str,
        passages: Sequence[str],
        before: Iterable[str],
        vocabulary: Vocabulary,
        is_abuse: Callable[[str], bool],
    ) -> None:
        self.most = LONGER_AT_MOST * len(text) + SLACK_CHARACTERS
        sources = [text, *passages]
        source = " ".join(sources)
        self._is_abuse = is_abuse
        self._vocabulary = vocabulary.with_words_of([source])
        self._stated = stated(source)
        self._never_else = found_by(leash_patterns("never"), plain_text(source))
        self._matters = groups_of(leash_patterns("matters"), plain_text(source))
        self._roots, self._topics = roots_in(source), topics_in(source)
        self._drafted = {wording.key for wording in map(Wording.of, sentences_of(source))}
        self._notes = [Sense.of(sentence) for passage in passages for sentence in sentences_of(passage)]
        self._before = [Wording.of(sentence) for reply in before for sentence in sentences_of(reply)]

    def check(self, said: str, sentence: str) -> None:
        wording = Wording.of(sentence)
        if any(map(wording.repeats, (*self._before, *map(Wording.of, sentences_of(said))))):
            raise Unfit("repeated")
        if wording.key in self._drafted:
            return
        self._check_form(sentence)
        words = PLACEHOLDER.sub(" ", sentence)
        text = plain_text(words)
        for found, broken in found_by(leash_patterns("never"), text).items():
            if found not in self._never_else:
                raise Unfit(broken)
        if sentence.endswith("?") and _YOU.search(text):
            raise Unfit("asks")
        if self._is_abuse(words):
            raise Unfit("abuse")
        if groups_of(leash_patterns("matters"), text) - self._matters:
            raise Unfit("matter")
        if trade_in(words) - self._roots:
            raise Unfit("trade")
        if any(topics_in(theirs).isdisjoint(self._topics) for theirs in _YOUR.findall(text)):
            raise Unfit("theirs")
        if self._asides(said, sentence) > (0 if self._notes else 1):
            raise Unfit("aside")
        sense = Sense.of(sentence)
        if any(sense.turns(note) for note in self._notes) and not any(sense.agrees(note) for note in self._notes):
            raise Unfit("turned")
        self._check_words(joined(said, sentence), words)

    def check_whole(self, said: str) -> None:
        """It speaks of what was drafted, and an answer out of the notes tells something of them."""
        if self._asides(said) == len(sentences_of(said)):
            raise Unfit("aside")
        notes = frozenset[str]().union(*(note.content for note in self._notes))
        told = frozenset[str]().union(*(Sense.of(sentence).content for sentence in sentences_of(said)))
        if len(notes & told) < min(LEAST_SHARED, len(notes)):
            raise Unfit("beside_the_point")

    def _asides(self, *texts: str) -> int:
        """How many sentences share no word with the draft: whatever they say, it is something else."""
        return sum(topics_in(one).isdisjoint(self._topics) for text in texts for one in sentences_of(text))

    def _check_form(self, sentence: str) -> None:
        words = PLACEHOLDER.sub(" ", sentence)
        if not _LATIN.fullmatch(words):
            raise Unfit("signs")
        check_signs(words)
        check_figures(stated(sentence), self._stated)

    def _check_words(self, said: str, sentence: str) -> None:
        """No name that the notes lack, and few words from elsewhere."""
        for match in WORD.finditer(sentence):
            word = match.group()
            if word[0].isupper() and word not in self._vocabulary.names and word != "I":
                begins = begins_a_sentence(sentence, match.start())
                if not (begins and self._vocabulary.knows_a_form_of(word)) and not _is_i(word):
                    raise Unfit("name")
        words = WORD.findall(PLACEHOLDER.sub(" ", said))
        new = sum(not self._vocabulary.knows_a_form_of(word) for word in words)
        if new > max(NEW_WORDS_AT_LEAST, int(NEW_WORDS_SHARE * len(words))):
            raise Unfit("elsewhere")


def _is_i(word: str) -> bool:
    return word.startswith(("I'", "I’"))
