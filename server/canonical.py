"""Text from outside, made canonical or refused: the one place where bytes become values.

What one database keeps and another refuses (NUL, NaN, lone surrogates), what no client means (duplicate keys, deep
nesting, numbers without end) and what is too large never gets further than this.
"""

import json
import unicodedata
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from server.problems import Problem

MAX_BODY = 64 * 1024
MAX_DEPTH = 20
MAX_DIGITS = 15
KEPT_CONTROLS = frozenset("\n\r\t")

Model = TypeVar("Model", bound=BaseModel)


class Malformed(ValueError):
    """The bytes are not acceptable JSON; the message says why, without quoting them."""


def parse_json(raw: bytes) -> Any:
    """Raises Malformed."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("the body is not UTF-8") from None
    if _depth(text) > MAX_DEPTH:
        raise Malformed("the JSON is nested too deeply")
    try:
        return json.loads(text, parse_constant=_no_constant, parse_int=_short_int, object_pairs_hook=_no_duplicates)
    except Malformed:
        raise
    except (ValueError, RecursionError):
        raise Malformed("the body is not valid JSON") from None


def clean_text(text: str) -> str:
    """Unicode in normal form C. Raises ValueError for what is no text: controls, lone surrogates."""
    for character in text:
        category = unicodedata.category(character)
        if category == "Cs" or (category == "Cc" and character not in KEPT_CONTROLS):
            raise ValueError("must be text without control characters")
    return unicodedata.normalize("NFC", text)


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
    """A FastAPI dependency that reads a JSON body of at most `MAX_BODY` bytes."""

    async def read(request: Request) -> Model:
        raw = bytearray()
        async for chunk in request.stream():
            raw += chunk
            if len(raw) > MAX_BODY:
                raise Problem(413, "too_large", f"the body is larger than {MAX_BODY} bytes")
        return parse_body(bytes(raw), model)

    return read


def in_openapi(model: type[BaseModel]) -> dict[str, Any]:
    """The `openapi_extra` of a route whose body `body_of` reads."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _depth(text: str) -> int:
    """Deepest nesting, counted without parsing; brackets inside strings count, which no chat message comes near."""
    depth = deepest = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _no_constant(_name: str) -> Any:
    raise Malformed("NaN and Infinity are not JSON")


def _short_int(digits: str) -> int:
    if len(digits.removeprefix("-")) > MAX_DIGITS:
        raise Malformed("a number is too long")
    return int(digits)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("a key appears twice")
    return found
