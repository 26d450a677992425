"""Words that ask for more of the same."""

import re

LONGEST = 80
_MORE = re.compile(
    r"\W*(?:(?:ok|okay|and|so|please|yes|yeah|wow|interesting|great|cool|nice|right|hm+|but)\W+)*"
    r"(?:tell me (?:a bit |some(?:thing)? )?more(?: about (?:that|it|this))?|say more"
    r"|(?:some )?more(?: of (?:that|this|it))?|go on|carry on|continue|keep going|elaborate(?: on that)?|explain(?: (?:that|it|this))?(?: more| further)?"
    r"|what else|anything else|how so|how come|why is that|why so|such as|(?:for|an) example|like what"
    r"|what do you mean|what does that mean|meaning|(?:and )?then what|and then|expand(?: on (?:that|it|this))?)"
    r"(?:\W+(?:please|then|exactly|by that))?\W*",
    re.IGNORECASE,
)


def asks_for_more(text: str) -> bool:
    """Whether the message means nothing without the opinion before it."""
    return len(text) <= LONGEST and _MORE.fullmatch(text) is not None
