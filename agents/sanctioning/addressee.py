"""Whom a paper is for and where it goes."""

from typing import cast

from agents.application import Application
from tools.letter import Borrower


def borrower_of(application: Application) -> Borrower:
    """The customer as a letter may show them: identifiers masked."""
    pan, phone = cast(str, application["pan"]), cast(str, application["phone"])
    return Borrower(
        name=cast(str, application["applicant_name"]),
        masked_pan=f"{pan[:2]}XXXXXX{pan[-2:]}",
        masked_mobile=f"XXXXXX{phone[-4:]}",
        city=(application.get("customer") or {}).get("city"),
    )


def email_of(application: Application) -> str | None:
    return cast(str | None, application.get("email") or (application.get("customer") or {}).get("email"))
