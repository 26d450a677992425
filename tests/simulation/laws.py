"""What must hold of every reply, whatever anybody said. A broken law is a sentence in the report."""

import re
from decimal import Decimal
from typing import Any

from agents.application import ALLOWED_MOVES
from tests.simulation.line import Answer
from tests.simulation.oracle import PROFILE, Ledger
from tools.loan_maths import instalment

NEED = ("desired_amount", "applicant_name", "loan_term_months", "purpose")
IDENTITY = ("pan", "date_of_birth", "phone")
DECISIONS = ("salary_slip", "slip_confirmation", "kyc_upgrade", "offer_decision", "kfs_acknowledgement")
AWAITABLE = frozenset({*NEED, *PROFILE, "consent", *IDENTITY, "otp", "address", *DECISIONS})
SAME_REPLIES = 3
_PAN = re.compile(r"\b[A-Z]{5}\d{4}[A-Z]\b")
_DEVANAGARI = re.compile("[\u0900-\u097f]")
_LEAKS = re.compile(r"Traceback|Error\b|Exception|\bNone\b|\{[a-z_]+\}|R-[A-Z]{3,}|\bnull\b")


def reachable(status: str) -> set[str]:
    """Where an application may get in one turn, which may take several moves."""
    found, new = {status}, [status]
    while new:
        for after in ALLOWED_MOVES[new.pop()] - found:  # type: ignore[index]
            found.add(after)
            new.append(after)
    return found


class Laws:
    """Watches one conversation."""

    def __init__(self, ledger: Ledger, others: set[str]) -> None:
        self.ledger, self.others = ledger, others
        self.broken: list[str] = []
        self._before: dict[str, Any] = {"status": "initiated"}
        self._last: list[str] = []
        self.acknowledged = False

    def watch(self, said: str, answer: Answer) -> None:
        """One turn: what the customer said, and the answer."""
        application = answer.application
        self._text(said, answer.text)
        self._application(application)
        if unknown := set(answer.awaiting) - AWAITABLE:
            self._break(f"awaits {sorted(unknown)}")
        before, after = self._before["status"], application["status"]
        if after not in reachable(before):
            self._break(f"moved from {before} to {after}")
        if before == after == "under_review" and application["credit_score"] != self._before.get("credit_score"):
            self._break("a bureau report came in while a person decides")
        self._before = application

    def _text(self, said: str, text: str) -> None:
        if not text.strip():
            self._break("an empty reply")
        if leak := _LEAKS.search(text):
            self._break(f"the reply shows {leak.group()!r}")
        if _PAN.search(text) or any(other in text for other in self.others):
            self._break("the reply shows a PAN, a number or a name that it must not")
        if self.ledger.person.record["phone"][-10:] in text.replace(" ", ""):
            self._break("the reply shows the whole phone number")
        asked_in_hindi, answered_in_hindi = bool(_DEVANAGARI.search(said)), bool(_DEVANAGARI.search(text))
        if asked_in_hindi and not answered_in_hindi:
            self._break("Hindi is not answered in its script")
        self._last = [*self._last, text][-SAME_REPLIES:]
        if len(self._last) == SAME_REPLIES and len(set(self._last)) == 1:
            self._break("the same reply three times in a row")

    def _application(self, application: dict[str, Any]) -> None:
        amount, rate, offer = application["offered_amount"], application["offered_interest_rate"], application["offer"]
        ledger = self.ledger
        if not application["kyc_verified"] and (offer or amount or application["credit_score"] is not None):
            self._break("an offer or a score before the identity is verified")
        score = application["credit_score"]
        if score is not None and score != ledger.person.record["score"]:
            self._break("a score that no bureau gave")
        if amount is not None and (amount > ledger.most_possible() or amount < ledger.policy.product.min_amount):
            self._break(f"{amount} on offer is beyond the policy")
        band = ledger.policy.band_for(ledger.person.record["score"])
        if rate is not None and (band.rate_pct is None or f"{rate:.2f}" != f"{band.rate_pct:.2f}"):
            self._break(f"the rate {rate} is not the band's")
        if offer and int(offer["emi"]) != instalment(offer["amount"], Decimal(offer["rate_pct"]), offer["months"]):
            self._break("the instalment on offer is not the exact one")
        if application["sanction_letter_generated"] and not (self.acknowledged and application["sanction_letter_url"]):
            self._break("a letter without the customer's acknowledgement")

    def _break(self, law: str) -> None:
        self.broken.append(law)
