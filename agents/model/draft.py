"""What a model may put into its own words: runs of conversational lines, drafted from the phrasebook, names hidden.

Everything with legal weight leaves as the phrasebook has it: consents, key facts, offers, estimates, reasons, statuses,
clauses. A line is conversational only if it is listed here and its sentence claims nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents.model.figures import Statement, figures_by_kind, stated
from agents.model.pseudonyms import PLACEHOLDER, Pseudonyms
from agents.model.runs import Run
from agents.model.sentences import joined
from agents.speaking import Line, Phrasebook
from tools.numbers import find_quantities

CONVERSATIONAL = frozenset(
    {
        "ask.desired_amount",
        "ask.applicant_name",
        "ask.loan_term_months",
        "ask.purpose",
        "ask.email",
        "ask.employment",
        "ask.employer",
        "ask.monthly_income",
        "ask.household_annual_income",
        "ask.existing_emi",
        "estimate.need_amount",
        "refuse.desired_amount",
        "refuse.loan_term_months",
        "refuse.purpose",
        "reply.nothing_else",
        "sales.goodbye",
        "sales.greet",
        "sales.need_net_monthly_income",
        "sales.off_topic",
        "sales.tenure_out_of_range",
        "sales.thanks",
        "sales.unclear",
        "sales.which_desired_amount_range",
        "sales.which_loan_term_months_range",
    }
)
CONVERSATIONAL_TABLES = frozenset({"noted", "corrected"})
# Fixed text that half a kind sentence may come before. Never a decision, an offer or anything to agree to.
BEHIND_AN_OPENING = frozenset(
    {
        "ask.identity",
        "estimate.emi",
        "estimate.emi_range",
        "kyc.introduction",
        "sales.answer",
        "sales.human",
        "sales.rate_by_policy",
    }
)
LEAST_HEARD = 4
# Facts of these names are figures; every other text is about a person or a place and stays here.
_FIGURE_TEXTS = frozenset({"min_rate", "max_rate", "rate"})


@dataclass(frozen=True, slots=True)
class Draft:
    """Sentences to rephrase; none for an opening.

    keep       their figures and placeholders, as written
    statement  what they state
    hidden     what stands behind each placeholder
    asks       the fields they ask for, with the sentence that asks
    """

    text: str
    keep: tuple[str, ...]
    statement: Statement
    hidden: Mapping[str, str]
    asks: Mapping[str, str]

    def restored(self, text: str) -> str:
        return PLACEHOLDER.sub(lambda match: self.hidden.get(match.group(), match.group()), text)


def _opening() -> Run[Draft]:
    return Run("", Draft("", (), stated(""), {}, {}))


def runs_of(lines: Sequence[Line], book: Phrasebook, heard: str | None = None) -> list[Run[Draft]]:
    """The lines in order, cut where conversation and fixed text meet.

    A run tells one sum, one tenure and so on: of two, a model could swap the parts. Where nothing is conversational
    but the customer said something, room is left for half a sentence in front that states nothing.
    """
    runs: list[tuple[bool, list[Line]]] = []
    told: set[str] = set()
    for said in lines:
        figures = figures_by_kind(book.phrase(said)) if is_conversational(said, book) else None
        free = figures is not None and told.isdisjoint(figures) and all(len(things) == 1 for things in figures.values())
        if runs and runs[-1][0] == free:
            runs[-1][1].append(said)
        else:
            runs.append((free, [said]))
            told = set()
        told |= set(figures or ()) if free else set()
    parts = [Run(_plain(part, book), _draft_or_none(part, book) if free else None) for free, part in runs]
    return [_opening(), *parts] if heard and _leaves_room(heard, lines, parts) else parts


def _leaves_room(heard: str, lines: Sequence[Line], parts: Sequence[Run[Draft]]) -> bool:
    if any(part.draft for part in parts) or len(heard.split()) < LEAST_HEARD:
        return False
    return lines[0]["key"] in BEHIND_AN_OPENING


def is_conversational(said: Line, book: Phrasebook) -> bool:
    key = said["key"]
    if key not in CONVERSATIONAL and key.partition(".")[0] not in CONVERSATIONAL_TABLES:
        return False
    return not stated(book.phrase(said)).claims


def _plain(lines: Sequence[Line], book: Phrasebook) -> str:
    text = ""
    for sentence in map(book.phrase, lines):
        text = joined(text, sentence)
    return text


def _draft_or_none(lines: Sequence[Line], book: Phrasebook) -> Draft | None:
    """No draft where a sentence computes with a fact that would have to be hidden."""
    try:
        return _draft(lines, book)
    except (ValueError, ArithmeticError):
        return None


def _draft(lines: Sequence[Line], book: Phrasebook) -> Draft:
    names = Pseudonyms()
    hidden: dict[str, str] = {}
    masked: list[Line] = []
    asks: dict[str, str] = {}
    for said in lines:
        safe: dict[str, Any] = {}
        for name, value in said["facts"].items():
            safe[name] = value
            if isinstance(value, str) and name not in _FIGURE_TEXTS and not said["key"].endswith(".purpose"):
                kind = "NAME" if name == "value" else re.sub(r"[^A-Z]", "", name.upper()) or "FACT"
                safe[name] = names.hide(kind, value)
                hidden[safe[name]] = value
        masked.append(Line(key=said["key"], facts=safe))
        if said["key"].startswith("ask."):
            asks[said["key"].removeprefix("ask.")] = book.phrase(said).strip()
    text = " ".join(_plain(masked, book).split())
    words = PLACEHOLDER.sub(lambda match: " " * len(match.group()), text)
    keep = (*(text[q.start : q.end] for q in find_quantities(words)), *PLACEHOLDER.findall(text))
    return Draft(text, keep, stated(text), hidden, asks)
