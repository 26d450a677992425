"""The desk where officers sign in and out.

A sign-in is a random token in a cookie. It dies when nothing was asked for half an hour, after eight hours, when the
officer signs out, changes the password or is disabled.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import NamedTuple, TypeVar, cast

from server.access.accounts import NAME, Now, utc_now
from server.access.opaque import hash_of, new_credential
from server.access.passwords import Passwords
from server.access.principal import Officer, Role
from server.limits.limits import Limits
from server.limits.refusals import TooMany
from server.store.officers import OfficerRow, Officers, SignInRow, stamp
from tools.sealing import Sealer

log = logging.getLogger("esoteric.access")

Counted = TypeVar("Counted")

COOKIE = "__Host-officer"
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
NOTED_EVERY = timedelta(minutes=1)  # a write for every request would be one too many
REFUSAL_SECONDS = 0.5
SLOWED_SECONDS = 3.0


class SignInRefused(Exception):
    """Wrong name, wrong password, disabled, no role: all the same to whoever tries."""


class SignedIn(NamedTuple):
    token: str
    officer: Officer


class Identity(NamedTuple):
    """Whom the lender's identity provider vouches for; `subject` is a hash."""

    subject: str
    name: str
    roles: tuple[str, ...]
    limit_rupees: int


class SignInDesk:
    """`passwords_open` is false where officers come from an identity provider; then accounts with passwords count for
    nothing, and otherwise accounts from a provider do."""

    def __init__(
        self,
        accounts: Officers,
        passwords: Passwords,
        limits: Limits,
        sealer: Sealer,
        *,
        passwords_open: bool = True,
        now: Now = utc_now,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.passwords_open = passwords_open
        self._accounts = accounts
        self._passwords = passwords
        self._limits = limits
        self._sealer = sealer
        self._now = now
        self._sleep = sleep

    async def sign_in(self, name: str, password: str, address: str) -> SignedIn:
        """Raises SignInRefused, not sooner than after half a second, TooMany or TooBusy. Slow, whatever the password,
        when the name has been tried very often."""
        began, who = monotonic(), self._sealer.seal("officer", name)
        if await self._counted(self._limits.sign_in(who, address), who):
            log.warning("officer.sign_in_slowed", extra={"officer": who})
            await self._sleep(SLOWED_SECONDS)
        account = await self._accounts.find(name) if NAME.fullmatch(name) else None
        verdict = await self._passwords.check(account.password_hash if account else None, password)
        if account is not None and verdict.right:
            signed_in = await self._begin(account, verdict.new_hash)
            if signed_in is not None:
                await self._limits.forgive(who, address)
                log.info("officer.signed_in", extra={"officer": who})
                return signed_in
        log.warning("officer.sign_in_failed", extra={"officer": who, "reason": "name or password"})
        await self._sleep(max(0.0, began + REFUSAL_SECONDS - monotonic()))
        raise SignInRefused

    async def sign_in_by_provider(self, identity: Identity, address: str) -> SignedIn:
        """Make or refresh the account of this identity. Raises SignInRefused when it has no role or is disabled."""
        account = await self._accounts.from_provider(
            OfficerRow(
                name=identity.name,
                password_hash=None,
                roles=identity.roles,
                limit_rupees=identity.limit_rupees,
                created_at=stamp(self._now()),
                subject=identity.subject,
            )
        )
        who = self._sealer.seal("officer", account.name)
        signed_in = await self._begin(account) if account.roles else None
        if signed_in is None:
            log.warning("officer.sign_in_failed", extra={"officer": who, "reason": "no role, or disabled"})
            raise SignInRefused
        await self._limits.forgive_address(address)
        log.info("officer.signed_in", extra={"officer": who})
        return signed_in

    async def admit(self, address: str) -> None:
        """Count a try that names nobody yet. Raises TooMany."""
        await self._counted(self._limits.sign_in_elsewhere(address), None)

    async def sign_out(self, token: str) -> None:
        """End the sign-in of this token, if there is one."""
        kept = _kept(token)
        if kept is not None and (name := await self._accounts.end(kept, self._now())):
            log.info("officer.signed_out", extra={"officer": self._sealer.seal("officer", name)})

    async def officer(self, token: str, *, asking: bool = True) -> Officer | None:
        """Who holds this token, while it lives. Only one who is `asking` for something keeps it alive."""
        kept = _kept(token)
        found = await self._accounts.sign_in(kept) if kept is not None else None
        if found is None:
            return None
        account, sign_in = found
        now = self._now()
        if not self._counts(account) or not _alive(sign_in, now):
            return None
        if asking and now - datetime.fromisoformat(sign_in.last_seen_at) >= NOTED_EVERY:
            await self._accounts.seen(sign_in.token_hash, now)
        return _officer(account, sign_in.token_hash)

    async def _begin(self, account: OfficerRow, new_hash: str | None = None) -> SignedIn | None:
        """A new token; None when the account counts for nothing or was changed a moment ago."""
        if not self._counts(account):
            return None
        (token, digest), now = new_credential(), self._now()
        sign_in = SignInRow(digest.hex(), account.name, stamp(now), stamp(now), stamp(now + LONGEST))
        if not await self._accounts.begin(account, sign_in, new_hash=new_hash):
            return None
        return SignedIn(token, _officer(account, sign_in.token_hash))

    def _counts(self, account: OfficerRow) -> bool:
        return account.disabled_at is None and (account.subject is None) == self.passwords_open

    async def _counted(self, counting: Awaitable[Counted], who: str | None) -> Counted:
        try:
            return await counting
        except TooMany:
            log.warning("officer.sign_in_failed", extra={"officer": who, "reason": "too many tries"})
            raise


def _alive(sign_in: SignInRow, now: datetime) -> bool:
    idle_since = datetime.fromisoformat(sign_in.last_seen_at)
    return sign_in.ended_at is None and now < datetime.fromisoformat(sign_in.expires_at) and now < idle_since + IDLE


def _kept(token: str) -> str | None:
    """The token as the table has it."""
    digest = hash_of(token)
    return None if digest is None else digest.hex()


def _officer(account: OfficerRow, sign_in_id: str) -> Officer:
    roles = frozenset(cast(tuple[Role, ...], account.roles))
    return Officer(account.name, roles, account.limit_rupees, sign_in_id, frozenset(account.own_refs))
