"""The statement as a customer reads it, on paper and beside the chat: one set of lines for both."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.wording import plain, wording

if TYPE_CHECKING:
    from tools.kfs.statement import KeyFacts

# Numbered lines of the form; a line without a number goes with the one above it.
_PART_1 = (
    ("1", "proposal"),
    ("2", "sanctioned_amount"),
    ("3", "disbursal"),
    ("4", "loan_term"),
    ("5", "instalments"),
    ("6", "interest"),
    ("7", "floating_rate"),
    ("8", "processing_fee"),
    ("", "insurance"),
    ("", "valuation"),
    ("", "other_fees"),
    ("9", "apr"),
    ("10", "penal_charge"),
    ("", "bounce_charge"),
    ("", "foreclosure_fee"),
    ("", "rate_switch"),
    ("", "other_charges"),
)
_PART_2 = (
    "recovery_agents",
    "grievances",
    "nodal_officer",
    "transfer",
    "co_lending",
    "cooling_off",
    "lsp_recovery_agent",
)
_SHEET = (
    "sanctioned_amount",
    "term",
    "interest_type",
    "rate",
    "total_interest",
    "fees",
    "net_disbursed",
    "total_to_be_paid",
    "apr",
    "disbursal",
    "due_dates",
)
_COLUMNS = ("number", "due", "outstanding", "principal", "interest", "instalment")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the form. Label and value may mark words as bold with two asterisks."""

    number: str
    item: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything but the rows of the schedule, which are figures and dates alone."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    apr_note: str
    schedule_title: str
    schedule_summary: str
    schedule_note: str
    columns: tuple[str, ...]
    total: str

    def as_dict(self) -> dict[str, object]:
        """For JSON, without the marks of boldness."""
        return {
            "title": self.title,
            "subtitle": plain(self.subtitle),
            "sections": [
                {
                    "key": section.key,
                    "title": section.title,
                    "lines": [
                        {
                            "number": line.number,
                            "item": line.item,
                            "label": plain(line.label),
                            "value": plain(line.value),
                        }
                        for line in section.lines
                    ],
                }
                for section in self.sections
            ],
            "apr_note": self.apr_note,
            "schedule": {
                "title": self.schedule_title,
                "summary": self.schedule_summary,
                "note": self.schedule_note,
                "columns": dict(zip(_COLUMNS, self.columns, strict=True)),
                "total": self.total,
            },
        }


def reading(facts: "KeyFacts") -> Reading:
    """The statement in words; every figure is one of its fields."""
    words = wording("tools.kfs", facts.language)
    given = given_of(facts)

    def section(key: str, lines: Sequence[tuple[str, str]]) -> Section:
        return Section(
            key,
            words.say(f"{key}.title"),
            tuple(
                Line(number, item, words.say(f"{key}.{item}.label", **given), words.say(f"{key}.{item}.value", **given))
                for number, item in lines
            ),
        )

    return Reading(
        title=words.say("title"),
        subtitle=words.say("subtitle", **given),
        sections=(
            section("part_1", _PART_1),
            section("part_2", [(str(number), item) for number, item in enumerate(_PART_2, 1)]),
            section("computation_sheet", [(str(number), item) for number, item in enumerate(_SHEET, 1)]),
        ),
        apr_note=words.say("apr_note"),
        schedule_title=words.say("schedule.title"),
        schedule_summary=words.say("schedule.summary", **given),
        schedule_note=words.say("schedule.note", **given),
        columns=tuple(words.say(f"schedule.{column}") for column in _COLUMNS),
        total=words.say("schedule.total"),
    )


def given_of(facts: "KeyFacts") -> dict[str, object]:
    """The facts of the statement by the names that the wording of papers has for them."""
    charges, figures, lender = facts.charges, facts.figures, facts.lender
    plan = figures.schedule
    words = wording("tools.kfs", facts.language)
    return {
        "proposal": facts.proposal_number,
        "name": facts.applicant_name,
        "sanctioned_on": facts.sanctioned_on,
        "valid_until": facts.valid_until,
        "valid_days": charges.kfs_validity_working_days,
        "amount": facts.amount,
        "months": facts.months,
        "instalment": plan.instalment,
        "last_instalment": plan.last_instalment,
        "first_due": facts.first_due,
        "last_due": facts.due_dates[-1],
        "rate": facts.annual_rate_pct,
        "fee": figures.processing_fee,
        "fee_pct": charges.processing_fee_pct,
        "gst": figures.gst_on_fee,
        "gst_pct": charges.gst_pct,
        "fees": facts.total_fees,
        "apr": figures.apr_pct_incl_gst,
        "apr_without_gst": figures.apr_pct_excl_gst,
        "total_interest": plan.total_interest,
        "net_disbursed": figures.net_disbursed,
        "total_paid": plan.total_paid,
        "penal_pct": charges.penal_charge_pct_pa,
        "bounce": charges.bounce_charge,
        "foreclosure_pct": charges.foreclosure_fee_pct,
        "cooling_off_days": charges.cooling_off_days,
        "recovery_agent": lender.recovery_agent,
        "co_lending": lender.co_lending,
        "transfer": words.say("clauses.transferable" if lender.transferable else "clauses.not_transferable"),
        "officer": lender.grievance_officer,
        "nodal": lender.nodal_officer,
        "ombudsman": lender.ombudsman,
    }
