"""The product and its price, from the policy in force."""

from agents.model.tools.view import Arguments, Lookup, Result, View
from agents.noting import limits
from agents.speaking import line


class ListProducts(Arguments):
    pass


async def list_products(view: View, arguments: ListProducts) -> list[Result]:  # noqa: ARG001  takes none
    fees = view.policy.fees
    said = line("sales.product", **limits(view.policy), fee=str(fees.processing_fee_pct), gst=str(fees.gst_pct))
    return [Result("products", {"tells": "amounts, tenures, rates and the fee of the product"}, (said,))]


LOOKUP = Lookup("Which loans there are: amounts, tenures, rates and the processing fee.", ListProducts, list_products)
