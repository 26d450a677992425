"""The words of the log and of the spans: the events there are, and the keys that may stand beside them.

A key is listed once somebody has made sure that its values come from our code: a kind, a count, a duration, an id that
we made. Everything else is dropped and counted. No key takes what a person typed or a library said.
"""

from typing import Any

EVENTS = frozenset(
    {
        # the service
        *("service.ready", "service.failed_to_start", "service.cannot_listen", "storage.unavailable"),
        *("storage.damaged", "keys.unopened", "erasure.finished_late"),
        *("service.refused_to_start", "service.draining", "retention.applied", "retention.failed"),
        *("knowledge.by_words_alone", "traces.not_taken", "letters.unsigned", "replica.stands_alone"),
        # requests and turns
        *("request.finished", "request.broke", "turn.finished", "turn.broke", "node.finished"),
        *("turn.lost", "turn.given_up", "session.not_pruned"),
        *(
            "connection.not_looked_at",
            "letter.printed",
            "carrier.sent",
            "carrier.failed",
            "model.failed",
            "model.over_budget",
            "model.unrecorded",
            "provider.failed",
        ),
        # callers and limits
        *("outbox.behind", "outbox.broke", "outbox.given_up"),
        *("limits.store_lost", "limits.store_back", "events.bus_lost", "events.bus_back"),
        *("officer.signed_in", "officer.sign_in_failed", "officer.sign_in_slowed", "officer.signed_out"),
        *("case.acted", "case.not_told", "audit.row_lost"),
        # what is not ours
        *("library.message", "exception.uncaught"),
    }
)
UNNAMED = "event.unnamed"  # a text of ours that is no event; it is not shown

KEYS = frozenset(
    {
        *("request_id", "turn_id", "session", "method", "route", "status", "channel", "outcome", "ms"),
        *("accept_ms", "wait_ms", "graph_ms", "finish_ms", "first_token_ms", "nodes", "node"),
        *("provider", "purpose", "model_status", "input_tokens", "output_tokens", "code", "reason"),
        *("waiting", "oldest_s"),
        *("kind", "where", "logger", "left_out", "url", "officer"),
    }
)
MOST_CHARACTERS = 200
MOST_OF_A_PLACE = 1000


def safe_value(value: Any, most: int = MOST_CHARACTERS) -> str | int | float | bool | None:
    """A value as it may be written: bounded, on one line, without control or invisible characters."""
    if isinstance(value, str):
        text = value if len(value) <= most else value[:most]
        return text if text.isprintable() else "".join(filter(str.isprintable, text))
    if value is None or isinstance(value, bool | int | float):
        return value
    return type(value).__name__
