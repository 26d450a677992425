"""What the customer wants, decided in a fixed order from the cues of the message."""

from agents.understanding.answers import YES_NO_ASKS, asks_something
from agents.understanding.message import Findings, Message
from agents.understanding.reading import Intent
from agents.understanding.wishes import asks_why_not

# What is asked while there are terms of one's own, or nothing is asked any more.
_WITH_TERMS = frozenset({"offer_decision", "kfs_acknowledgement", None})
# Facts that do not by themselves tell that the customer goes on with the application.
_ASIDE = frozenset({"what_if", "confirm"})


def decide(message: Message, found: Findings, answer: str | None) -> Intent | None:
    """Return the intent, or ``None`` when the words leave open whether this is a question, chatter, or unclear."""
    facts = set(found.values) - _ASIDE
    asks = message.has("asks", "may_i") or "?" in message.text or "؟" in message.text
    order = _order(message, found, facts)
    if order is not None:
        return order
    if asks_why_not(message, found):
        return "why"
    if found.has("what_if"):
        return "what_if"
    if message.has("improve") and not facts:
        return "improve"
    if _asks_why(message):
        return "why"
    if message.has("renew") and not facts and message.asked is None:
        return "renew"
    if not facts and (message.has("status") or (message.has("own_terms") and message.asked in _WITH_TERMS)):
        return "status"
    if message.has("refuse") and not facts and not found.has("confirm"):
        return "refuse"
    if facts:
        return "question" if _asks_besides(message, found, asks) else "provide"
    if message.has("greet") and _only_greets(message, answer):
        return "greet"
    if message.asked and message.asked not in YES_NO_ASKS and message.has("absent_item", "refusal_of_all"):
        return "refuse"
    if message.has("need") and message.has("loan") and not asks and answer is None:
        return "provide"
    if message.has("off_topic") and not answer and not _domain_question(message, asks):
        return "off_topic"
    if answer and (message.asked in YES_NO_ASKS or not asks):
        return "question" if asks_something(message) else _yes_or_no(message, answer)
    if asks:
        return "question" if message.has("domain") or message.has("may_i") else None
    if message.has("thanks"):
        return "thanks"
    return None


def _only_greets(message: Message, answer: str | None) -> bool:
    greeted = sum(cue.last - cue.first for cue in message.tagged("greet"))
    words = len(_words(message))
    return answer is None and words <= greeted + 2 and not message.has("domain", "need")


def _words(message: Message) -> list[str]:
    return [token.key for token in message.tokens if token.kind == "word"]


def _order(message: Message, found: Findings, facts: set[str]) -> Intent | None:
    """Orders to the assistant itself: they hold whatever else the message says."""
    if message.has("human") and not facts - {"phone"}:
        return "human"
    if message.has("start_over"):
        return "start_over"
    if _withdraws(message, found, facts):
        return "withdraw"
    if message.has("resend") and not found.has("otp") and (message.asked == "otp" or message.has("otp")):
        return "resend"
    return None


def _withdraws(message: Message, found: Findings, facts: set[str]) -> bool:
    if facts - {"purpose"} or found.has("what_if"):
        return False
    asks = (message.has("how_much") and "?" in message.text) or message.has("may_i")
    if message.has("withdraw"):
        # "cancel kar do" and "nahi chahiye loan" answer a yes-or-no ask; "cancel my application" does not.
        words = set(_words(message))
        ends_it = bool(words & _APPLICATION) or ("cancel" in words and message.has("loan"))
        return not asks and (ends_it or message.asked not in YES_NO_ASKS)
    if message.asked is None and _words(message) == ["cancel"]:
        return True
    if not message.has("refusal_of_all") or message.asked in YES_NO_ASKS:
        return False
    return message.asked is None or "interested" in _words(message)


_APPLICATION = frozenset({"aplication", "request", "anymore", "longer", "mind", "आवेदन", "consent", "vithdrav"})


def _asks_why(message: Message) -> bool:
    words = _words(message)
    if message.has("why"):
        return True
    return (bool(words) and len(words) <= 2 and words[-1] in {"why", "kyun", "kyu", "kyon", "क्यों", "vhy"}) or (
        len(words) == 2 and words[0] in {"why", "vhy"} and words[1] in {"rejected", "reject", "declined", "so"}
    )


def _asks_besides(message: Message, found: Findings, asks: bool) -> bool:
    """Facts were given: is there a real question beside them, or only a request in a question's dress?"""
    if not asks:
        return False
    if message.has("asks") or _asks_after_the_facts(message, found):
        return True
    return (
        not found.has("desired_amount", "desired_amount_range") and "?" in message.text and not _confirms_a_fact(found)
    )


def _asks_after_the_facts(message: Message, found: Findings) -> bool:
    """ "24 months, and can I prepay?": what follows the "can I" names no fact, so it is a question of its own."""
    for cue in message.tagged("may_i"):
        rest = message.text[message.tokens[cue.first].start :]
        about_loans = any(word.first >= cue.last for word in message.tagged("domain"))
        if cue.first > 0 and about_loans and not any(span in rest for span in found.spans.values()):
            return True
    return False


def _confirms_a_fact(found: Findings) -> bool:
    """ "45000?" as an answer is still an answer."""
    return len(found.values) == 1


def _domain_question(message: Message, asks: bool) -> bool:
    return asks and message.has("domain") and not message.has("need")


def _yes_or_no(message: Message, answer: str) -> Intent:
    if message.asked not in YES_NO_ASKS and message.has("thanks") and answer == "yes":
        return "thanks"
    return "yes" if answer == "yes" else "no"
