"""Checkpoints under the key of their session, taken back strictly.

LangGraph's own encrypting serializer also takes rows that were never encrypted, and rows of another session.
"""

from typing import Any, Final

from langgraph.checkpoint.serde.base import SerializerProtocol

from server.store.vault import Damaged, SessionKey

# Behind the kind in a row's `type`, such as `msgpack+session1`.
SEALED: Final = "+session1"


class SealedSerializer(SerializerProtocol):
    """For one session: seals what `inner` makes, and opens only what was sealed so."""

    def __init__(self, key: SessionKey, inner: SerializerProtocol) -> None:
        self._key = key
        self._inner = inner

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        kind, data = self._inner.dumps_typed(obj)
        return kind + SEALED, self._key.seal(_place(kind), data)

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        """Raises Damaged for a row without its seal, under another cipher, or of another session."""
        kind, blob = data
        if not kind.endswith(SEALED):
            raise Damaged
        kind = kind.removesuffix(SEALED)
        return self._inner.loads_typed((kind, self._key.open(_place(kind), blob)))


def _place(kind: str) -> str:
    return f"checkpoint:{kind}"
