"""The edge turns bytes into values or refuses them; no bytes at all get past it in another way."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.edge.canonical import MAX_DEPTH, MAX_DIGITS, Malformed, parse_body, parse_json
from server.edge.text import clean_text
from server.models import ChatRequest
from server.problems import Problem

SCALARS = st.none() | st.booleans() | st.integers(-(10**MAX_DIGITS) + 1, 10**MAX_DIGITS - 1) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)


@given(st.binary())
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        parse_json(raw)
    except Malformed as error:
        assert "\n" not in str(error)


@given(VALUES)
def test_json_reads_as_written(value: object) -> None:
    assert parse_json(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")) == value


@given(st.text(st.characters(codec="utf-8")))
def test_clean_text_is_stable(text: str) -> None:
    try:
        cleaned = clean_text(text)
    except ValueError:
        assert any(ord(character) < 32 or 127 <= ord(character) < 160 for character in text)
        return
    assert clean_text(cleaned) == cleaned


@given(VALUES)
def test_a_chat_body_of_any_shape(value: object) -> None:
    raw = json.dumps({"message": value, "session_id": value}).encode()
    try:
        body = parse_body(raw, ChatRequest)
    except Problem as problem:
        assert problem.status == 422
        return
    assert body.message.strip()


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_depth(opening: bytes) -> None:
    closing = b"]" if opening == b"[" else b"}"
    parse_json(opening * MAX_DEPTH + b"1" + closing * MAX_DEPTH)
    for depth in (MAX_DEPTH + 1, 100_000):
        with pytest.raises(Malformed, match="deep"):
            parse_json(opening * depth + b"1" + closing * depth)


def test_brackets_within_text_are_no_depth() -> None:
    text = '\\"[' * 100
    assert parse_json(json.dumps({"message": text}).encode()) == {"message": text}


@pytest.mark.parametrize("raw", [b"NaN", b"[Infinity]", b"-Infinity", b'{"a": 1, "a": 2}', b"9" * 16, b"\xff", b""])
def test_refused(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse_json(raw)
