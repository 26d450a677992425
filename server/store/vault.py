"""A key for each session: all that is personal is stored under it, and goes with it.

The key of a session is random. It is stored wrapped by a key made from the service's secret, whose name stands beside
it, so that secrets can be changed and the sessions stay. What is sealed is bound to its session and to its place: moved
elsewhere, it is refused.
"""

import json
import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from time import monotonic
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select

from server.moments import now_in_seconds
from server.store.tables import session_keys
from tools.derivation import derived
from tools.encryption import Damaged, FileSeal

__all__ = ["Damaged", "NoKey", "SessionKey", "Vault"]

KEY_BYTES: Final = 32
REMEMBERED: Final = 1000
# A key that another replica destroyed is forgotten here after so long.
REMEMBERED_SECONDS: Final = 600.0


class NoKey(LookupError):
    """There is no such session, or its key was destroyed: what was sealed for it is gone."""


class SessionKey:
    """Seals and opens for one session. A `place` is a column and a row, such as `turns.reply:<turn_id>`."""

    __slots__ = ("_marking", "_seal", "_session_id")

    def __init__(self, session_id: str, secret: bytes) -> None:
        self._session_id = session_id
        self._seal = FileSeal([secret], "session")
        self._marking = derived(secret, "esoteric/session marks/1")

    def seal(self, place: str, data: bytes) -> bytes:
        """45 bytes longer than `data` at most."""
        return self._seal.seal(data, self._session_id, place)

    def open(self, place: str, sealed: bytes) -> bytes:
        """Raises Damaged for what was not sealed by this key for this place."""
        return self._seal.open(bytes(sealed), self._session_id, place)

    def seal_text(self, place: str, text: str) -> bytes:
        return self.seal(place, text.encode("utf-8", "surrogatepass"))

    def open_text(self, place: str, sealed: bytes) -> str:
        """Raises Damaged."""
        return self.open(place, sealed).decode("utf-8", "surrogatepass")

    def seal_json(self, place: str, value: Any) -> bytes:
        """`value` is plain JSON."""
        return self.seal(place, packed(value))

    def open_json(self, place: str, sealed: bytes) -> Any:
        """Raises Damaged."""
        return unpacked(self.open(place, sealed))

    def mark(self, purpose: str, text: str) -> str:
        """64 hex digits by which equal texts of this session are known, and nothing else of them."""
        marked = f"{purpose}\0{text}".encode("utf-8", "surrogatepass")
        return blake2b(marked, key=self._marking, digest_size=32).hexdigest()  # cheaper here than HMAC


class Vault:
    """Makes, finds and destroys the keys of sessions. May be used by many threads."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        """`secrets` newest first: the first wraps, any unwraps."""
        self._secrets = tuple(secrets)
        self._wrapping = self.seal_of("session keys")
        # For what the lender must keep when its session is erased; by then it says nothing of whom.
        self.house = self.seal_of("kept records")
        self._recent: OrderedDict[str, tuple[SessionKey, float, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def fresh(self, session_id: str) -> tuple[SessionKey, dict[str, Any]]:
        """A new key, and its row, to be inserted after the session's."""
        secret = os.urandom(KEY_BYTES)
        row = {"session_id": session_id, **self._wrap(session_id, secret), "created_at": now_in_seconds()}
        return SessionKey(session_id, secret), row

    def rewrap(self, session_id: str, wrapped: bytes) -> dict[str, Any]:
        """The columns of a key, wrapped by the newest secret. Raises Damaged when none of ours opens it."""
        return self._wrap(session_id, self._wrapping.open(bytes(wrapped), session_id))

    def key(self, connection: Connection, session_id: str) -> SessionKey:
        """Raises NoKey; Damaged when no secret of ours opens it."""
        return self.known(session_id) or self.look_up(connection, session_id)

    def look_up(self, connection: Connection, session_id: str) -> SessionKey:
        """As `key`, also for a session that another process may have erased meanwhile."""
        wrapped = connection.execute(_FIND, {"session_id": session_id}).scalar_one_or_none()
        if wrapped is None:
            raise NoKey
        return self.unwrap(session_id, wrapped)

    def unwrap(self, session_id: str, wrapped: bytes) -> SessionKey:
        """For a reader that has the row. Raises Damaged."""
        wrapped = bytes(wrapped)
        known = self._known(session_id)
        # Another replica may have erased the session meanwhile, and somebody begun another under its id.
        if known is not None and known[2] == wrapped:
            return known[0]
        secret = self._wrapping.open(wrapped, session_id)
        return self._remember(session_id, SessionKey(session_id, secret), wrapped)

    def known(self, session_id: str) -> SessionKey | None:
        """A key that was in use of late."""
        found = self._known(session_id)
        return found[0] if found is not None else None

    def destroy(self, connection: Connection, session_id: str) -> None:
        """From the commit on nobody can read what is stored of the session. Forget it here as well, then."""
        connection.execute(_DESTROY, {"session_id": session_id})

    def forget(self, session_id: str) -> None:
        with self._lock:
            self._recent.pop(session_id, None)

    def wraps_by(self, key_id: str) -> bool:
        """Whether we have the secret of a wrapped key of that `key_id`."""
        return self._wrapping.knows(key_id)

    @property
    def newest(self) -> str:
        """The name of the key that wraps, as in `key_id`."""
        return self._wrapping.newest

    def seal_of(self, purpose: str) -> FileSeal:
        """A seal made from the service's secrets, newest first."""
        return FileSeal(self._secrets, purpose)

    def _wrap(self, session_id: str, secret: bytes) -> dict[str, Any]:
        return {"key_id": self._wrapping.newest, "wrapped": self._wrapping.seal(secret, session_id)}

    def _known(self, session_id: str) -> tuple[SessionKey, float, bytes] | None:
        with self._lock:
            found = self._recent.get(session_id)
            if found is None:
                return None
            if found[1] < monotonic():
                del self._recent[session_id]
                return None
            self._recent.move_to_end(session_id)
            return found

    def _remember(self, session_id: str, key: SessionKey, wrapped: bytes) -> SessionKey:
        with self._lock:
            self._recent[session_id] = key, monotonic() + REMEMBERED_SECONDS, wrapped
            self._recent.move_to_end(session_id)
            if len(self._recent) > REMEMBERED:
                self._recent.popitem(last=False)
        return key


def packed(value: Any) -> bytes:
    """Plain JSON as short bytes."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def unpacked(data: bytes) -> Any:
    return json.loads(data)


# Built once: building a statement costs more than running it.
_FIND = select(session_keys.c.wrapped).where(session_keys.c.session_id == bindparam("session_id"))
_DESTROY = delete(session_keys).where(session_keys.c.session_id == bindparam("session_id"))
