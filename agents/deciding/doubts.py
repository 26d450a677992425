"""Where customers say worse of themselves than the records do: never passed over.

Employment and income are asked about once more, and the answer is what the policy decides on. A citizenship or an age
that contradicts the identity register is cleared up by a person.
"""

from datetime import date
from typing import Any, cast

from agents.application import Application
from agents.speaking import Line, line
from kb.policy import Policy
from tools.calendar import age_on

DECLARED = {"employment": "employment", "monthly_income": "monthly_income_declared"}
CITIZENSHIP, AGE = "STATED-CITIZENSHIP", "STATED-AGE"  # reasons for officers


def to_clear_up(application: Application, policy: Policy, today: date) -> tuple[Application, list[Line]]:
    """Before a decision: what must be asked again, or go to a person."""
    if reasons := _contradictions(application, policy, today):
        handed_over = Application(status="under_review", credit_eligibility="manual_review", stated={})
        handed_over["review_reasons"] = [*application.get("review_reasons", []), *reasons]
        return handed_over, [line("confirm.by_person")]
    doubts = doubtful(application, policy)
    return (Application(to_confirm=list(doubts)), list(doubts.values())) if doubts else (Application(), [])


def doubtful(application: Application, policy: Policy) -> dict[str, Line]:
    """What was stated worse than the records have it and not yet confirmed, with how to ask about it."""
    records, confirmed = application.get("customer") or {}, application.get("confirmed", {})
    found = dict[str, Line]()
    served = policy.product.employment
    employment = application.get("employment")
    if employment and employment not in served and records.get("employment") in served:
        found["employment"] = line("confirm.employment")
    stated, on_file = application.get("monthly_income_declared"), records.get("net_income_on_file")
    if stated is not None and on_file and stated * 100 < on_file * (100 - policy.fraud.income_gap_pct):
        found["monthly_income"] = line("confirm.monthly_income", stated=stated, on_file=on_file)
    return {field: asked for field, asked in found.items() if confirmed.get(field) != _stated(field, application)}


def _contradictions(application: Application, policy: Policy, today: date) -> list[str]:
    """What was said of oneself that would end the application, and that register and records have otherwise.

    Once a person has been told, their word settles it.
    """
    stated, records, limits = application.get("stated", {}), application.get("customer") or {}, policy.applicant
    found = []
    if stated.get("citizenship") and records.get("citizenship") == limits.citizenship:
        found.append(CITIZENSHIP)
    age, born = stated.get("age"), application.get("date_of_birth")
    if age is not None and born and not limits.min_age <= age <= limits.max_age:
        registered = age_on(date.fromisoformat(born), today)
        found += [AGE] if limits.min_age <= registered <= limits.max_age else []
    return found


def take_answers(facts: dict[str, Any], application: Application) -> Application:
    """The customer's word on what was asked again; it stands, whatever the records hold."""
    asked = application.get("to_confirm", [])
    answered = {field: facts[field] for field in asked if field in facts}
    if not answered:
        return Application()
    return Application(
        to_confirm=[field for field in asked if field not in answered],
        confirmed={**application.get("confirmed", {}), **answered},
    )


def stated_of_oneself(facts: dict[str, Any], application: Application) -> Application:
    """Citizenship and age, kept as they were stated."""
    said: dict[str, Any] = {slot: facts[slot] for slot in ("citizenship", "age") if slot in facts}
    before = application.get("stated", {})
    return Application(stated={**before, **said}) if said.items() - before.items() else Application()


def confirmed_employment(application: Application, on_record: str | None) -> str:
    confirmed = application.get("confirmed", {}).get("employment")
    return cast(str, confirmed or on_record or application["employment"])


def confirmed_income(application: Application, on_file: int | None) -> int | None:
    """Net income a month: the records' unless the customer has confirmed a lower one."""
    confirmed = application.get("confirmed", {}).get("monthly_income")
    return on_file if on_file is None or confirmed is None else min(on_file, confirmed)


def _stated(field: str, application: Application) -> Any:
    return application.get(DECLARED[field])
