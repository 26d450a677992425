"""From the application to what the credit policy judges: verified facts, the records' and the bureau's before words."""

from datetime import date
from typing import Any, cast

from agents.application import Application
from agents.deciding.doubts import confirmed_employment, confirmed_income
from agents.deciding.slips import stated_income
from agents.reviewing.casework import standing_waivers
from tools.names import match_names
from tools.policy import Applicant, BureauRecord, KycRecord, Offer, Request, SalarySlip
from tools.providers.protocols import PreapprovedOffer
from tools.velocity import Velocity


def applicant_of(application: Application, preapproved: PreapprovedOffer | None, velocity: Velocity) -> Applicant:
    """Who asks. A customer's own word counts where no record holds a thing, or where it is the worse and confirmed;
    of instalments the higher figure counts, of household incomes the lower.

    A span of employment that nobody knows counts as none, which sends the application to a person.
    """
    records = cast(dict[str, Any], application["customer"])
    report = application.get("credit_report")
    attested = application.get("kyc_attested", False)  # by an officer, who saw the proof
    obligations = (
        records["existing_emi"],
        application.get("existing_emi_declared"),
        report and report["existing_emi"],
    )
    declared_income = stated_income(application, records["declared_income"])
    return Applicant(
        dob=date.fromisoformat(cast(str, application["date_of_birth"])),
        citizenship=records["citizenship"] or "unknown",
        employment=confirmed_employment(application, records["employment"]),
        months_current_employer=records["months_current_employer"] or 0,
        months_total_employment=records["months_total_employment"] or 0,
        declared_income=declared_income,
        net_income_on_file=confirmed_income(application, records["net_income_on_file"]),
        household_annual_income=_lower(records["household_annual_income"], application["household_annual_income"]),
        existing_emi=max((amount for amount in obligations if amount is not None), default=0),
        score=report["score"] if report else None,
        offer=Offer(preapproved.limit, preapproved.valid_until) if preapproved else None,
        kyc=KycRecord(
            mode=cast(str, application["kyc_mode"]),
            phone_ok=application["phone_verified"] and (records["phone_ok"] or attested),
            address_ok=records["address_ok"] or attested or _address_agrees(application),
            otp_loans_this_year=records["otp_loans_this_year"] + velocity.granted_on_otp,
        ),
        bureau=BureauRecord(**report["history"]) if report else BureauRecord(),
        list_hit=application["list_hit"],
        applications_30d=velocity.applications_30d,
        pans_same_phone=velocity.pans_same_phone,
    )


def request_of(application: Application, today: date) -> Request:
    """What is asked for, with the salary slip once the customer has confirmed it."""
    return Request(
        amount=cast(int, application["desired_amount"]),
        months=cast(int, application["loan_term_months"]),
        salary_slip=_slip_facts(application, today),
        consent=True,
        waived=standing_waivers(application),
    )


def _slip_facts(application: Application, today: date) -> SalarySlip | None:
    slip = application.get("salary_slip")
    if not slip or not slip["confirmed"]:
        return None
    return SalarySlip(
        net_pay=confirmed_income(application, slip["net_pay"]) or slip["net_pay"],
        name_match=match_names(slip["employee_name"], cast(str, application["applicant_name"])),
        age_days=(today - date.fromisoformat(slip["paid_on"])).days,
    )


def _lower(on_record: int | None, stated: int | None) -> int | None:
    return min((income for income in (on_record, stated) if income is not None), default=None)


def _address_agrees(application: Application) -> bool:
    """An address given in the chat confirms the records' when its PIN code does."""
    address, pincode = application.get("address"), cast(dict[str, Any], application["customer"])["pincode"]
    return bool(address and pincode and pincode in address)
