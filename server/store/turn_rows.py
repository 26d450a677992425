"""A turn as the journal keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast
from uuid import UUID, uuid5

from server.store.tables import turns
from server.store.vault import Damaged, SessionKey

_RUNS: Final = UUID("5f4b1c1e-6d0a-5b0e-9c53-3d1f0e6a7b42")  # the name space of run ids; it never changes


@dataclass(frozen=True, slots=True)
class TurnRow:
    """One accepted message. `body` is empty once the turn is over, `reply` until it is done.

    Turns of a session run one by one in the order of `seq`. One that is `unheard` was sent before the assistant had
    answered the message before it.
    """

    turn_id: str
    session_id: str
    message_id: str
    request_hash: str
    channel: str
    status: str
    body: dict[str, Any] | None
    reply: dict[str, Any] | None
    seq: int = 0
    attempts: int = 0
    unheard: bool = False
    last_event_id: int | None = None  # once it is over
    finished_at: str | None = None  # or failed last

    @property
    def run_id(self) -> str:
        """Of its newest attempt; once it is over, of the one that brought the answer."""
        return run_id_of(self.turn_id, self.seq, self.attempts)


TURN_COLUMNS = tuple(turns.c[name] for name in TurnRow.__dataclass_fields__)


def run_id_of(turn_id: str, seq: int, attempt: int) -> str:
    """The id under which an attempt at a turn is traced: the same on every replica, and never that of another."""
    return str(uuid5(_RUNS, f"{turn_id}/{seq}/{attempt}"))


def opened_turn(key: SessionKey, row: Sequence[Any]) -> TurnRow:
    """From `TURN_COLUMNS`. Raises Damaged."""
    turn = TurnRow(*row)
    body, reply = (
        None if sealed is None else key.open_json(f"turns.{name}:{turn.turn_id}", sealed)
        for name, sealed in (("body", cast(bytes | None, turn.body)), ("reply", cast(bytes | None, turn.reply)))
    )
    return replace(turn, body=body, reply=reply)


def waiting_turn(key: SessionKey, row: Sequence[Any]) -> TurnRow:
    """As `opened_turn`; one that is not over and cannot be read comes without its body, so that it can be ended: those
    behind it wait for that. Raises Damaged."""
    try:
        return opened_turn(key, row)
    except Damaged:
        turn = TurnRow(*row)
        if turn.status != "accepted":
            raise
        return replace(turn, body=None, reply=None)


def sealed_turn(
    key: SessionKey, turn_id: str, body: dict[str, Any] | None, reply: dict[str, Any] | None
) -> dict[str, bytes | None]:
    """The columns of a turn's body and reply."""
    return {
        name: None if value is None else key.seal_json(f"turns.{name}:{turn_id}", value)
        for name, value in (("body", body), ("reply", reply))
    }
