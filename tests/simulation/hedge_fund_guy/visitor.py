"""One simulated visitor holding one whole conversation."""

import random
import time
from dataclasses import dataclass, field

from agents.hedge_fund_guy.reading.reading import FACTS, Fact
from tests.simulation.hedge_fund_guy.laws import Laws
from tests.simulation.hedge_fund_guy.line import Broken, Line
from tests.simulation.hedge_fund_guy.people import TRANSPORTS, Manner, Person
from tests.simulation.hedge_fund_guy.speech import Said, Speech

ERASES_EVERY = 12  # one in so many wants everything gone afterwards


@dataclass
class Outcome:
    """What became of one conversation."""

    person: Person
    laws: Laws
    session_id: str = ""
    erased: bool = False
    seconds: float = 0.0
    transcript: list[tuple[Said, str]] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return self.laws.completed is not None


class Visitor:
    """Says what their nature makes of the last reply, and holds every answer against the laws."""

    def __init__(self, person: Person, line: Line) -> None:
        self.person, self.line = person, line
        self.rng = random.Random(person.seed)
        self.speech = Speech(person, self.rng)
        self.outcome = Outcome(person, Laws(person))
        self._corrected: set[Fact] = set()

    async def talk(self) -> Outcome:
        """From hello to the end; what broke off is in the outcome."""
        started, laws = time.monotonic(), self.outcome.laws
        try:
            await self.line.open()
            self.outcome.session_id = self.line.session_id
            if self.line.greeting:
                laws.greeted(self.line.greeting)
            for turn in range(self.person.turns):
                if self.person.kind == "returner" and turn == self.person.turns // 2:
                    await self._come_back()
                await self._say(self._next(turn))
            await self._leave()
        except Broken as broken:
            laws.broken.append(str(broken))
        finally:
            await self.line.close()
            self.outcome.seconds = time.monotonic() - started
        return self.outcome

    async def _say(self, said: Said) -> None:
        answer, laws = await self.line.say(said.text), self.outcome.laws
        self.outcome.transcript.append((said, answer.text))
        laws.heard(said, answer)
        if said.gives:
            session = await self.line.session()
            laws.read(said, session)
            if answer.complete and laws.completed is None:
                laws.completed = session["data"]

    async def _leave(self) -> None:
        turns = self.outcome.transcript
        replies = [reply for _, reply in turns]
        self.outcome.laws.ended(await self.line.session(), [said.text for said, _ in turns], replies)
        if self.person.number % ERASES_EVERY == ERASES_EVERY - 1:
            await self.line.erase()
            self.outcome.erased = True

    async def _come_back(self) -> None:
        place = TRANSPORTS.index(self.line.transport)
        greeting = self.line.greeting
        await self.line.come_back(TRANSPORTS[(place + 1) % len(TRANSPORTS)])
        if greeting and self.line.greeting != greeting:
            self.outcome.laws.broken.append("greeted anew with other words")

    def _next(self, turn: int) -> Said:
        if turn == 0 and self.rng.random() < 0.5:
            return self.speech.greeting()
        if turn == self.person.turns - 1 and self.rng.random() < 0.5:
            return self.speech.goodbye()
        if self.person.kind == "all_at_once" and turn == 2:
            return self.speech.gives_all()
        if asked := self.outcome.laws.asked_now:
            return self._on_being_asked(min(asked))
        return self._unasked() or self._talk()

    def _on_being_asked(self, fact: Fact) -> Said:
        manner: Manner = self.rng.choice(self.person.nature.manners)
        match manner:
            case "gives":
                return self.speech.gives(fact, asked=True)
            case "gives_with_question":
                return self.speech.gives(fact, asked=True, and_asks=True)
            case "refuses":
                return self.speech.refuses(fact)
            case "asks_why":
                return self.speech.talk("why")
            case "ignores":
                return self._talk()

    def _unasked(self) -> Said | None:
        nature, laws = self.person.nature, self.outcome.laws
        missing = [fact for fact in FACTS if fact not in laws.given]
        if missing and self.rng.random() < nature.volunteers:
            return self.speech.gives(self.rng.choice(missing), asked=False)
        known = [fact for fact in FACTS if fact in laws.given and fact not in self._corrected]
        if known and self.rng.random() < nature.corrects:
            fact = self.rng.choice(known)
            self._corrected.add(fact)
            return self.speech.corrects(fact)
        return None

    def _talk(self) -> Said:
        talks = self.person.nature.talks
        return self.speech.talk(self.rng.choices(list(talks), list(talks.values()))[0])
