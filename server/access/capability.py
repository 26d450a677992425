"""A visitor's capability: 256 random bits that stand for one session. Stored as a hash, handed over once."""

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import timedelta

from starlette.responses import Response

HEADER = "X-Session-Token"
COOKIE = "__Host-session-"
LIFE = timedelta(hours=24)  # after the session's last activity
MOST_COOKIES = 20

_FORM = re.compile(r"[A-Za-z0-9_-]{43}")
_SESSION_ID = re.compile(r"[0-9A-Za-z_-]{1,36}")


def new_capability() -> str:
    return secrets.token_urlsafe(32)


def hash_of(capability: str) -> bytes | None:
    """What is stored and compared; None for what was never a capability."""
    return hashlib.sha256(capability.encode()).digest() if _FORM.fullmatch(capability) else None


def hashes_in(cookies: Mapping[str, str]) -> tuple[bytes, ...]:
    """Of the capabilities in a browser's cookies; what is no capability is passed over."""
    found = (hash_of(cookies[name]) for name in list(_session_cookies(cookies))[-MOST_COOKIES:])
    return tuple(digest for digest in found if digest is not None)


def hand_over(response: Response, session_id: str, capability: str, cookies: Mapping[str, str]) -> None:
    """Put the capability of a new session into the answer, one cookie a session so that two tabs keep theirs.

    A browser sends its oldest cookies first; those beyond `MOST_COOKIES` are let go.
    """
    response.headers[HEADER] = capability
    _set(response, session_id, capability, int(LIFE.total_seconds()))
    held = list(_session_cookies(cookies))
    for name in held[: max(0, len(held) + 1 - MOST_COOKIES)]:
        _set(response, name.removeprefix(COOKIE), "", 0)


def take_back(response: Response, session_id: str) -> None:
    """Remove the cookie of an erased session."""
    _set(response, session_id, "", 0)


def _session_cookies(cookies: Mapping[str, str]) -> Iterator[str]:
    for name in cookies:
        if name.startswith(COOKIE) and _SESSION_ID.fullmatch(name.removeprefix(COOKIE)):
            yield name


def _set(response: Response, session_id: str, value: str, seconds: int) -> None:
    response.set_cookie(
        COOKIE + session_id, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="strict"
    )
