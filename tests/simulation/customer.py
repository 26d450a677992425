"""One simulated customer holding one whole conversation, by what is awaited."""

import random
import time
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.answering import Answering
from tests.simulation.laws import Laws
from tests.simulation.line import Answer, Broken, Line
from tests.simulation.office import Office, can_approve
from tests.simulation.oracle import Expected, Ledger
from tests.simulation.plans import DIGRESSES, Plan
from tests.simulation.speech import Speech

MOST_TURNS = 60
MOST_SAME = 6
MOST_REVIEWS = 3
_ENDS = frozenset({"under_review", "sanctioned", "rejected", "withdrawn", "expired", "completed"})
_DIGRESSIONS = ("question", "question", "what_if", "small_talk", "status", "why", "human")


@dataclass
class Outcome:
    """What became of one conversation."""

    plan: Plan
    turns: int = 0
    turns_to_offer: int | None = None
    status: str = ""
    expected: Expected | None = None
    disagreements: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    misread: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    stuck: bool = False
    in_own_language: int = 0
    seconds: float = 0.0
    session_id: str = ""
    transcript: list[tuple[str, str, str]] = field(default_factory=list)
    fired: set[str] = field(default_factory=set)
    bureau_may_be_asked: bool = False
    resets: int = 0
    deciding: list[float] = field(default_factory=list)
    signing: list[float] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return not self.disagreements and not self.stuck


