"""The effect ledger in SQL: what was begun, what it came to, and what nobody can tell."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from server.moments import now_in_milliseconds
from server.store.acts import ActsWriter, Waiting, gathered
from server.store.database import Database
from server.store.outbox import Outbox
from server.store.tables import effects
from tools.effects import Act, AnotherRequest, Asked, Done, JsonDict, OutcomeUnknown, what_became


class Known(NamedTuple):
    """What is on record under a key."""

    session_id: str
    state: str
    request_hash: str | None
    result: JsonDict


class SqlEffects:
    """What others do is written down before it is done, and its result after it; what stays in the house once, after.

    What a turn did before an effect is on record when that begins, or together with it.
    """

    def __init__(self, database: Database, acts: ActsWriter, outbox: Outbox) -> None:
        self._database = database
        self._acts = acts
        self._outbox = outbox

    async def once(self, session_id: str, asked: Asked, act: Act) -> JsonDict:
        begun = await self._look(session_id, asked) if asked.repeatable else await self._begin(session_id, asked)
        if begun is not None and begun.state == "done":
            return begun.result
        if begun is not None and begun.state == "unknown":
            raise OutcomeUnknown(asked.key)
        became = "not_done" if begun is None else await what_became(asked)
        if became == "not_known":
            await self._database.run(lambda connection: connection.execute(_UNKNOWN, {"this_key": asked.key}))
            raise OutcomeUnknown(asked.key)
        done = await act() if became == "not_done" else became
        with gathered() as acts:
            result = await self._end(session_id, asked, done, acts)
        self._outbox.announce(done.postings)
        return result

    async def known(self, session_id: str, key: str) -> JsonDict | None:
        found = await self._database.run(lambda connection: self._find(connection, key))
        done = found is not None and found.state == "done" and found.session_id == session_id
        return found.result if found is not None and done else None

    async def settle(self, session_id: str, key: str, *, done: bool) -> None:
        values = {"this_key": key, "this_session": session_id}
        await self._database.run(lambda connection: connection.execute(_ASK_AGAIN if done else _ACT_AGAIN, values))

    async def _look(self, session_id: str, asked: Asked) -> Known | None:
        def work(connection: Connection) -> Known | None:
            return self._same(connection, session_id, asked, self._find(connection, asked.key))

        return await self._database.run(work)

    async def _begin(self, session_id: str, asked: Asked) -> Known | None:
        """What is known of it; None when it begins now, which is on record then."""

        def work(connection: Connection) -> Known | None:
            self._acts.write(connection, acts)
            found = self._same(connection, session_id, asked, self._find(connection, asked.key))
            if found is None:
                values = self._row(connection, session_id, asked) | {"state": "started"}
                connection.execute(_INSERT, values)
            return found

        with gathered() as acts:
            try:
                return await self._database.run(work)
            except IntegrityError:  # begun by another process in between
                return await self._database.run(work)

    async def _end(self, session_id: str, asked: Asked, done: Done, acts: Sequence[Waiting]) -> JsonDict:
        """The result on record: the first, if another process was faster with what may be repeated."""

        def work(connection: Connection) -> JsonDict:
            found = self._same(connection, session_id, asked, self._find(connection, asked.key))
            if found is not None and found.state == "done":
                return found.result
            key = self._database.vault.key(connection, session_id)
            ended = {"result": key.seal_json(_place(asked.key), done.result), "done_at": now_in_milliseconds()}
            if found is None:
                connection.execute(_INSERT, self._row(connection, session_id, asked) | {"state": "done"} | ended)
            else:
                connection.execute(_DONE, {"this_key": asked.key} | ended)
            self._acts.write(connection, acts)
            if done.postings:
                self._outbox.put(connection, session_id, key, done.postings)
            return done.result

        try:
            return await self._database.run(work)
        except IntegrityError:
            return await self._database.run(work)

    def _find(self, connection: Connection, key: str) -> Known | None:
        """Raises Damaged."""
        row = connection.execute(_FIND, {"key": key}).one_or_none()
        if row is None:
            return None
        result = {}
        if row.result is not None:
            result = self._database.vault.key(connection, row.session_id).open_json(_place(key), row.result)
        return Known(row.session_id, row.state, row.request_hash, result)

    def _row(self, connection: Connection, session_id: str, asked: Asked) -> dict[str, str | None]:
        return {
            "key": asked.key,
            "session_id": session_id,
            "request_hash": self._mark(connection, session_id, asked),
            "started_at": now_in_milliseconds(),
            "result": None,
            "done_at": None,
        }

    def _same(self, connection: Connection, session_id: str, asked: Asked, found: Known | None) -> Known | None:
        """Raises AnotherRequest. Rows from before requests were marked are taken as they are."""
        if found is None:
            return None
        kept = found.request_hash
        if found.session_id != session_id or (kept and kept != self._mark(connection, session_id, asked)):
            raise AnotherRequest
        return found

    def _mark(self, connection: Connection, session_id: str, asked: Asked) -> str:
        return self._database.vault.key(connection, session_id).mark("effect", asked.canonical())


# Built once: building a statement costs more than running it.
_FIND = select(effects.c.session_id, effects.c.state, effects.c.request_hash, effects.c.result).where(
    effects.c.key == bindparam("key")
)
_INSERT = insert(effects)
_THIS = update(effects).where(effects.c.key == bindparam("this_key"))
_DONE = _THIS.values(state="done")
_UNKNOWN = _THIS.where(effects.c.state == "started").values(state="unknown")
_ASK_AGAIN = _THIS.where(effects.c.session_id == bindparam("this_session"), effects.c.state == "unknown").values(
    state="started"
)
_ACT_AGAIN = delete(effects).where(
    effects.c.key == bindparam("this_key"),
    effects.c.session_id == bindparam("this_session"),
    effects.c.state == "unknown",
)


def _place(key: str) -> str:
    return f"effects.result:{key}"
