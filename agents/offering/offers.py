"""From the policy's decision to what a customer can take: an offer, or others in its stead, with what each costs."""

from datetime import date
from decimal import Decimal
from typing import Any

from agents.application import Application
from agents.parts import Alternative, Offer
from agents.speaking import Line, line
from kb.lender import Lender
from kb.policy import Policy
from tools.calendar import add_working_days
from tools.kfs import compute_figures
from tools.policy import charges_of


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


def alternatives_of(decision: dict[str, Any], policy: Policy) -> list[Alternative]:
    """The counter-offers in the policy's order, each with what it costs."""
    return [_alternative(option, decision["rate_pct"], policy) for option in decision["alternatives"]]


def _alternative(option: dict[str, Any], rate_pct: str, policy: Policy) -> Alternative:
    figures = compute_figures(option["amount"], Decimal(rate_pct), option["months"], charges_of(policy))
    return Alternative(
        kind=option["kind"],
        amount=option["amount"],
        months=option["months"],
        emi=int(option["emi"]),
        rate_pct=rate_pct,
        total_interest=str(figures.schedule.total_interest),
        apr_pct=str(figures.apr_pct_incl_gst),
    )


def offer_lines(application: Application) -> list[Line]:
    """What is on offer, with the figures that matter for choosing."""
    if offer := application.get("offer"):
        return [line("offer.approved", name=application["applicant_name"], **offer), line("ask.offer_decision")]
    options = [
        line("offer.option", number=number, **option) for number, option in enumerate(application["alternatives"], 1)
    ]
    ask = "ask.offer_choice" if len(options) > 1 else "ask.offer_decision"
    return [line("offer.counter"), *options, line(ask)]
