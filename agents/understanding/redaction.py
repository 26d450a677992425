"""Hiding what must not be kept: Aadhaar numbers, virtual IDs, one-time codes."""

import re
from itertools import pairwise

from tools.identifiers import check_aadhaar, check_virtual_id, mask_aadhaar, normalise_mobile

MASKED_CODE = "••••••"

_GROUP = re.compile(r"\d+")
_SEPARATOR = re.compile(r"[\s.,_/·:\-‐-―]{1,3}")
_CODE = re.compile(r"(?<!\d)\d(?:[\s.\-]?\d){3,7}(?!\d)")
_LONGEST_NUMBER = 16
_PHONE_WORD = re.compile(r"phone|mobile|mob\b|call|whats\s?app|contact|फ़ोन|फोन|मोबाइल", re.IGNORECASE)
_AADHAAR_WORD = re.compile(r"aa?dh?aa?r|uidai|आधार", re.IGNORECASE)


def mask_secrets(text: str, *, otp_asked: bool, phone_asked: bool = False) -> str:
    """Show only the last four digits of Aadhaar-like numbers and virtual IDs, in whatever grouping they are typed.

    With ``otp_asked`` every run of four to eight digits is taken for the code and hidden wholly. 91 and a mobile
    number can pass Aadhaar's checksum: +91, a word for phone, or ``phone_asked`` keep it.
    """
    phone_expected = phone_asked or _PHONE_WORD.search(text) is not None
    # The four digits that stay may pass the checksum together with their neighbours.
    while (masked := _mask_numbers(text, phone_expected)) != text:
        text = masked
    if otp_asked:
        text = _CODE.sub(lambda match: match.group() if _after_mask(match) else MASKED_CODE, text)
    return text


def _mask_numbers(text: str, phone_expected: bool) -> str:
    for start, end in reversed(_secret_numbers(text)):
        if not _is_phone(text, start, end, phone_expected):
            text = text[:start] + mask_aadhaar(_digits(text[start:end])) + text[end:]
    return text


def _is_phone(text: str, start: int, end: int, expected: bool) -> bool:
    plus = text[:start].rstrip(" (").endswith("+")
    return (plus or (expected and _AADHAAR_WORD.search(text) is None)) and normalise_mobile(_digits(text[start:end])).ok


def _secret_numbers(text: str) -> list[tuple[int, int]]:
    """Places of neighbouring digit groups that together pass the checksum."""
    groups = [match.span() for match in _GROUP.finditer(text)]
    joined = [_SEPARATOR.fullmatch(text, a[1], b[0]) is not None for a, b in pairwise(groups)]
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(groups):
        last = _longest_secret(text, groups, joined, at)
        if last is None:
            at += 1
        else:
            found.append((groups[at][0], groups[last][1]))
            at = last + 1
    return found


def _longest_secret(text: str, groups: list[tuple[int, int]], joined: list[bool], first: int) -> int | None:
    best: int | None = None
    last = first
    while True:
        written = text[groups[first][0] : groups[last][1]]
        digits = _digits(written)
        if len(digits) > _LONGEST_NUMBER:
            return best
        if _is_secret(digits) and not _are_sums(text, groups[first : last + 1]):
            best = last
        if last + 1 >= len(groups) or not joined[last]:
            return best
        last += 1


def _is_secret(digits: str) -> bool:
    """The checks are dear, and this is asked at every group of a message that may be nothing but digits."""
    match len(digits):
        case 12:
            return check_aadhaar(digits).ok
        case 16:
            return check_virtual_id(digits).ok
    return False


def _are_sums(text: str, groups: list[tuple[int, int]]) -> bool:
    """Two round sums side by side (3,00,000 4,50,000 or 300000 450000) may pass the checksum by chance."""
    written = text[groups[0][0] : groups[-1][1]]
    if "," in written and ", " not in written:
        return True
    return len(groups) > 1 and all(text[start:end].endswith("000") for start, end in groups)


def _digits(written: str) -> str:
    return "".join(character for character in written if character.isdigit())


def _after_mask(match: re.Match[str]) -> bool:
    """The four digits left of a masked number stay."""
    return match.string[: match.start()].endswith(("XXXX ", "XXXX"))
