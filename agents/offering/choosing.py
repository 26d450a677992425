"""From the customer's words to what of an offer was taken, refused or wished otherwise."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

from agents.application import Application
from agents.conditions import without_decision
from agents.parts import Alternative, Offer
from agents.speaking import Line, line
from agents.turn import Understood

REFUSALS_THAT_END = 2
OTHERS_SHOWN = 0  # as the option last named: terms that are not on offer


def take_choice(application: Application, understood: Understood) -> tuple[Application, list[Line]]:
    """The customer's answer to what is on offer.

    An approved offer is accepted as it stands. A counter-offer becomes the new request, which the policy decides anew.
    A yes to several options takes none of them: it is asked back which is meant, and a yes to that takes it.
    """
    if application["status"] != "offer_made":
        return Application(), []
    facts = cast(dict[str, Any], understood.get("facts", {}))
    answered = facts.get("confirm") if understood.get("asked") == "offer_decision" else None
    if answered == "no":
        return _refused(application)
    if application.get("offer"):
        return _agreed(application) if answered == "yes" else (Application(), [])
    options = application["alternatives"]
    chosen = _chosen_option(options, facts)
    if chosen is None and answered == "yes":
        named = application.get("option_named")
        if len(options) > 1 and not named:
            return Application(option_named=1), [line("offer.did_you_mean", number=1, **options[0])]
        chosen = options[(named or 1) - 1]
    if chosen is None:
        said = [line("offer.no_such_option")] if facts.get("offer_choice") else []
        return Application(option_named=None) if application.get("option_named") else Application(), said
    request = Application(desired_amount=chosen["amount"], loan_term_months=chosen["months"], option_named=None)
    return Application(**{**without_decision(application), **request}), []


def accept_if_chosen(application: Application, chosen: Application) -> Application:
    """An alternative that the customer chose is accepted once the policy has approved just that."""
    offer = application.get("offer")
    wanted = (chosen.get("desired_amount"), chosen.get("loan_term_months"))
    if offer and wanted == (offer["amount"], offer["months"]):
        return Application(status="offer_accepted")
    return Application()


def _chosen_option(options: list[Alternative], facts: dict[str, Any]) -> Alternative | None:
    """The option that was named by its number or by what sets it apart; None where nothing sets one apart."""
    if number := facts.get("offer_choice"):
        return options[number - 1] if number <= len(options) else None
    measure = _MEASURES.get(facts.get("offer_preference", ""))
    return _furthest(options, measure) if measure else None


def _agreed(application: Application) -> tuple[Application, list[Line]]:
    """A yes right after other terms were shown is asked back: it may mean those."""
    offer = cast(Offer, application["offer"])
    if application.get("option_named") == OTHERS_SHOWN:
        return Application(option_named=None), [line("offer.did_you_mean_this", **offer)]
    return Application(status="offer_accepted"), []


def _refused(application: Application) -> tuple[Application, list[Line]]:
    """A no is asked about once, with what else there is; the second ends it."""
    refusals = application.get("offer_refusals", 0) + 1
    if refusals >= REFUSALS_THAT_END:
        return Application(offer_refusals=refusals, status="withdrawn"), [line("offer.withdrawn")]
    return Application(offer_refusals=refusals, option_named=None), [line("offer.what_else")]


_MEASURES: dict[str, Callable[[Alternative], Decimal]] = {
    "longer": lambda option: Decimal(option["months"]),
    "shorter": lambda option: Decimal(-option["months"]),
    "smaller": lambda option: Decimal(-option["amount"]),
    "larger": lambda option: Decimal(option["amount"]),
    "cheaper": lambda option: -Decimal(option["total_interest"]),
}


def _furthest(options: list[Alternative], measure: Callable[[Alternative], Decimal]) -> Alternative | None:
    """The option that goes furthest; None where none goes further than another, so that the wish is for other terms."""
    best = max(measure(option) for option in options)
    if min(measure(option) for option in options) == best:
        return None
    return next(option for option in options if measure(option) == best)
