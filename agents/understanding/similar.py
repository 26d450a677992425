"""The last resort for intent: nearness in meaning to example sentences, where an embedding model is at hand."""

from collections.abc import Callable, Sequence
from math import sqrt

from agents.understanding.reading import Intent

Embed = Callable[[list[str]], list[list[float]]]

_EXAMPLES: tuple[tuple[Intent, str], ...] = (
    ("question", "How does this personal loan work?"),
    ("question", "What papers do I have to give?"),
    ("question", "How long until the money reaches my bank?"),
    ("question", "Is my information safe with you?"),
    ("question", "Can I pay the loan back early?"),
    ("question", "Who are you and which company is lending?"),
    ("question", "loan kaise milega aur kitna time lagega"),
    ("off_topic", "Tell me something funny"),
    ("off_topic", "Who won the match last night?"),
    ("off_topic", "Will it rain in Mumbai tomorrow?"),
    ("off_topic", "Write a program that sorts a list"),
    ("off_topic", "Which film should I watch?"),
    ("off_topic", "koi achha gaana sunao"),
    ("unclear", "asdf qwerty"),
    ("unclear", "I do not know what to say"),
    ("unclear", "hmm something like that"),
)
# Below this nearness nothing is alike: unclear.
_LEAST_NEARNESS = 0.25


class NearestIntent:
    """Embeds the examples once, at the first use."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed
        self._examples: list[list[float]] | None = None

    def of(self, text: str) -> Intent:
        """One of question, off_topic, unclear."""
        if self._examples is None:
            self._examples = self._embed([sentence for _, sentence in _EXAMPLES])
        vector = self._embed([text])[0]
        nearness, intent = max(
            (_cosine(vector, example), intent) for (intent, _), example in zip(_EXAMPLES, self._examples, strict=True)
        )
        return intent if nearness >= _LEAST_NEARNESS else "unclear"


def _cosine(a: Sequence[float], b: Sequence[float]) -> float:
    length = sqrt(sum(x * x for x in a) * sum(x * x for x in b))
    return sum(x * y for x, y in zip(a, b, strict=True)) / length if length else 0.0
