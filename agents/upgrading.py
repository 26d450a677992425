"""States that an earlier version of the service left, brought up to what the agents read of them now."""

from agents.application import Application
from agents.consenting import WITH_A_LOAN
from agents.offering.offers import alternatives_of
from kb.policy import Policy


def brought_up(application: Application, policy: Policy) -> Application:
    """What has to change in a state of version 1.

    Its consents are in no ledger and were given under no notice, so they are asked for again; its alternatives do not
    say what they cost.
    """
    change = Application()
    if application["status"] not in WITH_A_LOAN:
        change["consents"] = []
    decision = application.get("decision")
    if decision is not None and application.get("alternatives"):
        change["alternatives"] = alternatives_of(decision, policy)
    return change
