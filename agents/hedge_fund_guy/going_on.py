"""Words that ask for more of the same."""

import re

LONGEST = 80
_MORE = re.compile(
    r"""\W*
    (?:(?:ok|okay|and|so|please|yes|yeah|wow|interesting|great|cool|nice|right|hm+|but)\W+)*
    (?:tell\ me\ (?:a\ bit\ |some(?:thing)?\ )?more(?:\ about\ (?:that|it|this))? | say\ more
      |(?:some\ )?more(?:\ of\ (?:that|this|it))? | go\ on | carry\ on | continue | keep\ going
      |elaborate(?:\ on\ that)? | explain(?:\ (?:that|it|this))?(?:\ more|\ further)?
      |expand(?:\ on\ (?:that|it|this))? | what\ else | anything\ else | how\ so | how\ come | why\ is\ that | why\ so
      |why\ does\ (?:that|it|this)\ (?:happen|work) | how\ does\ (?:that|it|this)\ (?:work|happen) | why | how
      |such\ as | (?:for|an)\ example | like\ what | what\ do\ you\ mean | what\ does\ that\ mean | meaning
      |then\ what | then)
    (?:\W+(?:please|then|exactly|by\ that))?\W*""",
    re.IGNORECASE | re.VERBOSE,
)


def asks_for_more(text: str) -> bool:
    """Whether the message means nothing without the opinion before it."""
    return len(text) <= LONGEST and _MORE.fullmatch(text) is not None
