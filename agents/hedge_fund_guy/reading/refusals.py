"""Facts that somebody will not give: the one that is named, all of them, or the one that was asked for."""

from collections.abc import Collection, Sequence

from agents.hedge_fund_guy.reading.reading import FACTS, Fact
from agents.hedge_fund_guy.reading.said import Clause, Said, spelled
from agents.hedge_fund_guy.reading.tables import Table, word_set
from agents.understanding.phrases import Cue

_LEADING_ON = frozenset(("that", "it", "you", "this"))
_REACH = 4  # words between a no and what is not done
_SHORT = 8  # words, beyond which a phrase means something else when nothing was asked
_SELDOM = 12  # words, beyond which a clause tells a story


class Refusals:
    def __init__(self, table: Table) -> None:
        self._whole = frozenset(
            " ".join(map(spelled, phrase.split())) for phrase in table["answers"]["whole"].split(",")
        )
        self._fillers = word_set(table["answers"]["fillers"])
        pattern = {name: word_set(words) for name, words in table["pattern"].items()}
        self._no, self._act, self._what = pattern["no"], pattern["act"], pattern["what"]
        self._keep, self._private = pattern["keep"], pattern["private"]

    def find(self, said: Said, given: Collection[Fact]) -> tuple[list[Fact], bool]:
        """The facts refused, and whether anything was refused at all. What refuses is settled then."""
        named: set[Fact] = set()
        refused = False
        for index, clause in enumerate(said.clauses):
            words = [token.key for token in said.tokens[clause.first : clause.last] if token.kind == "word"]
            bare = said.asked is not None and index < 2 and self._is_whole(words)
            if bare or self._says_no(said, words, clause) or (not clause.asks and self._will_not(said, words, clause)):
                refused = True
                named |= _named(said, clause)
                said.take(*said.span(clause.first, clause.last))
        if not refused:
            return [], False
        if not named and said.asked:
            named = {said.asked}
        declined = [fact for fact in FACTS if fact in named and fact not in given]
        return declined, bool(declined) or not given

    def _is_whole(self, words: Sequence[str]) -> bool:
        bare = " ".join(word for word in words if word not in self._fillers)
        return bare in self._whole or " ".join(words) in self._whole

    def _says_no(self, said: Said, words: Sequence[str], clause: Clause) -> bool:
        """ "none of your business", "my salary is private"; not "no chance of a rate cut" """
        named = bool(_named(said, clause))
        no_matter = bool(said.cued("refusals.unimportant", clause.first, clause.last))
        if named and not clause.asks and (no_matter or not self._private.isdisjoint(words)):
            return True
        if words[:1] == ["no"] and named and clause.first + 1 in {cue.first for cue in _naming(said, clause)}:
            return True  # "no email I get enough spam"
        if not said.cued("refusals.refuses", clause.first, clause.last):
            return False
        about_markets = bool(said.cued("intents.market", clause.first, clause.last))
        return named or not (about_markets or (said.asked is None and len(words) > _SHORT))

    def _will_not(self, said: Said, words: Sequence[str], clause: Clause) -> bool:
        """ "I don't discuss that", "not giving you my mail", "keep it private"; not "I won't say it's a bubble"."""
        named = bool(_named(said, clause))
        if len(words) > _SELDOM or not (said.asked or named):
            return False
        for at, word in enumerate(words):
            before = words[max(0, at - _REACH) : at]
            acts = word in self._act and self._no.intersection(before)
            if acts and (named or self._is_of_facts(words[at + 1 : at + 3])):
                return True
            if word in self._private and self._keep.intersection(before):
                return True
        return False

    def _is_of_facts(self, follows: Sequence[str]) -> bool:
        """ "... tell", "... tell you that", "... give my mail", not "... tell you the Fed is wrong"."""
        if not follows or follows[0] not in self._what:
            return not follows
        return len(follows) == 1 or follows[0] not in _LEADING_ON or follows[1] in self._what


def _naming(said: Said, clause: Clause) -> list[Cue]:
    return [cue for fact in FACTS for cue in said.cued(f"refusals.{fact}", clause.first, clause.last)]


def _named(said: Said, clause: Clause) -> set[Fact]:
    facts = {fact for fact in FACTS if said.cued(f"refusals.{fact}", clause.first, clause.last)}
    return facts or (set(FACTS) if said.cued("refusals.all", clause.first, clause.last) else set())
