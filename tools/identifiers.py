"""Form checks of Indian identifiers: Aadhaar, PAN, mobile number, PIN code, IFSC, bank account.

"OK" says that a text is well formed, never that the identifier exists or belongs to anyone: only the issuer's
register can say that. Blanks, hyphens, letter case and the script of digits do not matter.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Code = Literal[
    "OK",
    "CHARSET",
    "LENGTH",
    "FIRST_DIGIT",
    "CHECKSUM",
    "REPEATED",
    "SHAPE",
    "HOLDER_TYPE_UNKNOWN",
    "NOT_INDIVIDUAL",
    "SURNAME_INITIAL_DIFFERS",
    "FIFTH_NOT_ZERO",
]

PAN_HOLDERS = {
    "P": "individual",
    "C": "company",
    "H": "HUF",
    "A": "AOP",
    "B": "BOI",
    "G": "government",
    "J": "artificial juridical person",
    "L": "local authority",
    "F": "firm or LLP",
    "T": "trust",
}

_SEPARATORS = re.compile(r"[\s\-‐-―−]+")
_MOBILE_SEPARATORS = re.compile(r"[().]+")
_DIGITS = re.compile(r"[0-9]+")
_PAN = re.compile(r"[A-Z]{5}[0-9]{4}[A-Z]")
_MOBILE_PREFIXES = ("+91", "0091", "91", "0")


@dataclass(frozen=True, slots=True)
class Check:
    """Verdict on one identifier. `value` is its normal form; None when the text has no such form.

    A PAN with code SURNAME_INITIAL_DIFFERS has a value and is not `ok`: a person should look, since marriage and
    single names explain it; it is never a reason to refuse.
    """

    code: Code
    value: str | None = None

    @property
    def ok(self) -> bool:
        return self.code == "OK"


def check_aadhaar(text: str) -> Check:
    """Twelve digits, the first 2-9, Verhoeff checksum, not one digit repeated. The value must not be stored."""
    number = _squeezed(text)
    code = _digits_problem(number, length=12, first="23456789")
    if code is None and not verhoeff_valid(number):
        code = "CHECKSUM"
    # 3, 6 and 9 repeated twelve times pass the checksum.
    if code is None and len(set(number)) == 1:
        code = "REPEATED"
    return Check(code) if code else Check("OK", number)


def check_virtual_id(text: str) -> Check:
    """Aadhaar's sixteen-digit temporary stand-in, same checksum. It must not be kept at all."""
    number = _squeezed(text)
    code = _digits_problem(number, length=16)
    if code is None and not verhoeff_valid(number):
        code = "CHECKSUM"
    return Check(code) if code else Check("OK", number)


def check_pan(text: str, surname: str | None = None) -> Check:
    """Permanent Account Number of an individual.

    `surname` is the surname or the only name, as the fifth letter of the PAN is its initial. The tenth letter is a
    check letter whose formula is not public, so nothing is computed from it.
    """
    number = _squeezed(text).upper()
    if not _PAN.fullmatch(number):
        return Check("SHAPE")
    if number[3] not in PAN_HOLDERS:
        return Check("HOLDER_TYPE_UNKNOWN", number)
    if PAN_HOLDERS[number[3]] != "individual":
        return Check("NOT_INDIVIDUAL", number)
    initial = _latin_initial(surname)
    if initial and initial != number[4]:
        return Check("SURNAME_INITIAL_DIFFERS", number)
    return Check("OK", number)


def normalise_mobile(text: str) -> Check:
    """Indian mobile number; the value is E.164 ("+919000000001")."""
    number = _MOBILE_SEPARATORS.sub("", _squeezed(text))
    for prefix in _MOBILE_PREFIXES:
        if number.startswith(prefix) and len(number) - len(prefix) == 10:
            number = number.removeprefix(prefix)
            break
    code = _digits_problem(number, length=10, first="6789")
    return Check(code) if code else Check("OK", f"+91{number}")


def check_pincode(text: str) -> Check:
    number = _squeezed(text)
    code = _digits_problem(number, length=6, first="123456789")
    return Check(code) if code else Check("OK", number)


def check_ifsc(text: str) -> Check:
    """Branch code: four letters, a zero, six letters or digits."""
    code = _squeezed(text).upper()
    if len(code) != 11:
        return Check("LENGTH")
    if not re.fullmatch(r"[A-Z]{4}[A-Z0-9]{7}", code):
        return Check("SHAPE")
    return Check("OK", code) if code[4] == "0" else Check("FIFTH_NOT_ZERO")


def check_account(text: str) -> Check:
    """Bank account number: 9 to 18 digits, no public checksum; a penny drop confirms it."""
    number = _squeezed(text)
    return Check("OK", number) if re.fullmatch(r"[0-9]{9,18}", number) else Check("SHAPE")


def mask_aadhaar(text: str) -> str:
    """Only the last four digits, "XXXX XXXX 1234"; anything shorter than twelve digits is hidden altogether."""
    number = _squeezed(text)
    shown = number[-4:] if len(number) >= 12 and _DIGITS.fullmatch(number) else "XXXX"
    return f"XXXX XXXX {shown}"


def mask_pan(text: str) -> str:
    """Only the last four characters, "XXXXXX101A"."""
    number = _squeezed(text).upper()
    return f"XXXXXX{number[-4:]}" if _PAN.fullmatch(number) else "X" * 10


def mask_mobile(text: str) -> str:
    """Only the last four digits, "+91 XXXXXX 0001"."""
    value = normalise_mobile(text).value
    return f"+91 XXXXXX {value[-4:]}" if value else "+91 XXXXXX XXXX"


def verhoeff_valid(number: str) -> bool:
    """Whether the ASCII digits, check digit last, have a Verhoeff sum of zero."""
    return _verhoeff_sum(number, start=0) == 0


def verhoeff_digit(body: str) -> str:
    """Check digit to append to `body`."""
    total = _verhoeff_sum(body, start=1)
    # A turn is undone by the opposite turn, a flip by itself.
    return str(-total % 5 if total < 5 else total)


def _verhoeff_sum(number: str, start: int) -> int:
    total = 0
    for position, character in enumerate(reversed(number), start):
        total = _compose(total, _permuted(int(character), position % 8))
    return total


def _compose(a: int, b: int) -> int:
    """Product of two symmetries of the pentagon: 0-4 are turns, 5-9 flips."""
    if a < 5:
        return (a + b) % 5 if b < 5 else 5 + (b - 5 + a) % 5
    return 5 + (a - 5 - b) % 5 if b < 5 else (a - b) % 5


def _permuted(digit: int, times: int) -> int:
    for _ in range(times):
        digit = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[digit]
    return digit


def _digits_problem(number: str, *, length: int, first: str = "0123456789") -> Code | None:
    if not _DIGITS.fullmatch(number):
        return "CHARSET"
    if len(number) != length:
        return "LENGTH"
    return None if number[0] in first else "FIRST_DIGIT"


def _squeezed(text: str) -> str:
    """Without blanks and hyphens, compatibility forms resolved, digits of any script as ASCII digits."""
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)


def _latin_initial(name: str | None) -> str | None:
    """First letter without its accent, when it is a Latin one; other scripts cannot be compared with a PAN."""
    letters = (c for c in unicodedata.normalize("NFKD", name or "").upper() if c.isalpha())
    initial = next(letters, "")
    return initial if initial.isascii() and initial else None
