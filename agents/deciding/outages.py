"""When a provider gives no answer: the customer may try again, and in the end a person takes over. Never a guess."""

from typing import Any

from agents.application import Application
from agents.speaking import Line, line
from tools.effects import OutcomeUnknown
from tools.providers.protocols import ProviderUnavailable, UnusableAnswer

MOST_TRIES = 5
OUTCOME_UNKNOWN = "PROVIDER-OUTCOME-UNKNOWN"


def without_answer(
    application: Application, error: ProviderUnavailable, desk: dict[str, Any], say: str
) -> tuple[Application, list[Line]]:
    """What a visit without the provider's answer leaves. `say` is the sentence for "try again later"."""
    tries = application.get("provider_failures", 0) + 1
    unusable = isinstance(error, UnusableAnswer)
    if not unusable and tries < MOST_TRIES:
        return Application(provider_failures=tries), [line(say)]
    change = Application(
        provider_failures=0,
        status="under_review",
        credit_eligibility="manual_review",
        review_reasons=["PROVIDER-ANSWER" if unusable else "PROVIDER-DOWN"],
    )
    return change, [line("outage.to_a_person", **desk)]


def with_unknown_outcome(unknown: OutcomeUnknown, desk: dict[str, Any]) -> tuple[Application, list[Line]]:
    """Nobody can tell whether a provider did what it was asked: a person finds out, and nothing is asked until then."""
    change = Application(
        provider_failures=0,
        status="under_review",
        credit_eligibility="manual_review",
        review_reasons=[OUTCOME_UNKNOWN],
        outcome_unknown=unknown.key,
    )
    return change, [line("outage.not_known", **desk)]


def answered(application: Application) -> Application:
    """After an answer, earlier failures count no more."""
    return Application(provider_failures=0) if application.get("provider_failures") else Application()
