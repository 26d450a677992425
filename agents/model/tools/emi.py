"""What a loan would cost, or how much an instalment would carry: calculated, never quoted from a model."""

from typing import Annotated

from pydantic import Field

from agents.model.tools.grounding import check_amount, check_months, check_stated
from agents.model.tools.products import product
from agents.model.tools.view import Arguments, Lookup, Result, View
from agents.noting import limits
from agents.offering.calculation import compare, estimate
from agents.speaking import Line, line
from agents.understanding.stated import MOST_MONTHS

MOST_RUPEES = 10**9
MOST_TENURES = 3
Rupees = Annotated[int, Field(ge=1, le=MOST_RUPEES)]
Months = Annotated[int, Field(ge=1, le=MOST_MONTHS)]


class EmiWhatIf(Arguments):
    amount: Rupees | None = Field(None, description="whole rupees to borrow; left out: what the application asks for")
    months: list[Months] = Field(
        default_factory=list,
        max_length=MOST_TENURES,
        description="tenures in months; several are compared; left out: what the application asks for",
    )
    emi: Rupees | None = Field(None, description="the instalment a month that the customer names as a limit, if any")


async def emi_what_if(view: View, arguments: EmiWhatIf) -> list[Result]:
    tenures = sorted(set(arguments.months))
    check_amount(arguments.amount, view)
    check_months(tenures, view)
    check_stated(arguments.emi, view.stated.amounts)
    about = arguments.model_dump(exclude_none=True)
    over = "-".join(map(str, tenures)) or "as-asked"
    name = f"emi.{arguments.amount or 'as-asked'}.{over}" + (f".within-{arguments.emi}" if arguments.emi else "")
    return [Result(name, {"tells": "the instalment", **about}, tuple(_lines(view, arguments, tenures)))]


def _lines(view: View, arguments: EmiWhatIf, tenures: list[int]) -> list[Line]:
    application, policy = view.application, view.policy
    amount = arguments.amount or application.get("desired_amount")
    if amount and amount < policy.product.min_amount:
        return [line("sales.amount_below_min", **limits(policy))]
    if amount and amount > policy.product.max_amount:
        return [product(policy)]  # the amount may be anybody's, so nobody is told that they ask for it
    if any(not policy.product.min_months <= months <= policy.product.max_months for months in tenures):
        return [line("sales.tenure_out_of_range", **limits(policy))]
    if amount and len(tenures) > 1 and not arguments.emi:
        return compare(amount, tenures, application, policy)
    asked = {"amount": arguments.amount, "months": next(iter(tenures), None), "emi": arguments.emi}
    return estimate({name: value for name, value in asked.items() if value}, application, policy)


LOOKUP = Lookup(
    "The instalment for an amount over one tenure, or several tenures compared by instalment and interest; with `emi` "
    "the loan or the tenure that this instalment carries. Only figures of the message or of the application.",
    EmiWhatIf,
    emi_what_if,
)
