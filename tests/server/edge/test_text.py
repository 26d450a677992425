"""What is kept of what people type and paste, in each of the forms in which text comes in."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.edge.canonical import Malformed, parse_body, parse_json
from server.edge.text import MAX_MARKS, clean_id, clean_text
from server.models import MAX_MESSAGE, ChatRequest, SocketMessage
from server.problems import Problem

KEPT = {
    "Hindi with a joiner": "क्\u200dष का लोन",
    "Hindi with a non-joiner": "क्\u200cष",
    "a family": "👨\u200d👩\u200d👧 ❤\ufe0f",
    "a half letter at a word's end": "श्\u200d नमस्ते",
    "lines": "one\ntwo\r\n\tthree",
    "rupees": "₹3,00,000",
    "Arabic and Hebrew": "قرض שלום",
    "full width": "５ lakh",
}
CHANGED = {
    "a number from a phone's contacts": ("\u202a+91 98765 43210\u202c", "+91 98765 43210"),
    "marks of direction": ("\u200ePAN\u200f \u061cis", "PAN is"),
    "isolates": ("\u2066a\u2067b\u2068c\u2069", "abc"),
    "overrides": ("\u202eevil\u202d", "evil"),
    "zero-width space": ("3\u200b lakh\u2060", "3 lakh"),
    "byte order mark": ("\ufeffHi", "Hi"),
    "soft hyphen": ("sal\u00adary", "salary"),
    "tags": ("Hi\U000e0041\U000e0042\U000e007f", "Hi"),
    "more variation selectors": ("a\U000e0100", "a"),
    "joiners within a PAN": ("ABCDE\u200d12\u200c\u200d34F", "ABCDE1234F"),
    "a variant's selector within a PAN": ("ABCDE\ufe0f1234F", "ABCDE1234F"),
    "a grapheme joiner and a filler within Aadhaar": ("2345\u034f6789\u31640124", "234567890124"),
    "digits drawn as keys": ("need 3\ufe0f\u20e3 lakh, 2\u20e35\ufe0f\u20e3", "need 3 lakh, 25"),
    "joiners within Devanagari digits": ("१\u200d२", "१२"),
    "line separators": ("a\u2028b\u2029c", "a\nb\nc"),
    "apart": ("cafe\u0301", "café"),
    "apart, with something between": ("cafe\u200b\u0301", "café"),
    "a sign for Kelvin": ("300\u200d\u212a", "300K"),
}
HIDDEN = set("\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\0")
REFUSED = ["\0", "a\x07", "\x1b[31m", "\x7f", "\x85", "\ud800", "a\udfffb", "e" + "\u0301" * (MAX_MARKS + 1)]


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_kept(text: str) -> None:
    assert clean_text(text) == text


@pytest.mark.parametrize(("text", "kept"), CHANGED.values(), ids=CHANGED)
def test_changed(text: str, kept: str) -> None:
    assert clean_text(text) == kept == clean_text(kept)


@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        clean_text(text)


@given(st.text())
def test_what_is_kept_is_canonical(text: str) -> None:
    try:
        kept = clean_text(text)
    except ValueError:
        return
    assert clean_text(kept) == kept
    assert unicodedata.is_normalized("NFC", kept)
    kept.encode()
    assert not any(unicodedata.category(character) in {"Cs", "Zl", "Zp"} for character in kept)
    assert not set(kept) & HIDDEN


@pytest.mark.parametrize(
    ("message", "fits"),
    [
        ("a" * MAX_MESSAGE, True),
        ("a" * (MAX_MESSAGE + 1), False),
        ("e\u0301" * MAX_MESSAGE, True),  # half as long once it is put together
        ("e\u0301" * MAX_MESSAGE + "e", False),
        ("a\u200b" * MAX_MESSAGE, True),
        ("\ufb2c" * MAX_MESSAGE, False),  # each becomes three
        ("\ufb2c" * (MAX_MESSAGE // 3), True),
        ("\u200b" * 10, False),
        ("👍" * MAX_MESSAGE, True),
    ],
)
def test_length_is_counted_as_kept(message: str, fits: bool) -> None:
    raw = json.dumps({"message": message}).encode()
    models: tuple[type[ChatRequest | SocketMessage], ...] = (ChatRequest, SocketMessage)
    for model in models:
        if fits:
            kept = parse_body(raw, model).message
            assert kept is not None and len(kept) <= MAX_MESSAGE
        else:
            with pytest.raises(Problem) as refused:
                parse_body(raw, model)
            assert [error["field"] for error in refused.value.errors] == ["message"]


@pytest.mark.parametrize("text", ["a\u200bb", "a\nb", "\u202ea", " ", "e\u0301", "\0", "\ud800", "a\u200db"])
def test_an_identifier_is_visible(text: str) -> None:
    with pytest.raises(ValueError, match="visible"):
        clean_id(text)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": {"b": 1, "b": 2}}',
        b'[{"a": [{"b": 1, "\\u0062": 2}]}]',
        b"1e999",
        b"-1e999",
        b'{"a": [1.' + b"9" * 60_000 + b"]}",
        b"[NaN]",
        b'{"a": Infinity}',
        b'"' + b'\\"' * 30_000 + b"\\",
        b"[" * 60_000,
        b'["' + b"[" * 60_000,
        b"{" * 21 + b'"' + b"]" * 100,
        b"\xff\xfe{\x00}\x00",
        b"{} {}",
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": 01}',
    ],
    ids=lambda raw: ascii(raw[:24]),
)
def test_no_json_of_ours(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse_json(raw)


def test_a_byte_order_mark_before_json_is_no_error() -> None:
    assert parse_json(b'\xef\xbb\xbf{"a": 1.5}') == {"a": 1.5}
