"""What must hold of a conversation with the hedge fund guy, seen from outside. A broken law is a sentence."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from agents.hedge_fund_guy.reading.reading import FACTS, Fact
from tests.simulation.hedge_fund_guy.people import Person
from tests.simulation.hedge_fund_guy.speech import Said
from tests.simulation.hedge_fund_guy.voices import Piece, clauses, folded, pieces, sentences

Json = dict[str, Any]
MOST_ASKED = 3
# A clause may be told after these: they ask about markets, or talk of them.
_MAY_BE_TOLD = frozenset({"market", "short", "broken", "advice", "statement", "trap", "gives"})
_NOT_ASKED_AFTER = frozenset({"abuse", "why", "refuses", "goodbye"})
# Which pools answer what; anything else is no broken law, but out of place.
_ANSWERED_BY: dict[str, frozenset[str]] = {
    "off_topic": frozenset({"off_topic", "unknown"}),
    "advice": frozenset({"advice"}),
    "abuse": frozenset({"abuse"}),
    "who": frozenset({"who"}),
    "why": frozenset({"why"}),
    "source": frozenset({"source"}),
    "refuses": frozenset({"refused"}),
    "goodbye": frozenset({"farewell"}),
}
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_ADVICE = re.compile(
    r"\byou (?:should|must|ought to|need to|have to) (?:buy|sell|short|invest|hold|go long)\b"
    r"|\b(?:i|we) (?:recommend|advise) (?:you )?(?:buying|selling|to buy|to sell)"
    r"|\bput (?:your|all your|half your) (?:money|savings|cash) in"
    r"|\bprice target\b|\bguaranteed?\b|\bcannot lose\b|\brisk[- ]free return\b|\bwill (?:double|triple)\b",
    re.IGNORECASE,
)
_INSIDE = re.compile(r"Traceback|Exception|\bNone\b|[{}]")
_ASKS: dict[Fact, re.Pattern[str]] = {
    "name": re.compile(r"\b(?:your name|who are you|what do (?:they|people|i) call you)\b", re.IGNORECASE),
    "email": re.compile(r"\b(?:e-?mail|inbox|at sign)\b", re.IGNORECASE),
    "income": re.compile(r"\b(?:do you (?:earn|make)|your (?:income|salary|pay))\b", re.IGNORECASE),
}


@dataclass
class Answer:
    """One reply, as every transport gives it."""

    text: str
    collected: dict[str, bool]
    complete: bool


@dataclass
class Laws:
    """Watches one conversation. `reads` counts facts right, wrong, not read and taken from where none was given."""

    person: Person
    broken: list[str] = field(default_factory=list)
    reads: Counter[str] = field(default_factory=Counter)
    misread: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    out_of_place: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    turn: int = 0
    asked_now: frozenset[Fact] = frozenset()
    given: dict[Fact, str] = field(default_factory=dict)
    refused: set[Fact] = field(default_factory=set)
    completed: Json | None = None
    _heard: dict[str, str] = field(default_factory=dict)
    _asked: Counter[Fact] = field(default_factory=Counter)
    _before: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(FACTS, False))

    def greeted(self, text: str) -> None:
        self._sentences(text)
        if not text.strip():
            self._break("an empty greeting")
        self._conduct([Piece("line", "opening", text)], text)

    def heard(self, said: Said, answer: Answer) -> None:
        """One turn: what the visitor said, and the answer."""
        self.turn += 1
        self.refused |= said.refuses
        for fact, value in said.gives.items():
            self.given[fact] = value
            self.refused.discard(fact)
        parts = pieces(answer.text)
        self._sentences(answer.text)
        self._conduct(parts, answer.text)
        self._knowledge(said, parts)
        self._asking(said, parts)
        self._collected(said, answer)
        self._privacy(answer.text)

    def read(self, said: Said, session: Json) -> None:
        """What the service made of the facts that a message gave."""
        for fact, meant in said.gives.items():
            shown = session["data"][fact]
            right = shown is not None and same(fact, shown, meant)
            how = "right" if right else "not read" if shown is None else "wrong"
            self.reads[f"{fact} {how}"] += 1
            if not right:
                self.misread.append(f"{fact}: {said.text!r} gave {shown!r}, meant {meant!r}")
                self.given.pop(fact, None) if shown is None else self.given.__setitem__(fact, shown)

    def ended(self, session: Json, said: list[str], replies: list[str]) -> None:
        """What `GET` shows in the end."""
        for fact in FACTS:
            shown = session["data"][fact]
            if (shown is not None) != self._before[fact]:
                self._break(f"GET shows {fact} {shown!r}, data_collected said {self._before[fact]}")
            if shown is not None and fact in self.given and not same(fact, shown, self.given[fact]):
                self._break(f"in the end {fact} is {shown!r}, given was {self.given[fact]!r}")
        status = "complete" if all(self._before.values()) else "active"
        if session["status"] != status:
            self._break(f"the status is {session['status']}, not {status}")
        told = [(turn["role"], turn["content"]) for turn in session["conversation_history"]]
        both = [pair for s, r in zip(said, replies, strict=True) for pair in (("user", s), ("assistant", r))]
        if told[-len(both) :] != both:
            self._break("the conversation's history is not what was said")

    def mailed(self, mails: list[tuple[str, str]], leads_email: str) -> None:
        """The mails that went out for this conversation: (to, text)."""
        complete = all(self._before.values())
        if len(mails) != int(complete):
            self._break(f"{len(mails)} mails of a lead that is {'complete' if complete else 'not complete'}")
        for to, text in mails:
            if to != leads_email:
                self._break(f"the lead went to {to}")
            for fact in FACTS:
                if self.completed is not None and str(self.completed[fact]) not in text:
                    self._break(f"the mail does not tell the {fact}")

    def _sentences(self, text: str) -> None:
        for sentence in sentences(text):
            if (key := folded(sentence)) in self._heard:
                self._break(f"said twice: {sentence!r}")
            self._heard[key] = sentence

    def _conduct(self, parts: list[Piece], text: str) -> None:
        if not text.strip():
            self._break("an empty reply")
        for part in parts:
            self.counts[part.kind] += 1
            if part.kind == "unknown":
                self._break(f"stands in no clause and no pool: {part.text!r}")
            if part.kind != "clause" and (figure := _FIGURE.search(part.text.replace(self.person.name, ""))):
                self._break(f"a figure of no clause, {figure.group()}: {part.text!r}")
            if part.kind != "clause" and _ADVICE.search(part.text):
                self._break(f"advice or a promise: {part.text!r}")
            if part.kind != "clause" and _INSIDE.search(part.text):
                self._break(f"shows its inside: {part.text!r}")

    def _knowledge(self, said: Said, parts: list[Piece]) -> None:
        told = [part for part in parts if part.kind == "clause"]
        pools = {part.of.partition(".")[0] for part in parts if part.kind == "line"}
        if told and said.sort not in _MAY_BE_TOLD:
            self._break(f"{said.sort} {said.text!r} was answered as a fact: {told[0].text!r}")
        if said.sort == "off_topic" and not pools & {"off_topic", "unknown"}:
            self._break(f"off topic and not deflected: {said.text!r}")
        if said.sort == "advice" and "advice" not in pools:
            self._break(f"advice was not refused: {said.text!r}")
        fitting = _ANSWERED_BY.get(said.sort)
        if fitting and not pools & fitting:
            self.out_of_place.append(f"{said.sort} {said.text!r} was answered by {sorted(pools)}")
        if not said.about:
            if said.sort == "gives" and told:
                self._break(f"{said.text!r} was answered as a fact: {told[0].text!r}")
            return
        self.counts["market questions"] += 1
        self.counts["answered"] += bool(told) or "told" in pools
        for clause in sorted({part.of for part in told if clauses().documents[part.of] not in said.about}):
            self.beside.append(f"{said.text!r} was answered with {clause}")

    def _asking(self, said: Said, parts: list[Piece]) -> None:
        asked = asked_for(parts)
        if len(asked) > 1:
            self._break(f"asks for {sorted(asked)} at once")
        if asked and self.turn == 1:
            self._break("asks for a fact in its first reply")
        if asked and self.asked_now and not said.gives:
            self._break("asks in two replies running")
        if asked and said.sort in _NOT_ASKED_AFTER:
            self._break(f"asks for a fact in answer to {said.sort} {said.text!r}")
        for fact in asked:
            self._asked[fact] += 1
            if fact in self.refused:
                self._break(f"asks for the {fact} that was refused")
            if fact in self.given:
                self._break(f"asks for the {fact} that was given")
            if self._asked[fact] > MOST_ASKED:
                self._break(f"asks for the {fact} {self._asked[fact]} times")
        self.asked_now = asked

    def _collected(self, said: Said, answer: Answer) -> None:
        if set(answer.collected) != set(FACTS):
            self._break(f"data_collected has {sorted(answer.collected)}")
            return
        for fact in FACTS:
            has = answer.collected[fact]
            if has and not self._before[fact] and fact not in self.given:
                self.reads[f"{fact} taken where none was given"] += 1
                self.misread.append(f"{fact}: taken from {said.text!r}")
                self._break(f"{fact} was taken from {said.text!r}")
            if self._before[fact] and not has:
                self._break(f"{fact} was collected and is no more")
        if answer.complete != all(answer.collected.values()):
            self._break("is_complete does not agree with data_collected")
        self._before = dict(answer.collected)

    def _privacy(self, text: str) -> None:
        """A reply may hold the name, nothing else of the person."""
        person = self.person
        if any(mail.lower() in text.lower() for mail in (person.mail, person.other_mail)):
            self._break("the reply shows the address")
        if any(income.said.lower() in text.lower() for income in (person.income, person.other_income)):
            self._break("the reply shows the income")

    def _break(self, what: str) -> None:
        self.broken.append(f"turn {self.turn}: {what}")


def asked_for(parts: list[Piece]) -> frozenset[Fact]:
    """The facts that a reply asks for, by the pool of a line, or by the words of a question that comes from none."""
    found: set[Fact] = set()
    for part in parts:
        top, _, fact = part.of.partition(".")
        if top == "ask" and fact in FACTS:
            found.add(fact)
        elif part.kind == "unknown" and part.text.endswith("?"):
            found |= {fact for fact, words in _ASKS.items() if words.search(part.text)}
    return frozenset(found)


def same(fact: Fact, shown: str, meant: str) -> bool:
    return shown == meant if fact == "income" else shown.casefold() == meant.casefold()
