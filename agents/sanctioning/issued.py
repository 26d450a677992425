"""Whether the letter of an offer was issued before: by an attempt at this turn that did not come to its end."""

from typing import cast

from agents.application import Application
from agents.conditions import offer_has_lapsed
from agents.context import Context
from agents.parts import Offer


def letter_key(application: Application) -> str:
    """The letter's business key."""
    return f"letter:{cast(Offer, application['offer'])['offer_id']}"


async def offer_is_over(application: Application, context: Context) -> bool:
    """The offer's last day is past, and no letter was issued until then. One that was is valid, and gets its end."""
    if not offer_has_lapsed(application, context.services.clock.today().isoformat()):
        return False
    return await context.services.effects.known(context.session_id, letter_key(application)) is None
