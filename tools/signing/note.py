"""What a letter's signature says of it, in the signature itself: whoever has the file can read how long it holds."""

import re
from dataclasses import dataclass
from datetime import date

_NOTE = re.compile(
    r"Sanction letter (?P<number>[A-Za-z0-9-]{1,64}), issued (?P<issued>\d{4}-\d\d-\d\d), "
    r"valid until (?P<until>\d{4}-\d\d-\d\d), code (?P<code>[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})"
)


@dataclass(frozen=True, slots=True)
class SignatureNote:
    """Number, days and code of a letter. As text it is the reason that PDF readers show for the signature."""

    letter_number: str
    issued_on: date
    valid_until: date
    code: str

    def __str__(self) -> str:
        days = f"issued {self.issued_on.isoformat()}, valid until {self.valid_until.isoformat()}"
        return f"Sanction letter {self.letter_number}, {days}, code {self.code}"

    @classmethod
    def read(cls, text: object) -> "SignatureNote | None":
        """None for a signature that was not made for a letter."""
        found = _NOTE.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            return None
        try:
            issued, until = date.fromisoformat(found["issued"]), date.fromisoformat(found["until"])
        except ValueError:
            return None
        return cls(found["number"], issued, until, found["code"])
