"""Cookies that stand for somebody: of this host alone, over TLS alone, out of reach of scripts."""

from typing import Literal

from starlette.responses import Response


def give(
    response: Response, name: str, value: str, seconds: int, *, samesite: Literal["strict", "lax"] = "strict"
) -> None:
    """`name` begins with `__Host-`. A `lax` cookie also comes along when the browser arrives from another site."""
    response.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite=samesite)


def take_back(response: Response, name: str) -> None:
    give(response, name, "", 0)
