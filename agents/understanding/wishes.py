"""What a customer wishes of an offer (a better rate), supposes of themselves, or says that the records may not know."""

from agents.understanding.message import Findings, Message
from agents.understanding.reading import WhatIf

_HOME = frozenset({"india", "bharat", "भारत", "indian"})
_THEN = frozenset({"to", "तो"})  # "salary 60000 hoti to": a supposition without an "if"
_ARTICLES = frozenset({"the", "a", "an"})
_SUPPOSABLE = {"stated_credit_score": "score", "monthly_income": "monthly_income"}


def read_wishes(message: Message, found: Findings) -> None:
    """Set ``better_rate``, ``citizenship``, and what the customer supposes of their own score, income and loans."""
    _rate(message, found)
    _citizenship(message, found)
    _supposed(message, found)


def asks_why_not(message: Message, found: Findings) -> bool:
    """ "why not 4 lakh?" asks for the reasons of the figure's refusal; it does not ask for the figure."""
    return message.has("why_not") and found.has("desired_amount", "loan_term_months", "what_if")


def _rate(message: Message, found: Findings) -> None:
    """A lower rate for whatever reason, or somebody else's: "match my bank's 9%", "my friend got 10%"."""
    cues = message.tagged("better_rate")
    percents = [quantity for quantity in message.quantities if quantity.kind == "percent"]
    if not cues and percents:
        cues = message.tagged("match_it", "elsewhere", "kin_did")
    if cues and not found.has("requested_rate_pct"):
        found.put("better_rate", True, *message.span(cues[0].first, cues[0].last))


def _citizenship(message: Message, found: Findings) -> None:
    for cue in message.tagged("not_a_citizen", "citizen_of"):
        if message.inside(message.clause_of(cue.first).first, cue.first, "kin"):
            continue
        land = cue.last + (message.key(cue.last) in _ARTICLES)
        of_india = message.has("citizen_of") and message.key(land) in _HOME
        named = not message.has("not_a_citizen") and not message.key(land).isalpha()
        if not of_india and not named:
            found.put("citizenship", "other", *message.span(cue.first, cue.last))


def _supposed(message: Message, found: Findings) -> None:
    """ "what if my score were 750", "agar main car loan band kar doon to?": nothing of it is a fact."""
    were = message.tagged("were")
    supposing = message.tagged("suppose") or [cue for cue in were if message.key(cue.last) in _THEN]
    if not supposing or not (were or _is_asked(message)):
        return
    figures: WhatIf = dict(found.values.get("what_if", {}))  # type: ignore[call-overload]
    start, end = message.span(supposing[0].first, supposing[0].last)
    for slot, name in _SUPPOSABLE.items():
        if slot in found.values:
            figures[name] = found.values.pop(slot)  # type: ignore[literal-required]
            found.spans.pop(slot)
    if message.has("clears_loans"):
        figures["without_emis"] = True
    if figures:
        found.values.pop("what_if", None)
        found.put("what_if", figures, start, end)


def _is_asked(message: Message) -> bool:
    """Said with "what if", with a question mark, or as a bare supposition ("if I close my car loan")."""
    plain = {("if",), ("agar",), ("yadi",), ("अगर",), ("यदि",)}
    cues = message.tagged("suppose")
    phrases = [tuple(message.key(at) for at in range(cue.first, cue.last)) for cue in cues]
    return "?" in message.text or any(phrase not in plain for phrase in phrases) or message.has("clears_loans")
