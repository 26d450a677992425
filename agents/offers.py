"""From the policy's decision to what a customer can take, and from the customer's words to which of it was taken."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, cast

from agents.application import Alternative, Application, Offer
from agents.conditions import without_decision
from agents.speaking import Line, line
from agents.turn import Understood
from kb.lender import Lender
from kb.policy import Policy
from tools.calendar import add_working_days
from tools.kfs import compute_figures
from tools.policy import charges_of

REFUSALS_THAT_END = 2


def offer_of(decision: dict[str, Any], policy: Policy, lender: Lender, today: date) -> Offer:
    """The approval as an offer that lapses after the Key Facts Statement's validity in working days.

    It names its lender, as the rules on digital lending ask of every offer shown.
    """
    figures = compute_figures(decision["amount"], Decimal(decision["rate_pct"]), decision["months"], charges_of(policy))
    return Offer(
        offer_id=decision["decision_id"],
        amount=decision["amount"],
        months=decision["months"],
        rate_pct=decision["rate_pct"],
        emi=int(decision["emi"]),
        total_interest=str(figures.schedule.total_interest),
        net_disbursed=str(figures.net_disbursed),
        apr_pct=str(figures.apr_pct_incl_gst),
        lender=lender.name,
        registration=lender.registration_line,
        valid_until=add_working_days(today, policy.periods.kfs_validity_working_days).isoformat(),
    )


def alternatives_of(decision: dict[str, Any]) -> list[Alternative]:
    """The counter-offers in the policy's order, each with what it costs in interest."""
    return [
        Alternative(
            kind=option["kind"],
            amount=option["amount"],
            months=option["months"],
            emi=int(option["emi"]),
            rate_pct=decision["rate_pct"],
            total_interest=total_interest,
        )
        for option, total_interest in zip(
            decision["alternatives"], decision["alternatives_total_interest"], strict=True
        )
    ]


def take_choice(application: Application, understood: Understood) -> tuple[Application, list[Line]]:
    """The customer's answer to what is on offer.

    An approved offer is accepted as it stands. A counter-offer becomes the new request, which the policy decides anew.
    """
    if application["status"] != "offer_made":
        return Application(), []
    facts = cast(dict[str, Any], understood.get("facts", {}))
    answered = facts.get("confirm") if understood.get("asked") == "offer_decision" else None
    if answered == "no":
        refusals = application.get("offer_refusals", 0) + 1
        if refusals >= REFUSALS_THAT_END:
            return Application(offer_refusals=refusals, status="withdrawn"), [line("offer.withdrawn")]
        return Application(offer_refusals=refusals), [line("offer.what_else")]
    if application.get("offer"):
        if answered == "yes":
            return Application(status="offer_accepted"), []
        return Application(), _other_terms(facts)
    chosen = _chosen(application["alternatives"], facts, accepted=answered == "yes")
    if chosen is None:
        return Application(), _other_terms(facts)
    request = Application(desired_amount=chosen["amount"], loan_term_months=chosen["months"])
    return Application(**{**without_decision(application), **request}), []


def accept_if_chosen(application: Application, chosen: Application) -> Application:
    """An alternative that the customer chose is accepted once the policy has approved just that."""
    offer = application.get("offer")
    wanted = (chosen.get("desired_amount"), chosen.get("loan_term_months"))
    if offer and wanted == (offer["amount"], offer["months"]):
        return Application(status="offer_accepted")
    return Application()


def _chosen(alternatives: list[Alternative], facts: dict[str, Any], *, accepted: bool) -> Alternative | None:
    if number := facts.get("offer_choice"):
        return alternatives[number - 1] if number <= len(alternatives) else None
    match facts.get("offer_preference"):
        case "longer":
            return _furthest(alternatives, lambda option: option["months"])
        case "shorter":
            return _furthest(alternatives, lambda option: -option["months"])
        case "smaller":
            return _furthest(alternatives, lambda option: -option["amount"])
        case "larger":
            return _furthest(alternatives, lambda option: option["amount"])
    return alternatives[0] if accepted else None


def _furthest(alternatives: list[Alternative], measure: Callable[[Alternative], int]) -> Alternative | None:
    """The option that goes furthest; None where none goes further than another, so that the wish is for other terms."""
    best = max(measure(option) for option in alternatives)
    if min(measure(option) for option in alternatives) == best:
        return None
    return next(option for option in alternatives if measure(option) == best)


def _other_terms(facts: dict[str, Any]) -> list[Line]:
    """An answer to a wish that nothing on offer meets."""
    if facts.get("offer_choice"):
        return [line("offer.no_such_option")]
    return [line("offer.other_terms")] if facts.get("offer_preference") else []


def offer_lines(application: Application) -> list[Line]:
    """What is on offer, with the figures that matter for choosing."""
    if offer := application.get("offer"):
        return [line("offer.approved", name=application["applicant_name"], **offer), line("ask.offer_decision")]
    options = [
        line("offer.option", number=number, **option) for number, option in enumerate(application["alternatives"], 1)
    ]
    ask = "ask.offer_choice" if len(options) > 1 else "ask.offer_decision"
    return [line("offer.counter"), *options, line(ask)]
