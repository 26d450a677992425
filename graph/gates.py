"""The gates on every way to money. Each is a fact of the application; no message, in any order, opens one."""

from agents.application import Application
from agents.conditions import consents_given, decision_is_approval, key_facts_acknowledged


def may_underwrite(application: Application) -> bool:
    """No credit decision, hence no bureau pull, without every consent it needs and a verified identity."""
    return consents_given(application) and application.get("kyc_verified", False)


def may_sanction(application: Application) -> bool:
    """No papers without an approval, and an offer the customer has accepted."""
    return (
        may_underwrite(application) and decision_is_approval(application) and application["status"] == "offer_accepted"
    )


def may_issue_letter(application: Application) -> bool:
    """No letter before the Key Facts Statement of that very offer is acknowledged."""
    return may_sanction(application) and key_facts_acknowledged(application)
