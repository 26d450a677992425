"""A visitor's capability, an opaque credential that stands for one session, as header and as cookie."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from starlette.requests import HTTPConnection
from starlette.responses import Response

from server.access import cookies
from server.access.opaque import hash_of

HEADER = "X-Session-Token"
COOKIE = "__Host-session-"
LIFE = timedelta(hours=24)  # after the session's last activity
MOST_COOKIES = 20

_SESSION_ID = re.compile(r"[0-9A-Za-z_-]{1,36}")


def hashes_in(sent: Mapping[str, str]) -> tuple[bytes, ...]:
    """Of the capabilities in a browser's cookies; what is no capability is passed over."""
    found = (hash_of(sent[name]) for name in list(_session_cookies(sent))[-MOST_COOKIES:])
    return tuple(digest for digest in found if digest is not None)


def held_by(connection: HTTPConnection) -> list[bytes]:
    """Hashes of the capabilities that this very connection was handed, which it cannot send any more."""
    held: list[bytes] = connection.scope.setdefault("state", {}).setdefault("capabilities", [])
    return held


def hand_over(response: Response, session_id: str, capability: str, sent: Mapping[str, str]) -> None:
    """Put the capability of a new session into the answer, one cookie a session so that two tabs keep theirs.

    A browser sends its oldest cookies first; those beyond `MOST_COOKIES` are let go.
    """
    response.headers[HEADER] = capability
    cookies.give(response, COOKIE + session_id, capability, int(LIFE.total_seconds()))
    held = list(_session_cookies(sent))
    for name in held[: max(0, len(held) + 1 - MOST_COOKIES)]:
        cookies.take_back(response, name)


def take_back(response: Response, session_id: str) -> None:
    """Remove the cookie of an erased session."""
    cookies.take_back(response, COOKIE + session_id)


def _session_cookies(sent: Mapping[str, str]) -> Iterator[str]:
    for name in sent:
        if name.startswith(COOKIE) and _SESSION_ID.fullmatch(name.removeprefix(COOKIE)):
            yield name
