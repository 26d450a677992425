"""What a customer tells of themselves where no record holds it: the truth, or the plan's lie."""

from typing import TYPE_CHECKING

from tests.simulation.cast import EMPLOYERS
from tests.simulation.figures import sum_of

if TYPE_CHECKING:
    from tests.simulation.answering import Answering


def telling(of: "Answering", wanted: str, *, plain: bool) -> str:
    """The answer to a field of the profile, noted in the ledger."""
    truth, lies, say, said = of.truth, of.plan.conduct, of.speech.phrase, of.ledger.said
    if wanted == "employment":
        said["employment"] = "salaried" if lies == "lies_about_work" else truth["employment"]
        return say(f"employment_{said['employment']}", plain=plain)
    if wanted == "address":
        said["address"] = truth["pincode"]
        return say("address", plain=plain, city=truth["city"], pin=truth["pincode"])
    if wanted in {"email", "employer"}:
        said[wanted] = truth[wanted] or EMPLOYERS[0]
        return say(wanted, plain=plain, value=said[wanted])
    told = truth["declared_income" if wanted == "monthly_income" else wanted]
    if wanted == "monthly_income" and lies == "lies_about_income":
        told = told * 9 // 5
    if wanted == "existing_emi" and lies == "hides_emi":
        told = 0
    said[wanted] = told
    if wanted == "existing_emi" and not told:
        return say("existing_emi_none", plain=plain)
    return say(wanted, plain=plain, value=sum_of(told, of.plan.language, of.rng))
