"""Sentences of a text, as a reader who hates repetition compares them."""

import re

_END = re.compile(r"(?<=[.!?…])[\"”')]*\s+")


def sentences_of(text: str) -> list[str]:
    """Each sentence in lower case without punctuation, however short."""
    folded = (" ".join(re.findall(r"[a-z0-9{}']+", sentence.lower())) for sentence in _END.split(text))
    return [sentence for sentence in folded if sentence]
