"""This moment, as it is told and as it is kept: ISO 8601 in UTC."""

from datetime import UTC, datetime


def now_in_seconds() -> str:
    """As clients are told it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def now_in_milliseconds() -> str:
    """As rows are stamped, so that they can be put in order."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def in_seconds(moment: str) -> str:
    """A moment as it is kept, as clients are told it."""
    return datetime.fromisoformat(moment).isoformat(timespec="seconds")
