"""PAN, birth date, mobile and name against the identity register."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

from agents.application import IDENTITY, Application
from agents.conditions import contradicts_identity
from agents.verifying import lockout
from agents.verifying.visit import Visit
from tools.names import in_english_letters, match_names
from tools.providers.protocols import RegisteredPerson

NOTHING_PROVED: Mapping[str, Any] = MappingProxyType({"otp": None, "phone_verified": False, "identified_as": None})


def take_identity(visit: Visit) -> None:
    """Note the details given. Changed ones void what was proved of the others."""
    if visit.before.get("kyc_verified"):
        if contradicts_identity(visit.facts, visit.before):
            visit.say("kyc.already_verified")
        return
    given = {slot: visit.facts[slot] for slot in IDENTITY if slot in visit.facts}
    if any(visit.before.get(slot) != value for slot, value in given.items()):
        given |= NOTHING_PROVED  # a code sent for other details proves nothing
    visit.note(**given)
    if "pan_invalid" in visit.facts:
        visit.say(f"kyc.pan_{visit.facts['pan_invalid'].lower()}")
    if "phone_invalid" in visit.facts:
        visit.say("kyc.phone_invalid")


async def identify(visit: Visit) -> RegisteredPerson | None:
    """The person whose details and name were given; None when they do not match, and the customer was told.

    Raises ProviderUnavailable.
    """
    application = visit.now
    name = cast(str, application["applicant_name"])
    if not in_english_letters(name):  # as on the card; no try is lost by it
        visit.note(applicant_name=None)
        visit.say("kyc.name_in_english")
        return None
    person = await visit.services.providers.register.find(cast(str, application["pan"]))
    if person is None or not _details_agree(person, application):
        await _mismatch(visit, "kyc.details_do_not_match", dict.fromkeys(IDENTITY) | dict(NOTHING_PROVED))
    elif match_names(name, person.name) != "match":
        await _mismatch(visit, "kyc.name_differs", {"applicant_name": None})
    else:
        visit.note(identified_as=name)
        return person
    return None


def _details_agree(person: RegisteredPerson, application: Application) -> bool:
    return (person.date_of_birth.isoformat(), person.phone) == (application["date_of_birth"], application["phone"])


async def _mismatch(visit: Visit, key: str, cleared: dict[str, Any]) -> None:
    """Ask again without telling which detail was wrong; after three tries a person takes over."""
    tries = visit.now.get("identity_mismatches", 0) + 1
    visit.note(identity_mismatches=tries)
    if await lockout.failed(visit, "identity", f"{visit.now.get('identity_rounds', 0)}:{tries}"):
        visit.note(**cleared)
        visit.say(key)
    else:
        visit.hand_over("IDENTITY-LOCKED")
