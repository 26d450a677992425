"""The product and its price, from the policy in force."""

from agents.model.tools.view import Arguments, Lookup, Result, View
from agents.noting import limits
from agents.speaking import Line, line
from kb.policy import Policy


class ListProducts(Arguments):
    pass


async def list_products(view: View, arguments: ListProducts) -> list[Result]:  # noqa: ARG001  takes none
    return [
        Result("products", {"tells": "amounts, tenures, rates and the fee of the product"}, (product(view.policy),))
    ]


def product(policy: Policy) -> Line:
    fees = policy.fees
    return line("sales.product", **limits(policy), fee=str(fees.processing_fee_pct), gst=str(fees.gst_pct))


LOOKUP = Lookup("Which loans there are: amounts, tenures, rates and the processing fee.", ListProducts, list_products)
