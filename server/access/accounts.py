"""What an officer's account may look like, and the fictional officers of development."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import get_args

from server.access.passwords import Passwords, WeakPassword, check_strength
from server.access.principal import Role
from server.store.officers import OfficerRow, Officers, stamp
from tools.identifiers import check_pan, normalise_mobile
from tools.sealing import Sealer, refs_of_person

ROLES: tuple[str, ...] = get_args(Role)
MOST_RUPEES = 10**12
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
FROM_PROVIDER = "oidc-"
DEVELOPMENT_PASSWORD = "esoteric-development"  # noqa: S105  in the README; these accounts open nothing but development
DEVELOPMENT = {"dev-maker": ("maker", 500_000), "dev-checker": ("checker", 2_500_000), "dev-auditor": ("auditor", 0)}

Now = Callable[[], datetime]


class BadAccount(ValueError):
    """The account is not acceptable; the message is one line for the person at the command line."""


class DevelopmentOfficers(Exception):
    """Officers whose password everybody knows could be reached by everybody."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"disable the development officers first: esoteric officer disable {' '.join(names)}")


def utc_now() -> datetime:
    return datetime.now(UTC)


def check_account(name: str, roles: Sequence[str], limit_rupees: int, password: str) -> None:
    """Raises BadAccount."""
    if not NAME.fullmatch(name):
        raise BadAccount("NAME: 2 to 32 small letters, digits, dots, dashes and underscores")
    if name in DEVELOPMENT or name.startswith(FROM_PROVIDER):
        raise BadAccount("NAME: this one is reserved")
    if not roles or not set(roles) <= set(ROLES):
        raise BadAccount(f"--role: one or more of {', '.join(ROLES)}")
    if not 0 <= limit_rupees <= MOST_RUPEES:
        raise BadAccount("--limit: whole rupees, not negative")
    check_password(name, password)


def check_password(name: str, password: str) -> None:
    """Raises BadAccount."""
    try:
        check_strength(name, password)
    except WeakPassword as weak:
        raise BadAccount(f"password: {weak}") from None
    if password == DEVELOPMENT_PASSWORD:
        raise BadAccount("password: this one stands in the README")


def own_refs_of(pan: str, phone: str, email: str, sealer: Sealer) -> list[str]:
    """Who an officer is as a customer, by keyed hashes; "" for what is not given. Raises BadAccount."""
    checked, mobile = check_pan(pan), normalise_mobile(phone)
    if pan and not checked.ok:
        raise BadAccount("PAN: this is none")
    if phone and not mobile.ok:
        raise BadAccount("mobile: this is none")
    return refs_of_person(sealer, checked.value, mobile.value, email)


async def add_development_officers(officers: Officers, passwords: Passwords, now: Now = utc_now) -> None:
    """Maker, checker and auditor, unless there is any account."""
    if await officers.everyone():
        return
    password_hash = await passwords.hash(DEVELOPMENT_PASSWORD)
    created_at = stamp(now())
    await officers.add_the_first(
        [OfficerRow(name, password_hash, (role,), limit, created_at) for name, (role, limit) in DEVELOPMENT.items()]
    )


async def refuse_development_officers(officers: Officers) -> None:
    """Raises DevelopmentOfficers when one of them is enabled."""
    enabled = [row.name for row in await officers.everyone() if row.name in DEVELOPMENT and row.disabled_at is None]
    if enabled:
        raise DevelopmentOfficers(enabled)
