"""What the service needs to tell callers apart, and what one request may do."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from server.access.capability import LIFE
from server.access.principal import Anonymous, ApiClient, Developer, Officer, Operator, Principal, Visitor
from server.access.rules import Rule
from server.access.tokens import Tokens
from server.problems import Problem
from server.store.cases import CaseRow
from server.store.listing import Whose
from server.store.revocations import Revocations
from server.store.sessions import SessionRow

RECHECK_SECONDS = 30.0
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="esoteric"'}


@dataclass(frozen=True, slots=True)
class Gate:
    """`required` is AUTH_REQUIRED; an open socket's credential is looked at again every `recheck_seconds`."""

    required: bool
    tokens: Tokens
    revocations: Revocations
    recheck_seconds: float = RECHECK_SECONDS
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Access:
    """What one request may do: the callers it came from that its route admits.

    A browser can be two at once, a visitor and an officer; whoever may, may. `assistant` is the one whose sessions it
    is about, None for all of them. `session` and `case` are what the path named and what was found to be theirs.
    """

    callers: tuple[Principal, ...]
    now: Callable[[], datetime]
    assistant: str | None = None
    session: SessionRow | None = None
    case: CaseRow | None = None

    def permits(self, session: SessionRow) -> bool:
        """Whether the session is one of theirs. Called for every object, from here and from the turn journal."""
        if self.assistant is not None and self.assistant != session.assistant:
            return False
        return any(self._owns(caller, session) for caller in self.callers)

    def identified(self) -> None:
        """Raises Problem 401 when nobody in particular asks for a session."""
        if self.callers == (Anonymous(),):
            raise unauthorised()

    def sees_people(self, session: SessionRow) -> bool:
        """Whether they may see who it is that the session is with. Operators may not."""
        return any(self._owns(caller, session) for caller in self.callers if not isinstance(caller, Operator))

    @property
    def whose(self) -> Whose:
        """What `permits` says yes to, to be looked for: a route that lists has one kind of caller at a time."""
        for caller in self.callers:
            match caller:
                case Visitor(presented):
                    since = (self.now() - LIFE).isoformat(timespec="milliseconds")
                    return Whose(capabilities=presented, active_since=since)
                case ApiClient():
                    return Whose(tenant=caller.tenant)
                case Operator() | Developer():
                    return Whose(everybody=True)
        return Whose()

    @property
    def tenant(self) -> str | None:
        """The tenant that what is started now belongs to; None for a visitor."""
        return next((caller.tenant for caller in self.callers if isinstance(caller, ApiClient)), None)

    def _owns(self, caller: Principal, session: SessionRow) -> bool:
        match caller:
            case Visitor(presented):
                kept = session.capability_hash
                if kept is None or not any(hmac.compare_digest(kept, one) for one in presented):
                    return False
                return self.now() - datetime.fromisoformat(session.active_at) < LIFE
            case ApiClient():
                return session.tenant is not None and session.tenant == caller.tenant
            case Officer():
                return session.reviewed or "auditor" in caller.roles
            case Operator() | Developer():
                return True
            case Anonymous():
                return False


def admitted(callers: tuple[Principal, ...], rule: Rule, gate: Gate) -> Access:
    """Those of the callers whom the rule admits. Raises Problem 401 for nobody, 403 for somebody else."""
    may = tuple(caller for caller in callers if rule.admits(caller))
    if may:
        return Access(may, gate.now, rule.assistant)
    if callers == (Anonymous(),):
        raise unauthorised()
    raise Problem(403, "forbidden", "Your credential does not allow this.")


def unauthorised() -> Problem:
    return Problem(401, "unauthorised", "This needs a valid credential.", headers=CHALLENGE)
