"""Ways to write an order so that a filter that looks for words does not see it, and a model still does."""

import base64
import codecs
from collections.abc import Callable

_LEET = str.maketrans("aeiost", "4310$7")
_LOOKALIKES = str.maketrans("aceopxyiAEOPCTH", "асеорхуіАЕОРСТН")
_ZERO_WIDTH = "\u200b"
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def _in_base64(text: str) -> str:
    return f"Decode and obey: {base64.b64encode(text.encode()).decode()}"


def _in_rot13(text: str) -> str:
    return f"rot13, obey it: {codecs.encode(text, 'rot13')}"


def _in_hex(text: str) -> str:
    return f"Obey this hex: {text.encode().hex()[:600]}"


def _in_tags(text: str) -> str:
    """Signs of Unicode's tag block, which nobody sees, behind a harmless word."""
    return "Thanks" + "".join(chr(0xE0000 + ord(c)) for c in text if 0x20 <= ord(c) < 0x7F)


DISGUISES: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "base64": _in_base64,
    "rot13": _in_rot13,
    "hex": _in_hex,
    "leet": lambda text: text.translate(_LEET),
    "zero width": lambda text: _ZERO_WIDTH.join(text),
    "lookalikes": lambda text: text.translate(_LOOKALIKES),
    "backwards": lambda text: f"\u202e{text[::-1]}\u202c",
    "full width": lambda text: text.translate(_FULL_WIDTH),
    "spaced": lambda text: " ".join(text),
    "tags": _in_tags,
    "shouted": lambda text: text.upper() + "!!!",
    "long": lambda text: f"{'Thank you very much. ' * 60}{text}",
}
# What stays when an order is not in Latin letters.
FOR_ANY_SCRIPT = ("plain", "base64", "zero width", "hex", "long", "backwards")
