"""Checkpoints under their session's key: what is stripped, moved or under another key is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage

from server.store.checkpoints import strict_serializer
from server.store.sealed_serializer import SEALED, SealedSerializer
from server.store.vault import Damaged, SessionKey

STATE = {"application": {"pan": "ABCDE1234F"}, "messages": [HumanMessage("My PAN is ABCDE1234F"), AIMessage("Thanks")]}


def serializer(session_id: str = "one", secret: bytes = b"k" * 32) -> SealedSerializer:
    return SealedSerializer(SessionKey(session_id, secret), strict_serializer())


def test_a_state_comes_back_and_shows_nothing() -> None:
    kind, blob = serializer().dumps_typed(STATE)
    assert kind == "msgpack" + SEALED
    assert b"ABCDE1234F" not in blob
    assert serializer().loads_typed((kind, blob)) == STATE


@given(st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text() | st.binary())
def test_any_value_of_a_channel_is_sealed(value: Any) -> None:
    kind, blob = serializer().dumps_typed(value)
    assert kind.endswith(SEALED)
    assert serializer().loads_typed((kind, blob)) == value


@pytest.mark.parametrize("value", [STATE, None, b"bytes"])
def test_a_row_that_was_never_sealed_is_refused(value: Any) -> None:
    with pytest.raises(Damaged):
        serializer().loads_typed(strict_serializer().dumps_typed(value))


def test_a_row_stripped_of_its_seal_is_refused() -> None:
    kind, blob = serializer().dumps_typed(STATE)
    for forged in (kind.removesuffix(SEALED), "msgpack+aes", "msgpack", SEALED, f"pickle{SEALED}", f"json{SEALED}"):
        with pytest.raises(Damaged):
            serializer().loads_typed((forged, blob))


def test_a_plain_row_that_claims_to_be_sealed_is_refused() -> None:
    kind, blob = strict_serializer().dumps_typed(STATE)
    with pytest.raises(Damaged):
        serializer().loads_typed((kind + SEALED, blob))


def test_a_row_of_another_session_is_refused() -> None:
    sealed = serializer().dumps_typed(STATE)
    for other in (serializer("two"), serializer("one", b"o" * 32)):
        with pytest.raises(Damaged):
            other.loads_typed(sealed)
