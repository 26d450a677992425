"""Laws of the edge: JSON, text, credentials, addresses, settings, socket frames."""

import json
import unicodedata
from contextlib import suppress
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from server.access.capability import hashes_in
from server.access.keys import key_ring
from server.access.opaque import hash_of, new_credential
from server.access.tokens import TokenRefused, Tokens
from server.edge.canonical import Malformed, parse_body, parse_json
from server.edge.text import clean_text
from server.limits.address import ClientAddresses, proxies_from
from server.models import ChatRequest, RagQuery, SocketMessage
from server.problems import Problem
from server.settings import Settings, SettingsError, load_settings
from tests.fuzz.bodies import VALUES, WHOLES
from tests.fuzz.law import law
from tests.fuzz.strategies import messages

NOW = 1_780_000_000
PIECES = st.sampled_from([*VALUES.values(), *(raw for raw in WHOLES.values() if len(raw) < 2000)])
GLUE = st.sampled_from(
    [b"", b",", b":", b"{", b"}", b"[", b"]", b'"', b'"message":', b" ", b"\\", b"\x00", b"\xef\xbb\xbf"]
)
raws = st.binary(max_size=200) | st.lists(st.tuples(GLUE, PIECES, GLUE), max_size=4).map(
    lambda parts: b"".join(b"".join(part) for part in parts)
)


@law
@given(raws)
@example(b'"\\"[[[[[[[[[[[[[[[[[[[[[[[[[[')
@example(b"[" * 100_000)
def test_json_is_read_as_it_stands_or_refused(raw: bytes) -> None:
    try:
        found = parse_json(raw)
    except Malformed as error:
        assert "\n" not in str(error) and "KANARI" not in str(error)
        return
    assert found == json.loads(raw.decode("utf-8-sig"))
    assert parse_json(json.dumps(found).encode()) == found
    assert _depth(found) <= 20


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(_depth, inner), default=0)


@law
@given(messages)
def test_a_cleaned_text_is_clean(text: str) -> None:
    try:
        cleaned = clean_text(text)
    except ValueError as error:
        assert len(str(error)) < 100
        return
    assert clean_text(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\r\t" for sign in cleaned)
    cleaned.encode("utf-8")


@law
@given(raws, st.sampled_from([ChatRequest, RagQuery, SocketMessage]))
def test_a_body_is_valid_or_a_problem(raw: bytes, model: type[ChatRequest | RagQuery | SocketMessage]) -> None:
    try:
        body = parse_body(raw, model)
    except Problem as problem:
        assert problem.status in {413, 422}
        assert "KANARI" not in f"{problem.detail}{problem.errors}"
        return
    text = getattr(body, "message", None) or getattr(body, "query", None)
    assert text is None or (text.strip() and len(text) <= 4000)


@law
@given(st.one_of(st.integers(-(10**20), 10**20), st.text(), st.floats(), st.none(), st.lists(st.integers())))
def test_event_ids(event_id: object) -> None:
    raw = json.dumps({"type": "resume", "last_event_id": event_id}).encode()
    try:
        frame = parse_body(raw, SocketMessage)
    except Problem:
        return
    assert frame.last_event_id is None or type(frame.last_event_id) is int


@cache
def tokens() -> Tokens:
    return Tokens(key_ring(b"k" * 32), now=lambda: NOW)


@cache
def good_token() -> str:
    return tokens().issue("client", "tenant", ["sessions:read"])


@law
@given(st.text() | st.text("abcABC012-_.=", max_size=400))
@example("..")
@example("a.b.c")
@example("e30.e30.")
def test_what_is_no_token_is_refused(text: str) -> None:
    with suppress(TokenRefused):
        tokens().read(text)
        raise AssertionError("accepted")


@law
@given(st.data(), st.sampled_from(["replace", "insert", "drop", "double", "swap"]))
def test_a_changed_token_is_refused(data: st.DataObject, change: str) -> None:
    good = good_token()
    at = data.draw(st.integers(0, len(good) - 1))
    sign = data.draw(st.sampled_from("aA0-_.=+/ \n\u00e9") | st.characters())
    parts = good.split(".")
    changed = {
        "replace": good[:at] + sign + good[at + 1 :],
        "insert": good[:at] + sign + good[at:],
        "drop": good[:at] + good[at + 1 :],
        "double": good[:at] + good[at] + good[at:],
        "swap": ".".join([parts[1], parts[0], parts[2]]),
    }[change]
    if changed == good:
        assert tokens().read(good)
        return
    with suppress(TokenRefused):
        tokens().read(changed)
        raise AssertionError("accepted")


@law
@given(st.text() | st.text("abcABC012-_", min_size=43, max_size=43), st.dictionaries(st.text(max_size=50), st.text()))
def test_capabilities(text: str, cookies: dict[str, str]) -> None:
    digest = hash_of(text)
    assert digest is None or (len(digest) == 32 and text.isascii() and len(text) == 43)
    assert len(hashes_in({f"__Host-session-{name}": new_credential()[0] for name in cookies} | cookies)) <= 20


HOPS = st.sampled_from(
    ["1.2.3.4", "10.0.0.1", "[::1]:80", "::ffff:10.0.0.1", "fe80::1%eth0", "unknown", "_hidden", "", "1.2.3.4:99999",
     "::", "999.1.1.1", "2001:db8::1", "0x7f.1", "127.1", "١٢٧.0.0.1", "10.0.0.1\x00"]
) | st.text(st.characters(max_codepoint=255), max_size=40)  # fmt: skip


@law
@given(
    st.lists(st.lists(HOPS, max_size=20).map(", ".join), max_size=4),
    st.booleans(),
    st.text(max_size=30) | st.just("10.0.0.1"),
)
def test_addresses(told: list[str], behind_proxy: bool, peer: str) -> None:
    addresses = ClientAddresses(proxies_from(["10.0.0.0/8", "fd00::/8"]) if behind_proxy else ())
    headers = [(b"x-forwarded-for", line.encode("latin-1", "replace")) for line in told]
    scope = {"client": (peer, 1), "headers": headers}
    found = addresses.of(scope)
    if found is not None:
        assert ip_address(str(found)) == found
        if not behind_proxy:
            assert found == addresses.of({"client": (peer, 1), "headers": []})
    group = addresses.group_of(scope)
    assert len(group) < 50 and group.isascii()


NAMES = sorted(Settings.model_fields)
# Paths and hosts take any text; what they mean is seen when they are used.
WRONG = st.sampled_from(
    ["", " ", "KANARI-7351", "-1", "0", "1e999", "NaN", "true", "null", "[]", "{}", '["KANARI-7351"]',
     "\x00KANARI-7351", "http://KANARI-7351:pass@host", "postgresql://KANARI-7351@/x", "2026-13-45", "9" * 400, "*",
     "0.0.0.0/0", "é\n\t"]
) | messages  # fmt: skip


@law
@given(st.dictionaries(st.sampled_from(NAMES), WRONG, min_size=1, max_size=3))
def test_settings_are_read_or_named_in_one_line(values: dict[str, str]) -> None:
    try:
        load_settings(_env_file=None, **values)
    except SettingsError as error:
        assert "\n" not in str(error)
        assert "KANARI" not in str(error)
        assert str(error).partition(":")[0].lower() in {*NAMES, "environment"}
    assert not Path("KANARI-7351").exists()
