"""An uploaded salary slip enters the application: what was read is a claim until the customer confirms it."""

from datetime import date
from typing import Any, cast

from agents.agenda import awaiting
from agents.application import CLOSED, Application, SalarySlip
from agents.conditions import without_decision
from agents.speaking import Line, line
from agents.turn import Understood
from tools.calendar import add_months


def receive_slip(upload: dict[str, Any], application: Application) -> tuple[Application, list[Line]]:
    """Note a slip that was read. `upload["reading"]` holds what was found on it, `problems` what stands against it.

    A slip that cannot be relied on is never guessed at: where one is needed, a person takes over.
    """
    if application.get("status") in CLOSED:
        return Application(), []
    reading = upload["reading"]
    if reading["problems"]:
        if awaiting(application)[:1] != ["salary_slip"]:  # an offer that needs no slip stays
            return Application(), [line("slip.not_readable")]
        return Application(status="under_review", credit_eligibility="manual_review"), [line("slip.to_a_person")]
    slip = SalarySlip(
        document_id=upload["document_id"],
        employee_name=reading["employee_name"],
        employer=reading["employer"],
        net_pay=reading["net_pay"],
        paid_on=reading["paid_on"],
        confirmed=False,
    )
    found = Application(salary_slip=slip)
    if not application.get("kyc_verified") or application["status"] == "offer_accepted":
        return found, [line("slip.kept")]
    return found, []


def confirm_slip(application: Application, understood: Understood) -> tuple[Application, list[Line]]:
    """The customer's word on what was read. A yes makes the slip count and the decision due again."""
    slip = application.get("salary_slip")
    if not slip or slip["confirmed"] or understood.get("asked") != "slip_confirmation":
        return Application(), []
    match understood.get("facts", {}).get("confirm"):
        case "yes":
            confirmed = SalarySlip(**{**slip, "confirmed": True})
            return Application(**{**without_decision(application), "salary_slip": confirmed}), []
        case "no":
            return Application(salary_slip=None), [line("slip.refused")]
    return Application(), []


def paid_on(printed: date | None, month: date | None, today: date) -> date | None:
    """The day of pay; a slip that names only its month counts from the last day of it that has been."""
    if printed is not None or month is None:
        return printed
    return min(date.fromordinal(add_months(month.replace(day=1), 1).toordinal() - 1), today)


def slip_lines(application: Application) -> list[Line]:
    """What was read, shown for confirmation."""
    slip = cast(SalarySlip, application["salary_slip"])
    return [line("ask.slip_confirmation", net_pay=slip["net_pay"], name=slip["employee_name"], paid_on=slip["paid_on"])]
