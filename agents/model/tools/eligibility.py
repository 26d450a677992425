"""What the decision would be if the customer's case were another: the policy's own engine, asked on a supposition."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from agents.deciding.supposing import suppose
from agents.model.tools.emi import Months, Rupees
from agents.model.tools.grounding import check_amount, check_months, check_stated
from agents.model.tools.view import Arguments, Lookup, NotForThis, Result, View
from agents.speaking import Line, line
from kb.policy.model import HIGHEST_SCORE, LOWEST_SCORE

Score = Annotated[int, Field(ge=LOWEST_SCORE, le=HIGHEST_SCORE)]


class EligibilityWhatIf(Arguments):
    """No income: what somebody earns does not leave the house, and the rules read such suppositions themselves."""

    score: Score | None = Field(None, description="a credit score that the customer names")
    without_emis: bool = Field(False, description="the customer asks what if their other loans were closed")
    amount: Rupees | None = Field(None, description="whole rupees to borrow, if the customer names another amount")
    months: Months | None = Field(None, description="tenure in months, if the customer names another one")


async def eligibility_what_if(view: View, arguments: EligibilityWhatIf) -> list[Result]:
    check_stated(arguments.score, view.stated.numbers)
    check_amount(arguments.amount, view)
    check_months([arguments.months], view)
    supposed = arguments.model_dump(exclude_none=True, exclude_defaults=True)
    if not supposed:
        raise NotForThis("nothing is supposed")
    lines = [*_suppositions(arguments), *suppose(supposed, view.application, view.policy, view.today)]
    name = ".".join(["eligibility", *(f"{field}-{value}" for field, value in supposed.items())])
    return [Result(name, {"tells": "the decision if that were so", **supposed}, tuple(lines))]


def _suppositions(arguments: EligibilityWhatIf) -> Iterator[Line]:
    """What is supposed, said: the answer holds for that and for nothing else."""
    if arguments.score is not None:
        yield line("suppose.if_score", score=arguments.score)
    if arguments.without_emis:
        yield line("suppose.if_no_emis")
    if arguments.amount is not None:
        yield line("suppose.if_amount", amount=arguments.amount)
    if arguments.months is not None:
        yield line("suppose.if_months", months=arguments.months)


LOOKUP = Lookup(
    "What the decision would be on a supposition: another credit score, no other loans, another amount or tenure. "
    "Only figures of the message or of the application.",
    EligibilityWhatIf,
    eligibility_what_if,
)
