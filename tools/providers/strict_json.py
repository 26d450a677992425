"""JSON as a stranger may send it: one way to read it, or none."""

import json
from typing import Any

LONGEST_NUMBER = 20


class NotJson(ValueError):
    """The text cannot be read, or could be read in more than one way. Carries nothing of it."""


def strict_json(data: bytes) -> Any:
    """UTF-8 JSON without doubled keys, NaN, infinities or numbers of absurd length. Raises NotJson."""
    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refused,
            parse_int=lambda digits: int(_short(digits)),
            parse_float=lambda digits: float(_short(digits)),
        )
    except (ValueError, RecursionError):
        raise NotJson from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotJson
    return found


def _refused(_: str) -> Any:
    raise NotJson


def _short(digits: str) -> str:
    if len(digits) > LONGEST_NUMBER:
        raise NotJson
    return digits
