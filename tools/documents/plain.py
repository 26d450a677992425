"""Text of a slip made plain: Latin digits, one rupee sign, nothing invisible; columns stay where they are."""

_JOINERS = "\u200c\u200d"  # they shape Devanagari; other invisible characters have no business on a slip
_DIGITS = str.maketrans("०१२३४५६७८९", "0123456789")
_SIGNS = str.maketrans({"\u20a8": "₹", "\u00a0": " ", "\u2013": "–", "\u2011": "-", "\u2212": "-", "`": "₹"})


def plain(text: str) -> str:
    """A blank for whatever is no letter, sign or line end. Old fonts print the rupee sign where others have `."""
    visible = (sign if sign.isprintable() or sign in _JOINERS or sign == "\n" else " " for sign in text)
    return "".join(visible).translate(_DIGITS).translate(_SIGNS)
