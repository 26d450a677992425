"""Which figures may be tried out: those that the message states or the application holds, never a model's own."""

from collections.abc import Iterable, Sequence

from agents.application import Application
from agents.model.tools.view import NotForThis, View

_YEAR = 12


def check_amount(amount: int | None, view: View) -> None:
    """Raises NotForThis."""
    if amount is not None and amount not in view.stated.amounts | _held(view.application, "desired_amount", "amount"):
        raise NotForThis("that amount is neither in the message nor in the application")


def check_months(tenures: Sequence[int | None], view: View) -> None:
    """Whole years within the product's range are a tenure that anybody may compare. Raises NotForThis."""
    product = view.policy.product
    usual = {months for months in range(product.min_months, product.max_months + 1) if months % _YEAR == 0}
    known = view.stated.months | _held(view.application, "loan_term_months", "months") | usual
    if any(months is not None and months not in known for months in tenures):
        raise NotForThis("that tenure is neither in the message nor in the application, nor a usual one")


def check_stated(figure: int | None, stated: Iterable[int]) -> None:
    """Raises NotForThis."""
    if figure is not None and figure not in stated:
        raise NotForThis("that figure is not in the message")


def _held(application: Application, wanted: str, of_terms: str) -> set[int]:
    """What was asked for, and what is on offer."""
    terms = [*application.get("alternatives", []), *([offer] if (offer := application.get("offer")) else [])]
    held = [application.get(wanted), *(one[of_terms] for one in terms)]  # type: ignore[literal-required]
    return {figure for figure in held if isinstance(figure, int)}
