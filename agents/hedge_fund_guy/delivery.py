"""Delivery: a complete lead is put on record and mailed, once in a conversation."""

from datetime import timedelta
from hashlib import sha256
from typing import Any, cast

from langgraph.runtime import Runtime

from agents.hedge_fund_guy.asking import missing
from agents.hedge_fund_guy.context import GuyContext
from agents.hedge_fund_guy.lead_mail import SUBJECT, lead_mail
from agents.hedge_fund_guy.turn import Answer, GuyTurn, Lead
from tools.effects import Asked, Done
from tools.mail import Message, Posting

MAIL_TRIED_FOR = timedelta(days=7)


def is_due(lead: Lead) -> bool:
    return not missing(lead) and not lead.get("delivered", False)


async def delivery(state: GuyTurn, runtime: Runtime[GuyContext]) -> GuyTurn:
    """The mail goes to the outbox with the record of the lead; what sends it tries again behind the turn."""
    context, lead, talk = runtime.context, state["lead"], state["talk"]
    services, key = context.services, f"lead:{context.session_id}"
    turn_id = state["messages"][-1].id or ""

    async def deliver() -> Done:
        now = services.clock.now()
        message = Message(
            id=sha256(f"{key}\0{turn_id}".encode()).hexdigest()[:32],  # the same if this has to be done again
            session_id=context.session_id,
            channel="email",
            to=services.leads_email,
            subject=SUBJECT,
            body=lead_mail(lead, talk),
            created_at=now,
        )
        result: dict[str, Any] = {fact: lead[fact] for fact in ("name", "email", "income")}
        return Done(result, [Posting(message, until=now + MAIL_TRIED_FOR)])

    await services.effects.once(context.session_id, Asked(key, {"mail": "lead"}, repeatable=True), deliver)
    return GuyTurn(lead=Lead(delivered=True), answer=cast(Answer, {**state["answer"], "delivered_now": True}))
