"""What officers may do with a case, checked in code: who proposes, who confirms, up to which amount, never on oneself.

An act is written down first, with the case it was made on, and then told to the conversation as a turn of its own. An
act that a crash kept from its conversation is told after the next start; the turn's message id keeps it to once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import uuid4

from server.access.principal import Officer
from server.cases.rules import ActName, Asked, CaseRules, NotAllowed, NotPossible, PolicyOf
from server.faults import fault
from server.moments import now_in_milliseconds
from server.store.acts import ActsWriter
from server.store.cases import MOVES, ActKeyReused, ActRow, CaseRow, Cases, StaleCase
from server.store.database import StorageUnavailable
from server.store.sessions import UnknownSession
from server.store.turns import MessageIdReused
from server.store.vault import Damaged
from server.turns.lanes import Submission, Turn, TurnFailed
from tools.audit import Facts

log = logging.getLogger("esoteric.cases")

RECORDED: Final[dict[ActName, str]] = {
    "approve": "officer.approved",
    "decline": "officer.declined",
    "ask": "officer.asked",
    "confirm": "officer.confirmed",
    "return": "officer.returned",
}
RETRY_SECONDS = 60.0

Submit = Callable[[str, Submission], Awaitable[Turn]]


class CaseDesk:
    """`submit` is the turn runner's."""

    def __init__(self, cases: Cases, audit: ActsWriter, policy_of: PolicyOf, submit: Submit) -> None:
        self.cases = cases
        self.rules = CaseRules(policy_of)
        self._audit = audit
        self._submit = submit

    async def read(self, case: CaseRow, officer: Officer) -> list[ActRow]:
        """The acts on the case, for an officer who reads it, which is recorded. Raises NotAllowed."""
        self.rules.admit(case, officer)
        await self._audit.record("officer.read", case.session_id, _recorded(case, officer))
        return await self.cases.acts(case.case_id)

    async def note_paper(self, case: CaseRow, officer: Officer, document_id: str) -> None:
        """Record that the officer takes a paper of the case."""
        await self._audit.record("officer.read", case.session_id, _recorded(case, officer) | {"document": document_id})

    async def act(self, case: CaseRow, officer: Officer, asked: Asked) -> tuple[CaseRow, ActRow]:
        """Do it, once, and tell the conversation.

        Raises NotAllowed, NotPossible, StaleCase, ActKeyReused.
        """
        self.rules.admit(case, officer)
        known = await self.cases.known(case.case_id, asked.key)
        if known is not None:
            same = (known.act, known.officer, known.reason) == (asked.act, officer.name, asked.reason)
            if not same or known.details != self.rules.details(case, asked):
                raise ActKeyReused
            await self._deliver(case.session_id, known)
            return await self.cases.get(case.case_id), known
        if case.version != asked.version:
            raise StaleCase
        self.rules.check_role(officer, asked)
        state = MOVES.get((case.state, asked.act))
        if state is None:
            raise NotPossible("not_now", "The case is in another state by now.")
        proposal = await self._proposal(case, officer) if asked.act in {"confirm", "return"} else None
        self.rules.check(case, asked)
        outcome = {"approve": "approved", "decline": "declined", "confirm": "approved"}.get(asked.act)
        two = self.rules.needs_two(case, officer) or self.rules.reads_more(case, asked.slip)
        if asked.act == "approve" and two:
            state, outcome = "awaiting_second", None
        act = self._written(case, officer, asked, state, proposal)
        recorded = self._audit.act(RECORDED[asked.act], case.session_id, _recorded(case, officer))
        after = await self.cases.act(case, act, state, outcome, recorded)
        log.info("case.acted", extra={"kind": asked.act, "status": state})
        await self._deliver(case.session_id, act)
        return after, act

    async def deliver_pending(self) -> int:
        """Tell the conversations what they have not heard yet; the number of acts."""
        left = await self.cases.undelivered()
        for session_id, act in left:
            await self._deliver(session_id, act)
        return len(left)

    async def open_missing(self) -> int:
        """Open the cases of sessions that wait for a person without one; the number of sessions."""
        left = await self.cases.missing()
        for session_id in left:
            await self._tell(session_id, Submission("", "officer", f"case-of-{session_id}", act={"kind": "review"}))
        return len(left)

    async def keep_delivering(self) -> None:
        """What could not be told, or was not when the service ended, is tried again from time to time."""
        is_begun = False
        while True:
            try:
                await self.deliver_pending()
                if not is_begun:
                    await self.open_missing()
                is_begun = True
            except StorageUnavailable as away:
                log.error("storage.unavailable", extra={"reason": str(away)})
            await asyncio.sleep(RETRY_SECONDS)

    async def _deliver(self, session_id: str, act: ActRow) -> None:
        """The act as a turn. One that cannot be told now stays written down, to be told later."""
        if act.told is None or act.delivered_at is not None:
            return
        await self._tell(session_id, Submission("", "officer", f"case-{act.act_id}", act=act.told))

    async def _tell(self, session_id: str, submission: Submission) -> None:
        try:
            turn = await self._submit(session_id, submission)
            await asyncio.shield(turn.answer)
        except (TurnFailed, UnknownSession, MessageIdReused, StorageUnavailable, Damaged) as error:
            log.error("case.not_told", extra=fault(error))

    async def _proposal(self, case: CaseRow, officer: Officer) -> ActRow:
        """What waits for the second officer, who must be another person, whatever the account is called."""
        acts = await self.cases.acts(case.case_id)
        proposal = next(act for act in reversed(acts) if act.act == "approve")
        same_person = officer.own_refs.intersection(await self.cases.own_refs(proposal.officer))
        if proposal.officer == officer.name or same_person:
            raise NotAllowed("own_proposal", "Another officer has to look at this.")
        return proposal

    def _written(self, case: CaseRow, officer: Officer, asked: Asked, state: str, proposal: ActRow | None) -> ActRow:
        if asked.act == "confirm" and case.amount > officer.limit_rupees:
            raise NotAllowed("above_limit", "The amount is above your limit.")
        act_id, now = str(uuid4()), now_in_milliseconds()
        details = self.rules.details(case, asked)
        told: dict[str, Any] | None = None
        if state in {"decided", "asked"}:
            name = "approve" if asked.act == "confirm" else asked.act
            brought = proposal.details if proposal is not None else details
            told = {"kind": "case", "act": name, "act_id": act_id, "case_id": case.case_id}
            told |= {"application_id": case.application_id} | brought
        return ActRow(
            act_id=act_id,
            case_id=case.case_id,
            act_key=asked.key,
            version=case.version + 1,
            act=asked.act,
            officer=officer.name,
            reason=asked.reason,
            details=details,
            told=told,
            delivered_at=None if told else now,
            made_at=now,
        )


def _recorded(case: CaseRow, officer: Officer) -> Facts:
    """For the audit: codes and names of ours, never a free word."""
    return {
        "case_id": case.case_id,
        "case_kind": case.kind,
        "officer": officer.name,
        "reason_codes": ",".join(case.reasons),
    }
