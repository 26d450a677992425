"""Which tool may be used at which stage of an application."""

from collections.abc import Mapping

from agents.application import Status
from agents.model.tools import clauses, eligibility, emi, products, summary
from agents.model.tools.view import Lookup

LOOKUPS: Mapping[str, Lookup] = {
    "search_knowledge": clauses.LOOKUP,
    "application_summary": summary.LOOKUP,
    "emi_what_if": emi.LOOKUP,
    "list_products": products.LOOKUP,
    "eligibility_what_if": eligibility.LOOKUP,
}
_CLOSED = ("search_knowledge", "application_summary")
_OPEN = (*_CLOSED, "emi_what_if", "list_products")
_DECIDED = (*_OPEN, "eligibility_what_if")

TOOLS_AT: Mapping[Status, tuple[str, ...]] = {
    "initiated": _OPEN,
    "kyc_pending": _OPEN,
    "credit_check_pending": _DECIDED,
    "offer_made": _DECIDED,
    "offer_accepted": _DECIDED,
    "under_review": _CLOSED,
    "sanctioned": _CLOSED,
    "rejected": _CLOSED,
    "withdrawn": _CLOSED,
    "expired": _CLOSED,
    "completed": _CLOSED,
}
