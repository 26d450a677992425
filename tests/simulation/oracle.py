"""What must come of a conversation: the policy's answer to what the customer said and the providers hold.

It knows nothing of the service's graph. A ledger keeps what was said; `tools.policy` decides, once all that a decision
needs is there, and a decision that ends the application freezes the ledger.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kb.policy import Policy
from tests.simulation.people import AS_OF, Person
from tools.policy import Applicant, BureauRecord, Decision, KycRecord, Offer, Request, SalarySlip, Waiver, decide

# What the lender needs of a person and asks for where no record holds it, and the record's own name for it.
PROFILE = {
    "email": "email",
    "employment": "employment",
    "employer": "employer",
    "monthly_income": "declared_income",
    "household_annual_income": "household_annual_income",
    "existing_emi": "existing_emi",
}
_ENDS = {"MANUAL_REVIEW": "under_review", "DECLINE": "rejected"}


@dataclass
class PhoneBook:
    """Which PANs reached a decision with which phone, and how often a PAN did, over a whole run."""

    pans: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    applications: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    locked: set[str] = field(default_factory=set)  # phones whose identity check was locked; it holds for a day

    def count(self, application: str, pan: str, phone: str) -> tuple[int, int]:
        self.pans[phone].add(pan)
        self.applications[pan].add(application)
        return len(self.applications[pan]), len(self.pans[phone])


@dataclass
class Expected:
    """What the application must read in the end. `statuses` has several where a customer left in between."""

    statuses: frozenset[str]
    amount: int | None = None
    rate_pct: str | None = None
    months: int | None = None
    reasons: tuple[str, ...] = ()
    decision: Decision | None = None


@dataclass
class Ledger:
    """What one customer said and did. Amounts in whole rupees."""

    person: Person
    policy: Policy
    phones: PhoneBook
    application: str
    said: dict[str, Any] = field(default_factory=dict)
    verified: bool = False
    slip: SalarySlip | None = None
    kyc_mode: str = ""
    agreed: bool = False  # said yes to what was on offer; it may have been asked back
    accepted: bool = False
    acknowledged: bool = False
    withdrawn: bool = False
    locked: bool = False
    first_counts: tuple[int, int] | None = None
    final: Decision | None = None
    bureau_may_be_asked: bool = False
    waived: tuple[Waiver, ...] = ()
    waived_up_to: int = 0  # officers looked at no larger request than this
    attested: bool = False
    declined: bool = False
    fired: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.kyc_mode = self.person.record["kyc"]["mode"]

    def lock(self) -> None:
        self.locked = True
        self.phones.locked.add(self.person.record["phone"])

    @property
    def missing(self) -> list[str]:
        """Profile fields that neither a record nor the customer has told."""
        record = self.person.record
        fields = [name for name, kept in PROFILE.items() if record[kept] is None and name not in self.said]
        return fields + (["address"] if not record["kyc"]["address_ok"] and "address" not in self.said else [])

    @property
    def asked_in_full(self) -> bool:
        product = self.policy.product
        amount, months = self.said.get("desired_amount"), self.said.get("loan_term_months")
        return (
            amount is not None
            and months is not None
            and amount >= product.min_amount
            and product.min_months <= months <= product.max_months
        )

    def decision(self) -> Decision | None:
        """The policy's answer as things stand; None while something is missing."""
        if self.final is not None:
            return self.final
        if self.withdrawn or self.locked or not (self.verified and self.asked_in_full) or self.missing:
            return None
        record = self.person.record
        self.first_counts = self.first_counts or self.phones.count(self.application, record["pan"], record["phone"])
        found = decide(self.applicant(), self.request(), self.policy, AS_OF)
        before_bureau = any(entry.result == "hit" and entry.rule[:2] in {"G-", "E-"} for entry in found.trace)
        self.bureau_may_be_asked |= not before_bureau
        self.fired |= {entry.rule for entry in found.trace if entry.result == "hit"}
        ends = found.decision in _ENDS or "R-KYC-PENDING" in found.reasons
        if ends and not self.accepted:
            self.final = found
        return found

    def applicant(self) -> Applicant:
        record = self.person.record
        kyc, offer = record["kyc"], record["offer"]
        emis = [emi for emi in (record["existing_emi"], self.said.get("existing_emi"), record["existing_emi"]) if emi]
        applications, pans = self.first_counts or (1, 1)
        return Applicant(
            dob=date.fromisoformat(record["dob"]),
            citizenship=record["citizenship"],
            employment=record["employment"] or self.said.get("employment", ""),
            months_current_employer=record["months_current_employer"] or 0,
            months_total_employment=record["months_total_employment"] or 0,
            declared_income=self.said.get("monthly_income") or record["declared_income"],
            net_income_on_file=record["net_income_on_file"],
            household_annual_income=record["household_annual_income"] or self.said.get("household_annual_income"),
            existing_emi=max(emis, default=0),
            score=record["score"],
            offer=Offer(offer["limit"], date.fromisoformat(offer["valid_until"])) if offer else None,
            kyc=KycRecord(
                mode=self.kyc_mode,
                phone_ok=kyc["phone_ok"] or self.attested,
                address_ok=kyc["address_ok"] or self.attested or record["pincode"] in self.said.get("address", ""),
                otp_loans_this_year=kyc.get("otp_loans_this_year", 0),
            ),
            bureau=BureauRecord(**record["bureau"]),
            list_hit=record.get("list_hit", False),
            applications_30d=applications,
            pans_same_phone=pans,
        )

    def request(self) -> Request:
        amount, months = self.said["desired_amount"], self.said["loan_term_months"]
        waived = self.waived if amount <= self.waived_up_to else ()
        return Request(amount, months, self.slip, consent=True, waived=waived)

    def findings(self) -> set[str]:
        """The rules that sent the application to a person."""
        return {entry.rule for entry in self.final.trace if entry.result == "hit"} if self.final else set()

    def reopen(self, waived: list[str]) -> None:
        """Officers set these findings aside, or attested the contact details where there are none."""
        assert self.final is not None
        values = {entry.rule: entry.value for entry in self.final.trace}
        self.waived += tuple(Waiver(rule, values[rule]) for rule in waived)
        self.waived_up_to = self.said["desired_amount"]
        self.attested |= not waived
        self.final = None

    def expected(self) -> Expected:
        """What must stand at the end."""
        if self.withdrawn:
            return Expected(frozenset({"withdrawn"}))
        if self.declined:
            return Expected(frozenset({"rejected"}))
        if self.locked:
            return Expected(frozenset({"under_review"}))
        found = self.decision()
        if found is None:
            open_states = {"credit_check_pending"} if self.verified else {"initiated", "kyc_pending"}
            return Expected(frozenset(open_states))
        rate = None if found.rate_pct is None else f"{found.rate_pct:.2f}"
        if found.decision in _ENDS or "R-KYC-PENDING" in found.reasons:
            return Expected(
                frozenset({_ENDS.get(found.decision, "under_review")}), reasons=found.reasons, decision=found
            )
        if found.decision == "APPROVE":
            if self.acknowledged:
                statuses = {"sanctioned", "completed"}
            else:
                statuses = {"offer_accepted"} if self.accepted else {"offer_made"}
                statuses |= {"offer_accepted"} if self.agreed else set()
            return Expected(frozenset(statuses), found.amount, rate, found.months, found.reasons, found)
        if found.decision == "COUNTER_OFFER":
            return Expected(frozenset({"offer_made"}), found.amount, rate, found.months, found.reasons, found)
        return Expected(frozenset({"credit_check_pending"}), reasons=found.reasons, decision=found)

    def most_possible(self) -> int:
        """The largest amount the policy could ever grant this person, whatever slip they bring."""
        record, product = self.person.record, self.policy.product
        band = self.policy.band_for(record["score"])
        limit = (record["offer"] or {}).get("limit", 0) if band.offer_track else 0
        return min(product.max_amount, max(limit * self.policy.offer.multiple, band.cap_without_offer))
