"""Officers and their sign-ins. A sign-in is stored under the hash of its token: a copy of the table opens nothing."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from server.store.database import Database
from server.store.tables import officers, sign_ins


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """An account. One from the lender's identity provider has a `subject` and no password."""

    name: str
    password_hash: str | None
    roles: tuple[str, ...]
    limit_rupees: int
    created_at: str
    disabled_at: str | None = None
    subject: str | None = None
    own_refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignInRow:
    token_hash: str
    officer: str
    created_at: str
    last_seen_at: str
    expires_at: str
    ended_at: str | None = None


class OfficerExists(Exception):
    """An account of this name is there already."""


class UnknownOfficer(LookupError):
    """There is no account of this name."""


class Officers:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, officer: OfficerRow) -> None:
        """Raises OfficerExists."""
        try:
            await self._database.run(lambda connection: connection.execute(insert(officers).values(_values(officer))))
        except IntegrityError:
            raise OfficerExists from None

    async def add_the_first(self, first: Sequence[OfficerRow]) -> None:
        """Add these unless there is any account at all, one that another process adds at this moment included."""

        def work(connection: Connection) -> None:
            if not connection.execute(select(officers.c.name).limit(1)).all():
                connection.execute(insert(officers), [_values(officer) for officer in first])

        with contextlib.suppress(IntegrityError):
            await self._database.run(work)

    async def find(self, name: str) -> OfficerRow | None:
        return await self._database.run(lambda connection: _officer(connection, name))

    async def everyone(self) -> list[OfficerRow]:
        def work(connection: Connection) -> list[OfficerRow]:
            return [_row(row) for row in connection.execute(_EVERYONE)]

        return await self._database.run(work)

    async def disable(self, name: str, now: datetime) -> None:
        """Close the account and end its sign-ins. Raises UnknownOfficer."""

        def work(connection: Connection) -> None:
            if _officer(connection, name) is None:
                raise UnknownOfficer
            still_open = (officers.c.name == name) & officers.c.disabled_at.is_(None)
            connection.execute(update(officers).where(still_open).values(disabled_at=stamp(now)))
            _end_all(connection, name, now)

        await self._database.run(work)

    async def set_own_refs(self, name: str, own_refs: Sequence[str]) -> None:
        """Note by keyed hashes who the officer is as a customer. Raises UnknownOfficer."""
        change = update(officers).where(officers.c.name == name).values(own_refs=list(own_refs))

        def work(connection: Connection) -> None:
            if not connection.execute(change).rowcount:
                raise UnknownOfficer

        await self._database.run(work)

    async def set_password(self, name: str, password_hash: str, now: datetime) -> None:
        """Change the password and end the sign-ins made with the old one. Raises UnknownOfficer."""

        def work(connection: Connection) -> None:
            officer = _officer(connection, name)
            if officer is None or officer.subject is not None:
                raise UnknownOfficer
            connection.execute(update(officers).where(officers.c.name == name).values(password_hash=password_hash))
            _end_all(connection, name, now)

        await self._database.run(work)

    async def begin(self, officer: OfficerRow, sign_in: SignInRow, *, new_hash: str | None = None) -> bool:
        """Store a sign-in for the account as it was when it was checked; False when it has changed since.

        `new_hash` replaces the password's hash. Sign-ins that ran out are swept away.
        """

        def work(connection: Connection) -> bool:
            connection.execute(delete(sign_ins).where(sign_ins.c.expires_at < sign_in.created_at))
            # Locked on Postgres, so that a password that changes at this moment ends this sign-in too.
            if _officer(connection, officer.name, _LOCKED_OFFICER) != officer:
                return False
            if new_hash is not None:
                this_one = officers.c.name == officer.name
                connection.execute(update(officers).where(this_one).values(password_hash=new_hash))
            connection.execute(
                insert(sign_ins).values({name: getattr(sign_in, name) for name in SignInRow.__dataclass_fields__})
            )
            return True

        return await self._database.run(work)

    async def from_provider(self, account: OfficerRow) -> OfficerRow:
        """The account of this subject with the roles and limit of now, made if it is new; disabled ones stay so.

        Without a role, its sign-ins end.
        """

        def work(connection: Connection) -> OfficerRow:
            found = connection.execute(
                select(officers.c.name).where(officers.c.subject == account.subject)
            ).scalar_one_or_none()
            if found is None:
                if account.roles:
                    connection.execute(insert(officers).values(_values(account)))
                return account
            changed = {"roles": list(account.roles), "limit_rupees": account.limit_rupees}
            connection.execute(update(officers).where(officers.c.name == found).values(changed))
            if not account.roles:
                _end_all(connection, found, datetime.fromisoformat(account.created_at))
            current = _officer(connection, found)
            return current or account

        try:
            return await self._database.run(work)
        except IntegrityError:  # on Postgres, somebody else made the same account at the same moment
            return await self._database.run(work)

    async def sign_in(self, token_hash: str) -> tuple[OfficerRow, SignInRow] | None:
        """A sign-in and its account, whatever their state."""

        def work(connection: Connection) -> tuple[OfficerRow, SignInRow] | None:
            row = connection.execute(_SIGN_IN, {"token_hash": token_hash}).one_or_none()
            if row is None:
                return None
            return _row(row[:_OFFICER_WIDTH]), SignInRow(*row[_OFFICER_WIDTH:])

        return await self._database.run(work)

    async def seen(self, token_hash: str, now: datetime) -> None:
        this_one = (sign_ins.c.token_hash == token_hash) & (sign_ins.c.last_seen_at < stamp(now))
        change = update(sign_ins).where(this_one).values(last_seen_at=stamp(now))
        await self._database.run(lambda connection: connection.execute(change))

    async def end(self, token_hash: str, now: datetime) -> str | None:
        """End a sign-in that has not ended; the name of its officer, if there was one."""

        def work(connection: Connection) -> str | None:
            row = connection.execute(_SIGN_IN, {"token_hash": token_hash}).one_or_none()
            if row is None or row[-1] is not None:
                return None
            this_one = sign_ins.c.token_hash == token_hash
            connection.execute(update(sign_ins).where(this_one).values(ended_at=stamp(now)))
            return _row(row[:_OFFICER_WIDTH]).name

        return await self._database.run(work)


