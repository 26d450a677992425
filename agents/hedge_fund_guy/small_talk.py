"""Kinds of words without a topic."""

import re
from typing import Literal

SmallTalk = Literal["hello", "welcome", "farewell", "filler", "small_talk"]

_KINDS: tuple[tuple[SmallTalk, re.Pattern[str]], ...] = (
    (
        "farewell",
        re.compile(
            r"""\b(?:(?:good)?\ ?bye(?:[-\ ]?bye)? | good\ ?night | night\ night | see\ (?:you|ya) | cya | ttyl | ciao
            |farewell | so\ long | cheerio | (?:^|(?<=,\ ))laters?(?=\W{0,9}$) | catch\ you | take\ care | signing\ off
            |talk\ (?:to\ you\ )?(?:later|soon|tomorrow) | (?:i(?:'m|\ am)\ )?(?:off\ to|going\ to)\ (?:bed|sleep)
            |(?:got|have|need)(?:ta|\ to)\ (?:go|run|sleep) | i(?:'m|\ am)\ (?:off|leaving|done)
            |(?:i(?:'m|\ am)|that'?s\ me)\ done\ for\ (?:to|the\ )(?:night|day))\b""",
            re.IGNORECASE | re.VERBOSE,
        ),
    ),
    ("welcome", re.compile(r"\b(?:thanks?|thank you|thx|ty|cheers|much appreciated|appreciate it)\b", re.IGNORECASE)),
    (
        "hello",
        re.compile(
            r"\b(?:hi+|hello+|hey+|hiya|howdy|yo|hola|namaste|greetings|good (?:morning|evening|afternoon|day)"
            r"|what'?s up|sup)\b",
            re.IGNORECASE,
        ),
    ),
)


def kind_of(text: str) -> SmallTalk:
    """The name of the pool that answers it."""
    if not any(map(str.isalnum, text)):
        return "filler"
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), "small_talk")
