"""An uploaded salary slip enters the application: what was read is a claim until the customer confirms it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from agents.agenda import awaiting
from agents.application import CLOSED, Application
from agents.conditions import without_decision
from agents.deciding.slip_findings import LASTING, findings_on, month_of_pay, was_used_by_another
from agents.parts import SalarySlip
from agents.services import Services
from agents.speaking import Line, line
from agents.turn import Understood
from tools.calendar import add_months

MOST_REFUSALS = 2  # who says twice that a slip was read wrongly is heard by a person


async def receive_slip(
    upload: dict[str, Any], application: Application, services: Services
) -> tuple[Application, list[Line]]:
    """Note a slip that was read. `upload["reading"]` holds what was found on it, `problems` what stands against it.

    A slip that cannot be relied on is never guessed at: where one is needed, a person takes over.
    """
    if application.get("status") in CLOSED:
        return Application(), []
    reading = upload["reading"]
    if reading["problems"]:
        return await _unreliable(reading, application, services)
    slip = SalarySlip(
        document_id=upload["document_id"],
        employee_name=reading["employee_name"],
        employer=reading["employer"],
        net_pay=reading["net_pay"],
        paid_on=reading["paid_on"],
        confirmed=False,
        pan_ref=reading.get("pan_ref"),
        marks=reading.get("marks", []),
        stated=application.get("monthly_income_declared"),
    )
    month, shown = month_of_pay(slip), application.get("pays_shown", {})
    least = {**shown, month: min(slip["net_pay"], shown.get(month, slip["net_pay"]))}
    found = Application(salary_slip=slip, income_before_slip=_stated_income(application), pays_shown=least)
    if not application.get("kyc_verified") or application["status"] == "offer_accepted":
        return found, [line("slip.kept")]
    return found, []


async def confirm_slip(
    application: Application, understood: Understood, services: Services
) -> tuple[Application, list[Line]]:
    """The customer's word on what was read: a yes makes the slip count and the decision due again.

    No figure is ever taken from that word. What does not fit goes to a person, and so does a second no.
    """
    slip = application.get("salary_slip")
    if not slip or slip["confirmed"] or understood.get("asked") != "slip_confirmation":
        return Application(), []
    match _word_on(slip, application, understood.get("facts", {})):
        case "yes":
            confirmed = SalarySlip(**{**slip, "confirmed": True})
            if found := await findings_on(slip, application, services):
                return Application(**{**_to_a_person(application, found), "salary_slip": confirmed}), [
                    line("slip.looked_at")
                ]
            return Application(**{**without_decision(application), "salary_slip": confirmed}), []
        case "no":
            refusals = application.get("slip_refusals", 0) + 1
            if refusals >= MOST_REFUSALS:
                handed_over = _to_a_person(application, [*application.get("slip_findings", []), "disputed"])
                return Application(**{**handed_over, "slip_refusals": refusals}), [line("slip.looked_at")]
            return Application(salary_slip=None, slip_refusals=refusals), [line("slip.refused")]
    return Application(), []


def _word_on(slip: SalarySlip, application: Application, facts: Mapping[str, Any]) -> str | None:
    """Yes or no to what was read; another pay stated in place of either ("my net pay is 52,000") is a no."""
    stated = application.get("monthly_income_declared")
    another = stated not in (slip.get("stated"), slip["net_pay"])
    return facts.get("confirm") or ("no" if another else None)


def stated_income(application: Application, on_record: int | None) -> int | None:
    """What the customer stated, or stated before the slip was seen if that was more: a slip mends no statement."""
    stated = application.get("monthly_income_declared") or on_record
    before = application.get("income_before_slip")
    return stated if before is None else max(stated or 0, before)


def paid_on(printed: date | None, month: date | None, today: date) -> date | None:
    """The day of pay; a slip that names only its month counts from the last day of it that has been."""
    if printed is not None or month is None:
        return printed
    return min(date.fromordinal(add_months(month.replace(day=1), 1).toordinal() - 1), today)


def slip_lines(application: Application) -> list[Line]:
    """What was read, shown for confirmation."""
    slip = cast(SalarySlip, application["salary_slip"])
    read = {"net_pay": slip["net_pay"], "name": slip["employee_name"], "paid_on": slip["paid_on"]}
    if slip["employer"]:
        return [line("slip.confirm_with_employer", employer=slip["employer"], **read)]
    return [line("ask.slip_confirmation", **read)]


async def _unreliable(
    reading: dict[str, Any], application: Application, services: Services
) -> tuple[Application, list[Line]]:
    """A slip with problems: to a person where a slip is wanted, else put aside; signs of forgery are kept in mind."""
    problems: list[str] = list(reading["problems"])
    if await was_used_by_another(reading.get("marks", []), application, services):
        problems.append("document_reused")
    if awaiting(application)[:1] == ["salary_slip"]:
        return _to_a_person(application, [*application.get("slip_findings", []), *problems]), [line("slip.to_a_person")]
    lasting = dict.fromkeys([*application.get("slip_findings", []), *(LASTING.intersection(problems))])
    return Application(slip_findings=sorted(lasting)), [line("slip.not_readable")]


def _to_a_person(application: Application, reasons: list[str]) -> Application:
    """No offer stays; the decision that asked for the slip does, for the person to see."""
    has_offer = application["status"] in {"offer_made", "offer_accepted"}
    handed_over = without_decision(application) if has_offer else Application()
    handed_over["status"], handed_over["credit_eligibility"] = "under_review", "manual_review"
    handed_over["review_reasons"] = [_as_reason(code) for code in dict.fromkeys(reasons)]
    return handed_over


def _as_reason(code: str) -> str:
    """A reader's or a check's code among the reasons for officers: SLIP-EMPLOYER-DIFFERS."""
    return f"SLIP-{code.upper().replace('_', '-')}"


def _stated_income(application: Application) -> int | None:
    records = application.get("customer") or {}
    return stated_income(application, records.get("declared_income"))
