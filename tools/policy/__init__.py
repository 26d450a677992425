"""The credit policy engine: a case and a policy give a decision. Rules and thresholds are data in kb/policy."""

from tools.policy.case import Applicant, BureauRecord, KycRecord, NameMatch, Offer, Request, SalarySlip, Waiver
from tools.policy.decision import Alternative, Decision, TraceEntry
from tools.policy.engine import charges_of, decide, decide_before_bureau
from tools.policy.texts import ReasonLine, customer_reasons, officer_label, reason_line

__all__ = [
    "Alternative",
    "Applicant",
    "BureauRecord",
    "Decision",
    "KycRecord",
    "NameMatch",
    "Offer",
    "ReasonLine",
    "Request",
    "SalarySlip",
    "TraceEntry",
    "Waiver",
    "charges_of",
    "customer_reasons",
    "decide",
    "decide_before_bureau",
    "officer_label",
    "reason_line",
]
