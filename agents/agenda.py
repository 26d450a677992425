"""What the conversation still needs: one pure function from the application to the fields awaited.

The order is the contract's. Who asks for a field is in `OWNER`; the graph routes by it and the reader of a message is
told the first field, so that a bare "24" means what it was asked for.
"""

from typing import Literal

from agents.application import CLOSED, IDENTITY, Application
from agents.conditions import next_consent

AgentName = Literal["sales", "kyc", "underwriting", "sanction"]

OWNER: dict[str, AgentName] = {
    "desired_amount": "sales",
    "applicant_name": "sales",
    "loan_term_months": "sales",
    "purpose": "sales",
    "consent": "kyc",
    "pan": "kyc",
    "date_of_birth": "kyc",
    "phone": "kyc",
    "otp": "kyc",
    "email": "sales",
    "address": "sales",
    "employment": "sales",
    "employer": "sales",
    "monthly_income": "sales",
    "household_annual_income": "sales",
    "existing_emi": "sales",
    "salary_slip": "underwriting",
    "slip_confirmation": "underwriting",
    "kyc_upgrade": "kyc",
    "offer_decision": "underwriting",
    "kfs_acknowledgement": "sanction",
}

# Asked for these, words that nobody can place may be the personal detail itself.
FREE_WORDS = frozenset({"applicant_name", "employer", "address", "email", "otp"})

NEED = ("desired_amount", "applicant_name", "loan_term_months", "purpose")
# What underwriting needs of a person: the awaited field, where the customer's own word is kept, and where the
# lender's records may already hold it.
PROFILE: dict[str, tuple[str, str]] = {
    "email": ("email", "email"),
    "employment": ("employment", "employment"),
    "employer": ("employer", "employer"),
    "monthly_income": ("monthly_income_declared", "declared_income"),
    "household_annual_income": ("household_annual_income", "household_annual_income"),
    "existing_emi": ("existing_emi_declared", "existing_emi"),
}


def awaiting(application: Application) -> list[str]:
    """The fields the assistant now waits for, next first; empty when it waits for nothing."""
    if application.get("status", "initiated") in CLOSED:
        return []
    to_correct = application.get("to_correct", [])
    need = [field for field in NEED if application.get(field) is None or field in to_correct]
    if need:
        return need
    if next_consent(application) or not application.get("kyc_verified"):
        return _awaited_for_kyc(application)
    return _awaited_profile(application) or _awaited_for_credit(application)


def decision_is_due(application: Application) -> bool:
    """Everything underwriting needs is there and no decision stands for the present request."""
    return (
        application.get("status") == "credit_check_pending"
        and application.get("decision") is None
        and not awaiting(application)
    )


def _awaited_for_kyc(application: Application) -> list[str]:
    missing = [field for field in IDENTITY if application.get(field) is None]
    if next_consent(application):
        return ["consent", *missing]
    if missing:
        return missing
    return ["otp"] if application.get("otp") and not application.get("phone_verified") else []


def _awaited_profile(application: Application) -> list[str]:
    """What the records do not hold, or hold otherwise than was said; an unverified address is asked for as well."""
    records, to_confirm = application.get("customer") or {}, application.get("to_confirm", [])
    missing = [
        field
        for field, (declared, on_record) in PROFILE.items()
        if field in to_confirm or (application.get(declared) is None and records.get(on_record) is None)
    ]
    if not records.get("address_ok", True) and application.get("address") is None:
        missing.insert(1 if "email" in missing else 0, "address")
    return missing


def _awaited_for_credit(application: Application) -> list[str]:
    if application.get("status") == "offer_accepted":
        return ["kfs_acknowledgement"]
    slip = application.get("salary_slip")
    if slip and not slip["confirmed"]:
        return ["slip_confirmation"]
    slip_wanted = ["salary_slip"] if not slip and "R-SLIP" in application.get("reason_codes", []) else []
    if application.get("status") == "offer_made":
        return ["offer_decision", *slip_wanted]
    if application.get("decision") is None:
        return []
    if application.get("kyc_upgrade_offered"):
        return ["kyc_upgrade"]
    return slip_wanted
