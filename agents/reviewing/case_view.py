"""What officers see of an application that waits for a person: facts and codes, nothing that must play no part."""

from typing import Any

from agents.application import Application
from tools.identifiers import mask_pan

CUSTOMER = (
    *("phone", "email", "address", "employment", "employer", "monthly_income_declared", "household_annual_income"),
    *("existing_emi_declared", "kyc_mode", "phone_verified", "kyc_verified", "identity_mismatches", "language"),
)
# Of the lender's records; not the birth date, of which the trace shows the age.
RECORDS = (
    *("customer_id", "city", "pincode", "email", "employment", "employer", "months_current_employer"),
    *("months_total_employment", "declared_income", "net_income_on_file", "household_annual_income", "existing_emi"),
    *("phone_ok", "address_ok", "otp_loans_this_year"),
)
SLIP = ("document_id", "employee_name", "employer", "net_pay", "paid_on", "confirmed")


def review_case(state: dict[str, Any]) -> dict[str, Any] | None:
    """The case of a state under review, in JSON form; None when no person is asked."""
    application: Application = state.get("application") or Application()
    review = application.get("review")
    if application.get("status") != "under_review" or not review:
        return None
    return {
        "application_id": application["application_id"],
        "kind": review["kind"],
        "reasons": review["reasons"],
        "amount": application.get("desired_amount"),
        "opened_on": review["opened_on"],
        "due_on": review["due_on"],
        "refs": review["refs"],
        "answered_by": review["answered_by"],
        "facts": _facts(application),
    }


def _facts(application: Application) -> dict[str, Any]:
    review, slip = application.get("review"), application.get("salary_slip")
    records = application.get("customer") or {}
    return {
        "name": application.get("applicant_name"),
        "masked_pan": mask_pan(pan) if (pan := application.get("pan")) else None,
        "customer": {name: application.get(name) for name in CUSTOMER},
        "records": {name: records[name] for name in RECORDS if name in records},
        "request": {
            "amount": application.get("desired_amount"),
            "months": application.get("loan_term_months"),
            "purpose": application.get("purpose"),
        },
        "consents": application.get("consents", []),
        "bureau": application.get("credit_report"),
        "slip": {name: slip.get(name) for name in SLIP} if slip else None,
        "document_id": review["document_id"] if review else None,
        "reading": _without_marks(review["reading"]) if review and review["reading"] else None,
        "decision": _without_birth_date(application.get("decision")),
        "waivers": application.get("waivers"),
        "video_kyc_due": bool(application.get("kyc_verified") and application.get("kyc_upgrade_offered")),
        "appeals": application.get("appeals", 0),
    }


def _without_birth_date(record: dict[str, Any] | None) -> dict[str, Any] | None:
    if record is None:
        return None
    inputs = record["inputs"]
    applicant = {name: value for name, value in inputs["applicant"].items() if name != "dob"}
    return {**record, "inputs": {**inputs, "applicant": applicant}}


def _without_marks(reading: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in reading.items() if name not in {"marks", "pan_ref"}}
