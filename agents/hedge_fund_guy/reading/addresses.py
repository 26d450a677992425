"""What counts as a mail address is decided by `email-validator`, without asking the network."""

from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

MOST_ADDRESSES = 20  # beyond which a message is no introduction
# No such endings exist, but slips of the finger do.
_SLIPS = frozenset(("con", "cmo", "ocm", "cim", "vom", "xom", "comm", "coom", "clm", "conm", "nte", "ner", "ogr"))


@dataclass(frozen=True, slots=True)
class Address:
    """A valid address, or None for one that cannot be right, over the characters ``start:end``."""

    value: str | None
    start: int
    end: int


def valid_address(written: str) -> str | None:
    try:
        address = validate_email(written, check_deliverability=False)
    except EmailNotValidError:
        return None
    ending = address.domain.rpartition(".")[2]
    return None if len(ending) < 2 or ending in _SLIPS else address.normalized
