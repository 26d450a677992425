"""What a case admits of, by the credit policy and by who the officer is: pure functions of the case as it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from agents.deciding.outages import OUTCOME_UNKNOWN
from agents.deciding.slip_findings import pays_more
from kb.policy import Policy
from server.access.principal import Officer
from server.store.cases import CaseRow

ActName = Literal["approve", "decline", "ask", "confirm", "return"]
Needs = Literal["waive", "attest", "slip", "outcome", "fresh_tries", "nothing", "impossible"]
Outcome = Literal["done", "not_done"]

PolicyOf = Callable[[dict[str, Any] | None], Policy]
PROPOSED: Final = frozenset({"approve", "decline", "ask"})  # by makers; what is left is for checkers


class NotAllowed(Exception):
    """The officer may not do this with this case; `code` and a sentence say why."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence


class NotPossible(NotAllowed):
    """The case does not admit of this act, whoever does it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An act as an officer asks for it. `version` is that of the case they saw, `key` tells a repeat."""

    act: ActName
    reason: str
    version: int
    key: str
    waive: tuple[str, ...] = ()
    attest: bool = False
    question: str | None = None
    slip: dict[str, Any] | None = None
    accept_slip: bool = False
    another_slip: bool = False
    outcome: Outcome | None = None

    @property
    def details(self) -> dict[str, Any]:
        """What the act says beside its reason, in JSON form."""
        said = {
            "waive": list(self.waive),
            "attest": self.attest,
            "question": self.question,
            "slip": self.slip,
            "accept_slip": self.accept_slip,
            "another_slip": self.another_slip,
            "outcome": self.outcome,
        }
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that applied. `waiver` says how many officers may set it aside; None for nobody."""

    rule: str
    reason: str
    value: Any
    threshold: Any
    waiver: Literal["one", "two"] | None


class CaseRules:
    """`policy_of` gives the policy that a decision was made by."""

    def __init__(self, policy_of: PolicyOf) -> None:
        self.policy_of = policy_of

    def admit(self, case: CaseRow, officer: Officer) -> None:
        """Nobody sees or decides a case of their own. Raises NotAllowed."""
        if officer.own_refs.intersection(case.refs):
            raise NotAllowed("own_case", "This case is your own.")

    def findings(self, case: CaseRow) -> list[Finding]:
        """What the decision on the case rests on."""
        decision = case.facts.get("decision")
        if decision is None or decision["decision"] not in {"MANUAL_REVIEW", "DECLINE"}:
            return []
        rules = {rule.id: rule for rule in self.policy_of(decision).rules}
        return [
            Finding(entry["rule"], rule.reason, entry["value"], entry["threshold"], rule.waiver)
            for entry in decision["trace"]
            if entry["result"] == "hit" and (rule := rules.get(entry["rule"])) is not None
        ]

    def needs(self, case: CaseRow) -> Needs:
        """What an approval of the case has to bring."""
        facts = case.facts
        decision, found = facts.get("decision"), self.findings(case)
        if not facts["customer"].get("kyc_verified"):
            return "fresh_tries"
        if OUTCOME_UNKNOWN in case.reasons:
            return "outcome"
        if case.kind == "document":
            return "slip"
        if found:
            waivable = [finding for finding in found if finding.waiver]
            declined = decision is not None and decision["decision"] == "DECLINE"
            return "waive" if waivable and (len(waivable) == len(found) or not declined) else "impossible"
        if facts["video_kyc_due"]:
            return "nothing"
        reasons = decision["reasons"] if decision else []
        if "R-KYC-PENDING" in reasons:
            return "attest"
        return "slip" if "R-SLIP" in reasons else "nothing"

    def needs_two(self, case: CaseRow, officer: Officer | None = None) -> bool:
        """Whether an approval needs a second officer: a refusal is overridden, a finding asks for two, or the amount
        is above the officer's limit."""
        by_finding = any(finding.waiver == "two" for finding in self.findings(case))
        above = officer is not None and case.amount > officer.limit_rupees
        return case.kind == "appeal" or (self.needs(case) == "waive" and by_finding) or above

    def reads_more(self, case: CaseRow, slip: dict[str, Any] | None) -> bool:
        """Whether an officer reads a pay on the slip that would take a customer's word to a person, hence a second."""
        if slip is None:
            return False
        facts = case.facts
        record = facts["records"].get("net_income_on_file") or facts["customer"].get("monthly_income_declared")
        return pays_more(slip["net_pay"], record, self.policy_of(facts.get("decision")).fraud.income_gap_pct)

    def check_role(self, officer: Officer, asked: Asked) -> None:
        needed = "maker" if asked.act in PROPOSED else "checker"
        if needed not in officer.roles:
            raise NotAllowed("wrong_role", f"Only a {needed} may do this.")

    def check(self, case: CaseRow, asked: Asked) -> None:
        """Whether the act brings what it needs and nothing else. Raises NotPossible."""
        if asked.act != "ask" and asked.question is not None:
            raise NotPossible("not_fitting", "Only a question to the customer takes one.")
        if asked.act == "ask" and asked.question is None:
            raise NotPossible("question_missing", "The question to the customer is missing.")
        if asked.act != "approve":
            if asked.details.keys() - {"question"}:
                raise NotPossible("not_fitting", "This act takes a reason alone.")
            return
        needs, slips = self.needs(case), [bool(asked.slip), asked.accept_slip, asked.another_slip]
        if needs == "impossible":
            raise NotPossible("not_waivable", "The policy lets nobody set these findings aside.")
        waivable = {finding.rule for finding in self.findings(case) if finding.waiver}
        if set(asked.waive) != (waivable if needs == "waive" else set()):
            raise NotPossible("findings_to_waive", "An approval names every finding that it sets aside, and no other.")
        if asked.attest != (needs == "attest"):
            raise NotPossible("attest", "An approval of unverified contact details attests them, and no other does.")
        if (asked.outcome is not None) != (needs == "outcome"):
            raise NotPossible("outcome", "An approval after a lost answer says whether it was done, and no other does.")
        if sum(slips) != (needs == "slip"):
            raise NotPossible("slip", "An approval of a document says what is on it, accepts it or asks for another.")
        if asked.accept_slip and not (case.facts["slip"] or {}).get("confirmed"):
            raise NotPossible("slip", "There is no slip that the customer has confirmed.")

    def details(self, case: CaseRow, asked: Asked) -> dict[str, Any]:
        """What the act says, as it is kept: a waiver with the value that it is for."""
        details = asked.details
        if asked.waive:
            values = {finding.rule: finding.value for finding in self.findings(case)}
            details["waive"] = [{"rule": rule, "value": values.get(rule)} for rule in sorted(asked.waive)]
        return details
