"""Facts that somebody will not give: the one that is named, all of them, or the one that was asked for."""

import tomllib
from collections.abc import Collection, Sequence
from importlib import resources

from agents.hedge_fund_guy.reading.reading import FACTS, Fact
from agents.hedge_fund_guy.reading.said import Said, spelled
from agents.understanding.phrases import Phrasebook
from tools.numbers import Token

_FILLERS = frozenset("lol haha sorry man dude bro mate sir please thanks um uh er well oh hm hmm ok okay just".split())


class Refusals:
    def __init__(self) -> None:
        file = resources.files("agents.hedge_fund_guy.reading") / "words" / "refusals.toml"
        cues: dict[str, str] = tomllib.loads(file.read_text(encoding="utf-8"))["cues"]
        self._refuses = Phrasebook({"refuses": cues["refuses"]}, spelled)
        self._all = Phrasebook({"all": cues["all"]}, spelled)
        self._whole = frozenset(" ".join(map(spelled, phrase.split())) for phrase in cues["whole"].split(","))
        self._facts = Phrasebook({fact: cues[fact] for fact in FACTS}, spelled)

    def find(self, said: Said, given: Collection[Fact]) -> tuple[list[Fact], bool]:
        """The facts refused, and whether anything was refused at all."""
        named: set[Fact] = set()
        refused = False
        for index, clause in enumerate(said.clauses):
            tokens = said.tokens[clause.first : clause.last]
            words = [token.key for token in tokens if token.kind == "word" and token.key not in _FILLERS]
            bare = said.asked is not None and index < 2 and " ".join(words) in self._whole
            if not (bare or self._refuses.find(tokens)):
                continue
            refused = True
            named |= self._named(tokens)
        if not refused:
            return [], False
        if not named and said.asked:
            named = {said.asked}
        declined = [fact for fact in FACTS if fact in named and fact not in given]
        return declined, bool(declined) or not given

    def _named(self, tokens: Sequence[Token]) -> set[Fact]:
        if self._all.find(tokens):
            return set(FACTS)
        return {fact for cue in self._facts.find(tokens) for fact in FACTS if fact == cue.tag}
