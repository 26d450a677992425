"""Text from outside, made canonical or refused: the one place where bytes become values.

What one database keeps and another refuses (NUL, NaN, lone surrogates), what no client means (duplicate keys, deep
nesting, numbers without end) and what is too large never gets further than this.
"""

import json
import math
import re
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from server.edge.body_limit import ORDINARY, too_large
from server.problems import Problem

MAX_DEPTH = 20
MAX_DIGITS = 15
MAX_FRACTION = 40  # characters of a number that is not whole

# A string as a whole (also one that never ends), so that its brackets do not count; or a bracket.
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)

Model = TypeVar("Model", bound=BaseModel)


class Malformed(ValueError):
    """The bytes are not acceptable JSON; the message says why, without quoting them."""


def parse_json(raw: bytes) -> Any:
    """Raises Malformed."""
    try:
        text = raw.decode("utf-8-sig")  # a byte order mark is no error
    except UnicodeDecodeError:
        raise Malformed("the body is not UTF-8") from None
    if _depth(text) > MAX_DEPTH:
        raise Malformed("the JSON is nested too deeply")
    try:
        return _DECODER.decode(text)
    except Malformed:
        raise
    except (ValueError, RecursionError):
        raise Malformed("the body is not valid JSON") from None


def parse_body(raw: bytes, model: type[Model]) -> Model:
    """A validated body. Raises Problem, which names the field and never the value."""
    try:
        return model.model_validate(parse_json(raw))
    except Malformed as error:
        raise Problem(422, "invalid_json", str(error)) from None
    except ValidationError as error:
        raise Problem.of_validation(
            error.errors(include_input=False, include_url=False, include_context=False)
        ) from None


def body_of(model: type[Model]) -> Callable[[Request], Any]:
    """A FastAPI dependency that reads a JSON body of ordinary size, also where `langgraph dev` lets larger ones in."""

    async def read(request: Request) -> Model:
        raw = bytearray()
        async for chunk in request.stream():
            raw += chunk
            if len(raw) > ORDINARY:
                raise too_large(ORDINARY)
        return parse_body(bytes(raw), model)

    return read


def in_openapi(model: type[BaseModel]) -> dict[str, Any]:
    """The `openapi_extra` of a route whose body `body_of` reads."""
    schema = model.model_json_schema()
    schema = _in_place(schema, schema.pop("$defs", {}))
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _in_place(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema with what it refers to put in: a route's extra cannot add to the document's components."""
    if isinstance(schema, list):
        return [_in_place(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _in_place(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {name: _in_place(part, definitions) for name, part in schema.items()}


def _depth(text: str) -> int:
    """Deepest nesting, counted without parsing and no further than needed."""
    brackets = text.count("[") + text.count("{")
    if brackets <= MAX_DEPTH:
        return brackets
    depth = deepest = 0
    for found in _BRACKETS.finditer(text):
        match found.group():
            case "[" | "{":
                depth += 1
                deepest = max(deepest, depth)
                if deepest > MAX_DEPTH:
                    break
            case "]" | "}":
                depth -= 1
    return deepest


def _no_constant(_name: str) -> Any:
    raise Malformed("NaN and Infinity are not JSON")


def _short_int(digits: str) -> int:
    if len(digits.removeprefix("-")) > MAX_DIGITS:
        raise Malformed("a number is too long")
    return int(digits)


def _finite(digits: str) -> float:
    if len(digits) > MAX_FRACTION or not math.isfinite(number := float(digits)):
        raise Malformed("a number is too long")
    return number


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("a key appears twice")
    return found


_DECODER = json.JSONDecoder(
    parse_constant=_no_constant, parse_int=_short_int, parse_float=_finite, object_pairs_hook=_no_duplicates
)
