"""What people type, as it is kept: Unicode in normal form C, without what cannot be seen.

Refused is what nobody types and what one database keeps and another does not: controls, NUL, lone surrogates. Dropped
is what people paste without knowing: marks of writing direction (phones put them around numbers), zero-width spaces,
byte order marks, soft hyphens, tags and the other invisible format characters. Two stay: the joiners U+200C and U+200D,
which Hindi and emoji need; but between two Latin letters or digits they join nothing, and would only hide a number from
those who look for it. So would the fillers and the selectors of variants. A digit drawn as a key is a digit.
"""

import re
import unicodedata

MAX_MARKS = 30  # combining marks in a row, as Unicode's Stream-Safe Text Format has it; their order costs n squared

_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_ENDS = re.compile("[\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_IDLE_JOINERS = re.compile(
    r"(?<=[0-9A-Za-z\u0966-\u096f])[\u200c\u200d\u034f\ufe00-\ufe0f\u115f\u1160\u3164\uffa0]+(?=[0-9A-Za-z\u0966-\u096f])"
)
_KEYCAPS = re.compile("(?<=[0-9])\ufe0f?\u20e3")
_SIMPLE = re.compile("[\t\n\r -~\u00a1-\u00ac\u00ae-\u02ff\u0900-\u097f\u20b9]*")  # Latin and Devanagari, precomposed


def clean_text(text: str) -> str:
    """The text as it is kept; at most three times as long as it came. Raises ValueError for what is no text."""
    if text.isascii() and text.isprintable():
        return text
    if _REFUSED.search(text):
        raise ValueError("must be text without control characters")
    if not text.isascii():
        text = _LINE_ENDS.sub("\n", _INVISIBLE.sub("", text))
        if _marks_in_a_row(text) > MAX_MARKS:
            raise ValueError("must not pile up accents")
        text = _IDLE_JOINERS.sub("", unicodedata.normalize("NFC", _KEYCAPS.sub("", text)))
    return text


def clean_id(text: str) -> str:
    """An identifier of the client's choice. Raises ValueError for one with anything invisible in it."""
    if not text.isprintable() or text.isspace() or unicodedata.normalize("NFC", text) != text:
        raise ValueError("must be visible characters only")
    return text


def _marks_in_a_row(text: str) -> int:
    if _SIMPLE.fullmatch(text):
        return 0
    most = run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        most = max(most, run)
    return most
