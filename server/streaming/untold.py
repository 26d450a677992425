"""A turn that ends without a word in its session's events: whoever waits is told why, and whether to ask again."""

from server.problems import AWAY_SECONDS, LEFT, Problem
from server.store.sessions import UnknownSession
from server.store.vault import Damaged
from server.streaming.reader import DAMAGED, UNKNOWN
from server.turns.lanes import APOLOGY, Turn, TurnLeft

NOT_FINISHED = Problem(503, "turn_not_finished", LEFT, retry_after=AWAY_SECONDS)
FAILED = Problem(500, "turn_failed", APOLOGY)


def untold(turn: Turn) -> Problem | None:
    """Why no answer comes; None while one may come, or when the turn's last event says it."""
    if not turn.answer.done() or turn.answer.cancelled() or (error := turn.answer.exception()) is None:
        return None
    if turn.over or any(event.is_last for event in turn.log.of_turn(turn.row.turn_id)):
        return None
    match error:
        case TurnLeft():
            return NOT_FINISHED
        case UnknownSession():
            return UNKNOWN
        case Damaged():
            return DAMAGED
        case _:
            return FAILED
