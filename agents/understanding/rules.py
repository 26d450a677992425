"""Understanding by rules: identifiers first, then figures by the words around them, then what the customer wants."""

import asyncio
import unicodedata
from typing import cast

from agents.understanding.address import read_address
from agents.understanding.answers import YES_NO_ASKS, read_confirmation, read_offer_choice
from agents.understanding.identity import read_identity, read_score_and_age
from agents.understanding.intents import decide
from agents.understanding.kyc_route import read_kyc_route
from agents.understanding.language import language_of
from agents.understanding.message import Findings, Message, group_cues, split_clauses
from agents.understanding.money import read_money
from agents.understanding.names import read_name
from agents.understanding.purpose import own_words, read_purpose
from agents.understanding.reading import Facts, Intent, Reading
from agents.understanding.similar import Embed, NearestIntent
from agents.understanding.tenure import read_spans
from agents.understanding.vocabulary import load_vocabulary
from agents.understanding.what_if import read_what_if
from agents.understanding.wishes import read_wishes
from agents.understanding.work import read_work
from tools.numbers import Token, find_quantities, tokenise

# Nobody says what they want in more; the rest of a pasted text is not read.
_LONGEST_READ = 4000


class RulesUnderstander:
    """Reads English, Roman Hindi and Devanagari without a model.

    ``embed`` (texts to vectors) is called only when the rules leave open whether a message is a question, off topic
    or unclear.
    """

    def __init__(self, embed: Embed | None = None) -> None:
        self._words = load_vocabulary()
        self._nearest = NearestIntent(embed) if embed else None

    async def read(self, text: str, asked: str | None) -> Reading:
        reading, settled = self.read_by_rules(text, asked)
        # What has the form of a question stays one: the knowledge base knows best whether it has an answer.
        if not settled and reading["intent"] == "unclear" and self._nearest is not None and len(text.split()) > 1:
            nearest = await asyncio.to_thread(self._nearest.of, text[:_LONGEST_READ])
            # A halting answer to a yes-or-no ask ("yes, but just once") is like nothing, and no chatter for that.
            reading["intent"] = "unclear" if nearest == "off_topic" and asked in YES_NO_ASKS else nearest
        return reading

    def read_by_rules(self, text: str, asked: str | None) -> tuple[Reading, bool]:
        """The reading, and whether the rules were sure of its intent."""
        text = text[:_LONGEST_READ]
        message = self._prepared(text, asked)
        found = Findings(text)
        read_identity(message, found)
        message.quantities = find_quantities(text, message.tokens, taken=frozenset(message.taken))
        message.clauses = split_clauses(text, message.tokens, message.quantities)
        read_score_and_age(message, found)
        tried_out = read_what_if(message, found)
        read_name(message, found, self._words.people)
        read_work(message, found, self._words.people)
        read_address(message, found)
        read_spans(message, found, skip=tried_out)
        read_money(message, found, skip=tried_out)
        read_purpose(message, found, self._words.everyday)
        read_wishes(message, found)
        read_offer_choice(message, found)
        answer = read_confirmation(message, found)
        read_kyc_route(message, found, answer)
        intent = decide(message, found, answer)
        if intent in {None, "provide"} and asked == "purpose" and not found.values and _is_plain_talk(text):
            own_words(message, found)
            intent = "provide" if found.values else intent
        if intent == "why":
            _drop_what_is_asked_about(found)
        settled = intent is not None
        return self._reading(message, found, intent or _fallback(message)), settled

    def _prepared(self, text: str, asked: str | None) -> Message:
        tokens = tokenise(text)
        cues = group_cues(cue for book in self._words.books for cue in book.find(tokens))
        return Message(text, asked, tokens, cues)

    def _reading(self, message: Message, found: Findings, intent: Intent) -> Reading:
        return Reading(
            facts=cast(Facts, found.values),
            spans=found.spans,
            intent=intent,
            language=language_of(_talk(message), self._words.hindi),
            corrects=list(dict.fromkeys(slot for slot in found.corrects if slot in found.values)),
        )


def _drop_what_is_asked_about(found: Findings) -> None:
    """ "why only 2 lakh?" does not ask for 2 lakh."""
    for slot in ("desired_amount", "desired_amount_range", "loan_term_months", "loan_term_months_range"):
        found.values.pop(slot, None)
        found.spans.pop(slot, None)


def _talk(message: Message) -> list[Token]:
    """The words that are no name, number or date: an English name in a Hindi sentence leaves it Hindi."""
    left = [token for at, token in enumerate(message.tokens) if at not in message.taken]
    return left if any(token.kind == "word" for token in left) else message.tokens


def _fallback(message: Message) -> Intent:
    """Without a model of meaning, whatever has the form of a question is one."""
    asks = message.has("asks") or "?" in message.text
    return "question" if asks else "unclear"


def _is_plain_talk(text: str) -> bool:
    letters = sum(1 for c in text if unicodedata.category(c)[0] in "LM")
    return letters >= 3 and "?" not in text
