"""What a model may propose of a message, and which of it counts.

The model points at words, it never gives a value: the value is what the rules read in those very words for that very
slot. Identifiers, consents, codes, choices among offers and orders such as "withdraw" are not its to propose.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.agenda import OWNER
from agents.model.figures import quantities_in
from agents.model.pseudonyms import INCOME, PLACEHOLDER, Masked
from agents.model.vocabulary import WORD, load_warm_words
from agents.understanding.reading import Intent, Reading
from agents.understanding.rules import RulesUnderstander
from agents.understanding.vocabulary import Vocabulary
from tools.numbers import fold, tokenise

ProposableSlot = Literal[
    "desired_amount",
    "loan_term_months",
    "purpose",
    "employment",
    "monthly_income",
    "household_annual_income",
    "existing_emi",
]
# Intents that only change what is said next. The others move an application, send a message or bind the customer.
ProposableIntent = Literal[
    "greet", "provide", "question", "what_if", "human", "why", "status", "off_topic", "refuse", "unclear"
]
LONGEST_SPAN = 120
MOST_FACTS = 10
_WORDS_OF_A_PURPOSE = 3
_SLOTS: tuple[str, ...] = get_args(ProposableSlot)
_AGENDA = tuple(OWNER)
# Tags of the understanding's word tables that take a figure away from the customer's own application.
_NOT_THEIRS = frozenset({"kin", "kin_did", "earlier", "reject_next", "reject_previous", "suppose", "how_much"})
_CLAUSE_END = re.compile(r"[;!?।\n]|[,.](?!\d)")
_NEGATIONS = frozenset(
    fold(word)
    for word in [
        "not",
        "no",
        "never",
        "dont",
        "don't",
        "isnt",
        "isn't",
        "nahi",
        "nahin",
        "nhi",
        "mat",
        "नहीं",
        "मत",
        "ना",
    ]
)


class ProposedFact(BaseModel):
    """One fact the message states."""

    model_config = ConfigDict(extra="ignore")

    slot: ProposableSlot
    span: str = Field(min_length=1, max_length=LONGEST_SPAN, description="the exact words of the message, copied")


class Understanding(BaseModel):
    """What the customer's message says and wants."""

    model_config = ConfigDict(extra="ignore")

    intent: ProposableIntent = Field(description="what the customer wants with this message")
    facts: list[ProposedFact] = Field(default_factory=list, description="facts that already_read lacks")


def proposed_intent(arguments: Mapping[str, Any]) -> Intent | None:
    intent = arguments.get("intent")
    return cast(Intent, intent) if isinstance(intent, str) and intent in get_args(ProposableIntent) else None


def proposed_facts(arguments: Mapping[str, Any]) -> list[ProposedFact]:
    """The well-formed ones; a malformed one spoils no other."""
    listed = arguments.get("facts")
    facts = []
    for item in listed[:MOST_FACTS] if isinstance(listed, list) else []:
        try:
            facts.append(ProposedFact.model_validate(item))
        except ValidationError:
            continue
    return facts


def accept(
    proposal: ProposedFact,
    *,
    text: str,
    masked: Masked,
    reading: Reading,
    asked: str | None,
    rules: RulesUnderstander,
    words: Vocabulary,
) -> dict[str, Any]:
    """The fact as the rules read it in the proposed words, or nothing.

    `masked` is the text as the model saw it; of its placeholders only figures may be pointed at. `words` tell whose
    figure it is. Nothing that the rules have read, for whatever slot, is read again.
    """
    slot = proposal.slot
    if not may_be_added(slot, asked) or slot in reading["facts"] or f"{slot}_range" in reading["facts"]:
        return {}
    if proposal.span not in masked.text:
        return {}
    span = _with_figures(proposal.span, masked)
    if PLACEHOLDER.search(span):
        return {}
    places = _places(span, text)
    if not places or any(_touches(place, text, reading["spans"]) or _is_negated(place, text) for place in places):
        return {}
    if any(_is_told_of_others(place, text, words) for place in places):
        return {}
    reread, _ = rules.read_by_rules(span, slot)
    found = cast(dict[str, Any], reread["facts"])
    if slot == "purpose" and found.get(slot) == "other":
        return {}
    return {name: found[name] for name in (slot, f"{slot}_range") if name in found}


def may_be_added(slot: str, asked: str | None) -> bool:
    """Only while sales collects, and only what is asked or comes later: anything earlier has been answered."""
    if asked is None or OWNER.get(asked) != "sales" or slot not in _SLOTS:
        return False
    return _AGENDA.index(slot) >= _AGENDA.index(asked)


def leaves_open(reading: Reading, text: str, asked: str | None) -> bool:
    """Whether words that the rules are done with may still hold a fact to point at: a figure they did not place, or,
    while the purpose is open, words that belong to nothing they read."""
    wanted = [slot for slot in _SLOTS if may_be_added(slot, asked) and slot not in reading["facts"]]
    if reading["intent"] == "what_if" or not wanted:
        return False
    rest = text
    for span in filter(None, reading["spans"].values()):
        rest = rest.replace(span, " ")
    if any(figure.kind in {"money", "months", "plain"} for figure in quantities_in(rest)):
        return True
    idle = load_warm_words()
    words = [word for word in WORD.findall(rest) if len(word) > 1 and fold(word) not in idle]
    return "purpose" in wanted and reading["intent"] == "provide" and len(words) >= _WORDS_OF_A_PURPOSE


def _with_figures(span: str, masked: Masked) -> str:
    return PLACEHOLDER.sub(
        lambda match: masked.behind[match.group()] if match.group().startswith(f"[{INCOME}_") else match.group(), span
    )


def _places(span: str, text: str) -> list[tuple[int, int]]:
    """Where the span stands as words of its own: the 3 of 3,00,000 is no 3."""
    whole = rf"(?<![\w])(?<!\d[.,]){re.escape(span)}(?!\w)(?![.,]\d)"
    return [match.span() for match in re.finditer(whole, text)]


def _touches(place: tuple[int, int], text: str, spans: Mapping[str, str]) -> bool:
    start, end = place
    taken = (match.span() for span in spans.values() if span for match in re.finditer(re.escape(span), text))
    return any(start < last and first < end for first, last in taken)


def _is_told_of_others(place: tuple[int, int], text: str, words: Vocabulary) -> bool:
    """Whether the clause around the place speaks of somebody else, of the past, or of what might be."""
    start = max((stop.end() for stop in _CLAUSE_END.finditer(text, 0, place[0])), default=0)
    stop = _CLAUSE_END.search(text, place[1])
    tokens = tokenise(text[start : stop.start() if stop else len(text)])
    return any(cue.tag in _NOT_THEIRS for book in words.books for cue in book.find(tokens))


def _is_negated(place: tuple[int, int], text: str) -> bool:
    before, after = text[: place[0]].split()[-2:], text[place[1] :].split()[:2]
    return any(fold(word.strip(".,!?;:")) in _NEGATIONS for word in [*before, *after])
