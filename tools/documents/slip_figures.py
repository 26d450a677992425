"""Gross pay, deductions and net pay in the text of a salary slip."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from tools.documents.amounts import amounts_in, labelled
from tools.documents.bilingual import either, hindi

_ROUNDING = Decimal(1)
_MOST_CANDIDATES = 12

# English and Hindi names of the three figures.
_NET_EN = (
    r"\bnet\s+(?:pay(?:able|ment|out)?|salary|take\s*-?\s*home|amount|credit(?:ed)?|wages?|paid|transfer(?:red)?"
    r"|remuneration|earnings?|income)\b"
    r"(?:\s+(?:pay|salary|amount|payable|paid|credited|transferred|(?:for|in)\s+(?:the|this)\s+month|this\s+month)\b)*"
    r"(?!\s*(?:days?\b|taxable|\(?\s*in\s+words))"
    r"|\btake\s*-?\s*home(?:\s+(?:pay|salary|amount))?\b(?!\s*\(?\s*in\s+words)"
    r"|\bin\s*-?\s*hand\s+(?:pay|salary|amount)\b"
    r"|\b(?:salary|amount|pay)\s+(?:credited|transferred)\b(?!\s+(?:on|date))"
)
_NET_HI = (
    r"(?:शुद्ध|निवल|नेट)\s*(?:देय\s*)?(?:वेतन|राशि|भुगतान|आय|देय)(?:\s*राशि)?(?!\s*(?:शब्दों|\(शब्दों))"
    r"|हाथ\s+में\s+(?:आने\s+वाला\s+)?वेतन|कुल\s+देय(?:\s+(?:राशि|वेतन))?"
)
_GROSS_EN = (
    r"(?<!annual )\bgross\s+(?:pay|salary|earn(?:ings?)?|wages?|amount|income|remuneration|total|emoluments?)\b\.?"
    r"(?! ?(?:taxable|deduct|per\s+annum|p\.?a\b))"
    r"|\btotal\s+(?:gross|earnings?|additions?|emoluments?|payments?|income)\b(?:\s+(?:pay|salary|earnings?))?"
    r"|\b(?:earnings?|gross)\s+total\b|\bgross(?=\s*[:=-]|\s+(?:rs|inr|₹|\d))"
)
_GROSS_HI = r"(?:सकल|ग्रॉस)\s*(?:वेतन|आय|राशि|कमाई)|कुल\s+(?:आय|वेतन|अर्जन|उपार्जन|आमदनी|कमाई)"
_CUTS_EN = (
    r"\b(?:total|gross|less)\s*:?\s+(?:deductions?|dedn?s?|recover(?:y|ies))\b\.?|\bdeductions?\s+total\b"
    r"|\bdeductions?(?=\s*[:=-]\s*(?:rs|inr|₹|\d|nil))|\bdeductions?(?=\s{2,}(?:net|take|in\s*-?\s*hand)\b)"
)
_CUTS_HI = r"कुल\s+(?:कटौती|कटौतियाँ|कटौतियां|कटौतियों)|कटौती\s+(?:का\s+)?(?:योग|कुल)"

_NET = re.compile(either(_NET_EN, _NET_HI), re.IGNORECASE)
_GROSS = re.compile(either(_GROSS_EN, _GROSS_HI), re.IGNORECASE)
_DEDUCTIONS = re.compile(either(_CUTS_EN, _CUTS_HI), re.IGNORECASE)
_ANY = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in (_NET, _GROSS, _DEDUCTIONS)), re.IGNORECASE)
_YEAR_TO_DATE = re.compile(
    rf"\by\.?t\.?d\b|\byear\s+to\s+date\b|\bcumulative\b|\btill\s+date\b|\bup\s*to\s+date\b"
    rf"|{hindi('वर्ष में अब तक|संचयी')}",
    re.IGNORECASE,
)
_SIDE_BY_SIDE = re.compile(r"\bearnings?\b.*\bdeductions?\b", re.IGNORECASE)
_TOTALS = re.compile(r"^\s*(?:grand\s+|sub\s*-?\s*)?(?:totals?\b|कुल\s|योग\s)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Figures:
    """Rupees; None for what the slip does not say. `several_nets`: it names different net pays and none adds up."""

    gross: Decimal | None
    deductions: Decimal | None
    net_pay: Decimal | None
    several_nets: bool


def adds_up(gross: Decimal | None, deductions: Decimal | None, net_pay: Decimal | None) -> bool | None:
    """Whether gross less deductions is net, to the rupee (slips round); None when one is not known."""
    if gross is None or deductions is None or net_pay is None:
        return None
    return abs(gross - deductions - net_pay) <= _ROUNDING


def find_figures(lines: Sequence[str]) -> Figures:
    """Figures by their labels. Of several candidates the ones that add up count; no candidate is picked by guess.

    Beside the month's column there may be one of the year so far, where every figure is at least as large: the month's
    is the smallest of its row then. Of a row of other figures, each is a candidate.
    """
    of_a_year = any(_YEAR_TO_DATE.search(line) for line in lines)
    rows = [labelled(lines, label, _ANY) for label in (_GROSS, _DEDUCTIONS, _NET)]
    several_in_a_row = any(len(row) > 1 for row in rows[2])
    grosses, cuts, nets = (
        _distinct([min(row)] if of_a_year and len(row) > 1 else row for row in found) for found in rows
    )
    if not (grosses and cuts):
        total = _total_row(lines)
        grosses, cuts = grosses or total[:1], cuts or total[1:]
    nets = [net for net in nets if net > 0]
    agreeing = [triple for triple in product(grosses, cuts, nets) if adds_up(*triple)]
    agreed_nets = {net for _, _, net in agreeing}
    if len(agreed_nets) == 1:
        return Figures(*agreeing[0], several_nets=False)
    proven = len(nets) == 1 and not (several_in_a_row and not (grosses and cuts))
    return Figures(
        gross=grosses[0] if grosses else None,
        deductions=cuts[0] if cuts else None,
        net_pay=nets[0] if proven else None,
        several_nets=bool(nets) and not proven,
    )


def _total_row(lines: Sequence[str]) -> list[Decimal]:
    """Gross and deductions of a row headed only "Total", under earnings and deductions set side by side."""
    heading = next((index for index, line in enumerate(lines) if _SIDE_BY_SIDE.search(line)), None)
    if heading is None:
        return []
    for line in lines[heading + 1 :]:
        if _TOTALS.search(line):
            values = [found.value for found in amounts_in(line)]
            if len(values) == 2:
                return values
    return []


def _distinct(rows: Iterable[Iterable[Decimal]]) -> list[Decimal]:
    return list(dict.fromkeys(value for row in rows for value in row))[:_MOST_CANDIDATES]
