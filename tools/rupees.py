"""Rupee amounts: rounding steps, Indian digit grouping and words.

Money is whole rupees (int) or Decimal, never float.
"""

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

RUPEE = Decimal(1)
PAISA = Decimal("0.01")

# fmt: off
_UNITS = (
    "Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve",
    "Thirteen", "Fourteen", "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen",
)
_TENS = ("", "", "Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety")
# fmt: on
_SCALES = ((10_000_000, "Crore"), (100_000, "Lakh"), (1_000, "Thousand"), (100, "Hundred"))

# Wide enough that no amount is rounded by the context before it is rounded on purpose.
_PRECISION = 60


def half_up(value: int | Decimal, step: Decimal = RUPEE) -> Decimal:
    """`value` rounded half-up to a power of ten such as RUPEE or PAISA."""
    with localcontext(Context(prec=_PRECISION)):
        return Decimal(value).quantize(step, rounding=ROUND_HALF_UP)


def grouped(amount: int | Decimal) -> str:
    """Digits grouped the Indian way: "3,00,000". Paise show only when there are any: "9,964.50"."""
    whole, paise = in_paise(amount)
    digits = str(abs(whole))
    head, tail = digits[:-3], digits[-3:]
    pairs = []
    while head:
        pairs.append(head[-2:])
        head = head[:-2]
    sign = "-" if amount < 0 else ""
    text = ",".join([*reversed(pairs), tail])
    return f"{sign}{text}.{paise:02d}" if paise else f"{sign}{text}"


def to_the_paisa(amount: int | Decimal) -> str:
    """As `grouped`, with paise even where there are none: "9,680.00"."""
    text = grouped(amount)
    return text if "." in text else f"{text}.00"


def rupees(amount: int | Decimal) -> str:
    """Grouped amount with the rupee sign: "₹3,00,000", "-₹500"."""
    return f"-₹{grouped(-amount)}" if amount < 0 else f"₹{grouped(amount)}"


def in_words(amount: int | Decimal) -> str:
    """English words on the Indian scale: "Three Lakh", "Nine Thousand ... and Paise Fifty".

    Raises ValueError for a negative amount, which no document of ours states.
    """
    if amount < 0:
        raise ValueError("amount in words must not be negative")
    whole, paise = in_paise(amount)
    words = _words(whole)
    return f"{words} and Paise {_words(paise)}" if paise else words


def in_paise(amount: int | Decimal) -> tuple[int, int]:
    """Whole rupees and paise of the absolute amount, half-up to the paisa. Raises ValueError when it is not finite."""
    if isinstance(amount, Decimal) and not amount.is_finite():
        raise ValueError("amount must be finite")
    paise = int(half_up(amount if amount >= 0 else -amount, PAISA) * 100)
    return paise // 100, paise % 100


def _words(number: int) -> str:
    if number < 20:
        return _UNITS[number]
    if number < 100:
        tens, units = divmod(number, 10)
        return f"{_TENS[tens]} {_UNITS[units]}" if units else _TENS[tens]
    size, name = next(scale for scale in _SCALES if number >= scale[0])
    count, rest = divmod(number, size)
    head = f"{_words(count)} {name}"
    return f"{head} {_words(rest)}" if rest else head