def stamp(moment: datetime) -> str:
    """A time as the tables hold it: UTC, one width, so that text compares as time does."""
    return moment.isoformat(timespec="seconds")


# Built once: building a statement costs more than running it.
_COLUMNS = tuple(officers.c[name] for name in OfficerRow.__dataclass_fields__)
_OFFICER_WIDTH = len(_COLUMNS)
_OFFICER = select(*_COLUMNS).where(officers.c.name == bindparam("name"))
_LOCKED_OFFICER = _OFFICER.with_for_update()
_EVERYONE = select(*_COLUMNS).order_by(officers.c.name)
_SIGN_IN = (
    select(*_COLUMNS, *(sign_ins.c[name] for name in SignInRow.__dataclass_fields__))
    .join(sign_ins, sign_ins.c.officer == officers.c.name)
    .where(sign_ins.c.token_hash == bindparam("token_hash"))
)


def _officer(connection: Connection, name: str, query: Select[Any] = _OFFICER) -> OfficerRow | None:
    row = connection.execute(query, {"name": name}).one_or_none()
    return None if row is None else _row(row)


def _row(row: Sequence[Any]) -> OfficerRow:
    values = dict(zip(OfficerRow.__dataclass_fields__, row, strict=True))
    return OfficerRow(**values | {"roles": tuple(values["roles"]), "own_refs": tuple(values["own_refs"] or ())})


def _values(officer: OfficerRow) -> dict[str, Any]:
    values = {name: getattr(officer, name) for name in OfficerRow.__dataclass_fields__}
    return values | {"roles": list(officer.roles), "own_refs": list(officer.own_refs) or None}


def _end_all(connection: Connection, name: str, now: datetime) -> None:
    still_on = (sign_ins.c.officer == name) & sign_ins.c.ended_at.is_(None)
    connection.execute(update(sign_ins).where(still_on).values(ended_at=stamp(now)))