class Customer:
    """Says what the plan makes of what is awaited, and holds every answer against the ledger."""

    def __init__(self, plan: Plan, line: Line, ledger: Ledger, victim: dict[str, Any], office: Office) -> None:
        self.plan, self.line, self.ledger, self.office = plan, line, ledger, office
        self.rng = random.Random(plan.seed)
        others = {victim[key] for key in ("name", "email", "pan")}
        self.laws = Laws(ledger, others)
        self.outcome = Outcome(plan)
        self.answering = Answering(plan, ledger, Speech(plan, self.rng), self.rng, victim)
        self._digressed = 0
        self._reviews = 0
        self._same = ("", 0)
        self.last = Answer("", {"status": "initiated"}, ["desired_amount"])

    async def talk(self) -> Outcome:
        """From hello to the end; what broke off is in the outcome."""
        try:
            await self.line.open()
            self.outcome.session_id = self.line.session_id
            await self._converse()
            await self._settle()
        except Broken as broken:
            self.outcome.violations.append(str(broken))
            self.outcome.stuck = True
        finally:
            await self.line.close()
        self.outcome.bureau_may_be_asked = self.ledger.bureau_may_be_asked
        self.outcome.violations += self.laws.broken + self.line.faults
        self.outcome.resets = self.line.resets
        return self.outcome

    async def _converse(self) -> None:
        await self._say(self.answering.opening())
        leaves_at = self.rng.randrange(2, 12) if self.plan.conduct in {"withdraws", "goes_silent"} else None
        while self.outcome.turns < MOST_TURNS:
            awaiting = self.last.awaiting
            if not awaiting or self.last.application["status"] in _ENDS:
                if await self._reviewed():
                    continue
                return await self._take_leave()
            if leaves_at is not None and self.outcome.turns >= leaves_at:
                return await self._leave()
            await self._perhaps_digress()
            if self.last.awaiting and not await self._answer(self.last.awaiting):
                return None
        self.outcome.stuck = True
        self.outcome.violations.append(f"no end after {MOST_TURNS} turns")
        return None

    async def _answer(self, awaiting: list[str]) -> bool:
        """One turn about what is awaited first; False to leave it at that."""
        field_name = awaiting[0]
        repeats = self._same[1] + 1 if self._same[0] == field_name else 1
        self._same = (field_name, repeats)
        if (repeats > MOST_SAME and field_name != "offer_decision") or repeats > 3 * MOST_SAME:
            self.outcome.stuck = True
            self.outcome.violations.append(f"still asked for {field_name} after {repeats - 1} answers")
            return False
        if field_name == "otp" and (code := self.answering.code_needed()):
            self.answering.note_code(await self.line.code() if code == "right" else "000000")
        deed = self.answering.respond(awaiting, self.last, repeats)
        if deed is None:
            return False
        if isinstance(deed, bytes):
            await self._upload(deed)
        else:
            await self._say(deed)
        return True

    async def _say(self, text: str) -> None:
        started = time.monotonic()
        answer = await self.line.say(text)
        self._time(answer.application["status"], time.monotonic() - started)
        self._heard(text, answer)

    async def _upload(self, slip: bytes) -> None:
        answer = await self.line.upload(slip)
        self._heard("[salary slip]", answer)

    def _time(self, status: str, seconds: float) -> None:
        """Note what a turn took that brought a decision, or a letter."""
        before = self.last.application["status"]
        if status == "sanctioned" != before:
            self.outcome.signing.append(seconds)
        elif before in {"kyc_pending", "credit_check_pending"} and status in {"offer_made", "rejected", "under_review"}:
            self.outcome.deciding.append(seconds)

    def _heard(self, said: str, answer: Answer) -> None:
        outcome = self.outcome
        outcome.turns += 1
        outcome.transcript.append((said, answer.text, f"{answer.application['status']} {answer.awaiting}"))
        self.laws.acknowledged = self.answering.acknowledged
        self.laws.watch(said, answer)
        for slot, meant in self.answering.stated.items():
            read = answer.application.get(slot)
            if read != meant and not _same_name(slot, read, meant):
                kept = read == self.last.application.get(slot)
                (outcome.unread if kept else outcome.misread).append(f"{slot}: {said!r} gave {read!r}")
        for slot in ("purpose", "applicant_name", "desired_amount", "loan_term_months"):
            if answer.application[slot] is not None and slot not in self.ledger.said:
                outcome.misread.append(f"{slot}: {said!r} gave {answer.application[slot]!r}")
                self.ledger.said[slot] = answer.application[slot]
        self.answering.heard(answer, self.last)
        if outcome.turns_to_offer is None and (answer.application.get("offer") or answer.application["alternatives"]):
            outcome.turns_to_offer = outcome.turns
        outcome.in_own_language += answer.application["language"] == self.plan.language
        self.last = answer
        self._compare_step(answer.application)

    def _compare_step(self, application: dict[str, Any]) -> None:
        """Every offer on the way is the policy's answer to what was said so far."""
        decision = self.ledger.decision()
        if decision is None or application["status"] != "offer_made" or self.answering.uncertain:
            return
        terms = [(option["amount"], option["months"]) for option in application["alternatives"]]
        expected = [(option.amount, option.months) for option in decision.alternatives]
        found = (application["offered_amount"], terms)
        if found != (decision.amount, expected):
            self.outcome.disagreements.append(
                f"turn {self.outcome.turns}: offered {found}, the policy says {(decision.amount, expected)}"
            )

    async def _perhaps_digress(self) -> None:
        if self._digressed >= 3 or self.rng.random() > DIGRESSES[self.plan.temperament]:
            return
        self._digressed += 1
        before = self.last
        await self._say(self.answering.speech.phrase(self.rng.choice(_DIGRESSIONS)))
        same = ("status", "desired_amount", "loan_term_months", "applicant_name", "purpose", "offered_amount")
        changed = [name for name in same if before.application.get(name) != self.last.application.get(name)]
        if changed or before.awaiting != self.last.awaiting:
            self.outcome.violations.append(f"a digression changed {changed or 'what is awaited'}")

    async def _reviewed(self) -> bool:
        """Officers look at the case. True if the conversation goes on."""
        ledger, status = self.ledger, self.last.application["status"]
        by_policy = ledger.final is not None and ledger.final.decision != "DECLINE"
        if status != "under_review" or not by_policy or self.plan.review == "left" or self._reviews >= MOST_REVIEWS:
            return False
        self._reviews += 1
        case = await self.office.case_of(self.last.application["application_id"])
        if case is None:
            self.outcome.violations.append("no case waits for an application under review")
            return False
        found = {finding["rule"] for finding in case["findings"]}
        if found and found != ledger.findings():
            self.outcome.disagreements.append(
                f"a case for {sorted(found)}, the policy finds {sorted(ledger.findings())}"
            )
        if self.plan.review == "decline" or not can_approve(case):
            await self.office.decline(case)
            ledger.declined = True
        else:
            ledger.reopen(await self.office.approve(case))
        self.answering.stated = {}
        text = await self.line.told()
        session = await self.line.get() or {}
        self._heard("[officer]", Answer(text, session["loan_application"], session["awaiting"]))
        return not ledger.declined

    async def _leave(self) -> None:
        if self.plan.conduct == "withdraws":
            if self.ledger.final is None:
                self.ledger.withdrawn = True
            await self._say(self.answering.speech.phrase("withdraw"))
            if self.last.application["status"] not in _ENDS:
                await self._say(self.answering.speech.phrase("withdraw", plain=True))

    async def _take_leave(self) -> None:
        """A word after the end, which must change nothing that was decided."""
        before = self.last.application["status"]
        if before == "sanctioned" and self.rng.random() < 0.6:
            await self._say(self.answering.speech.phrase("thanks"))
        elif before in {"under_review", "rejected"} and self.rng.random() < 0.4:
            await self._say(self.answering.speech.phrase(self.rng.choice(("why", "status"))))
            if self.last.application["status"] != before:
                self.outcome.violations.append(f"a question moved {before} to {self.last.application['status']}")

    async def _settle(self) -> None:
        """Hold what stands in the end against what must."""
        session = await self.line.get() or {}
        application = session["loan_application"]
        expected, outcome = self.ledger.expected(), self.outcome
        outcome.status, outcome.expected = application["status"], expected
        outcome.fired = self.ledger.fired
        if application["status"] not in expected.statuses:
            outcome.disagreements.append(f"ended {application['status']}, expected {sorted(expected.statuses)}")
            return
        if application["status"] in {"withdrawn", "under_review", "initiated", "kyc_pending"}:
            return
        if expected.amount is not None:
            offer = application["offer"] or {}
            found = (application["offered_amount"], _rate(application["offered_interest_rate"]))
            if found != (expected.amount, expected.rate_pct):
                outcome.disagreements.append(f"offered {found}, expected {(expected.amount, expected.rate_pct)}")
            if offer and offer["months"] != expected.months:
                outcome.disagreements.append(f"over {offer['months']} months, expected {expected.months}")
        record = await self.line.get("/decision")
        if expected.reasons and (record is None or tuple(record["reasons"]) != expected.reasons):
            found_reasons = record and record["reasons"]
            outcome.disagreements.append(f"reasons {found_reasons}, expected {list(expected.reasons)}")


def _rate(rate: float | None) -> str | None:
    return None if rate is None else f"{rate:.2f}"


def _same_name(slot: str, read: Any, meant: Any) -> bool:
    return slot == "applicant_name" and str(read).lower() == str(meant).lower()
