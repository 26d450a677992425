"""What a turn does that must be on record: gathered while it runs, written with what else it leaves.

An effect on the outside world writes what was gathered before it: a consent is on record before it is acted upon.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import Connection, insert, select

from server.moments import now_in_milliseconds
from server.store.audit import AuditChain, Entry
from server.store.consents import facts_of
from server.store.database import Database
from server.store.tables import consents
from tools.audit import Facts, check_kind
from tools.consents import ConsentAct
from tools.sealing import Sealer


class Waiting(NamedTuple):
    """An act not yet on record. A consent has its key and itself beside the entry."""

    entry: Entry
    key: str = ""
    consent: ConsentAct | None = None


class TurnActs:
    """The acts of one turn, in order."""

    def __init__(self, turn_id: str) -> None:
        self.turn_id = turn_id
        self.waiting: list[Waiting] = []

    def start_over(self) -> None:
        """The turn is run again, or never happened. What was asked of providers stays true; what it heard does not."""
        self.waiting = [act for act in self.waiting if act.consent is None]


_TURN: ContextVar[TurnActs | None] = ContextVar("acts of the turn", default=None)


def gather(turn_id: str) -> TurnActs:
    """From here on the running task gathers the acts of this turn."""
    acts = TurnActs(turn_id)
    _TURN.set(acts)
    return acts


class ActsWriter:
    """The one way to the audit log and to the consents. Satisfies AuditTrail and ConsentLedger."""

    def __init__(self, database: Database, secrets: Sequence[bytes]) -> None:
        """`secrets` newest first: the first seals, all are read by."""
        self._database = database
        self._sealers = [Sealer(secret) for secret in secrets]
        self.chain = AuditChain(secrets)

    async def record(self, kind: str, session_id: str | None, facts: Facts) -> None:
        await self._take(self.act(kind, session_id, facts))

    async def note(self, session_id: str, act: ConsentAct) -> None:
        kind = "consent_given" if act.given else "consent_withdrawn"
        turn = _TURN.get()
        key = f"{turn.turn_id if turn else uuid4()}:{act.purpose}"
        await self._take(self.act(kind, session_id, facts_of(key, act))._replace(key=key, consent=act))

    async def of_session(self, session_id: str) -> list[ConsentAct]:
        refs = [self._ref(sealer, session_id) for sealer in self._sealers]
        query = select(*_ACT).where(consents.c.session_ref.in_(refs)).order_by(consents.c.number)
        rows = await self._database.run(lambda connection: connection.execute(query).all())
        return [ConsentAct(*row) for row in rows]

    def act(self, kind: str, session_id: str | None, facts: Facts) -> Waiting:
        """For a caller that writes it in a transaction of its own, by `write`. Raises ValueError."""
        check_kind(kind)
        ref = None if session_id is None else self._ref(self._sealers[0], session_id)
        return Waiting(Entry(now_in_milliseconds(), kind, ref, facts))

    def write(self, connection: Connection, acts: Sequence[Waiting]) -> None:
        """Within the connection's transaction. A consent that is on record already is left as it is."""
        if not acts:
            return
        keys = [act.key for act in acts if act.consent is not None]
        known = set(connection.execute(_KEYS.where(consents.c.act_key.in_(keys))).scalars()) if keys else set[str]()
        new = [act for act in acts if act.consent is None or act.key not in known]
        given = [
            {"act_key": act.key, "session_ref": act.entry.session_ref, **act.consent._asdict()}
            for act in new
            if act.consent is not None
        ]
        if given:
            connection.execute(_CONSENT, given)
        self.chain.append(connection, [act.entry for act in new])

    async def _take(self, act: Waiting) -> None:
        turn = _TURN.get()
        if turn is not None:
            turn.waiting.append(act)
        else:
            await self._database.run(lambda connection: self.write(connection, [act]))

    def _ref(self, sealer: Sealer, session_id: str) -> str:
        return sealer.seal("audited session", session_id)


@contextmanager
def gathered() -> Iterator[Sequence[Waiting]]:
    """What the running turn has gathered, to be written within the block; forgotten once that went well."""
    turn = _TURN.get()
    if turn is None:
        yield ()
        return
    taken = tuple(turn.waiting)
    yield taken
    del turn.waiting[: len(taken)]


# Built once: building a statement costs more than running it.
_CONSENT = insert(consents)
_KEYS = select(consents.c.act_key)
_ACT = tuple(consents.c[name] for name in ConsentAct._fields)
