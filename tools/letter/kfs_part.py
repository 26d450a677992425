"""The Key Facts Statement in print: parts 1 and 2 and the computation sheet."""

from collections.abc import Sequence

from reportlab.platypus import Flowable, KeepTogether, Spacer

from tools.kfs import KeyFacts
from tools.letter.blocks import grid
from tools.letter.figures import day, percent, rupees, rupees_paise, short_percent
from tools.letter.style import COMPACT_RIGHT, COMPACT_STRONG, COMPACT_STRONG_RIGHT, HEADING, SMALL, TITLE
from tools.letter.typeface import markup, paragraph

Line = tuple[str, str, str]


def kfs_part(facts: KeyFacts) -> list[Flowable]:
    return [
        paragraph("Key Facts Statement", TITLE),
        Spacer(1, 3),
        paragraph(
            f"Proposal {markup(facts.proposal_number)} for {markup(facts.applicant_name)}  ·  "
            f"{day(facts.sanctioned_on)}  ·  binds the lender if accepted by {day(facts.valid_until)} "
            f"({facts.charges.kfs_validity_working_days} working days)",
            SMALL,
        ),
        paragraph("Part 1. Interest, fees and charges", HEADING),
        _lines(_part_1(facts)),
        paragraph("Part 2. Other information", HEADING),
        _lines(_part_2(facts)),
        KeepTogether([paragraph("Computation of the APR", HEADING), _computation(facts)]),
        Spacer(1, 4),
        paragraph(
            "APR is twelve times the monthly internal rate of return of the instalments on the net disbursed amount, "
            "the method of the Reserve Bank's illustration. The last instalment differs by what rounding to whole "
            "rupees leaves.",
            SMALL,
        ),
    ]


def _part_1(facts: KeyFacts) -> list[Line]:
    charges, figures = facts.charges, facts.figures
    plan, gst = figures.schedule, short_percent(charges.gst_pct)
    return [
        ("1", "Loan proposal and type", markup(f"{facts.proposal_number}, unsecured personal loan")),
        ("2", "Sanctioned amount", f"<b>{rupees(facts.amount)}</b>"),
        ("3", "Disbursal", "Whole amount at once, less the fees in line 8"),
        ("4", "Loan term", f"{facts.months} months"),
        (
            "5",
            "Instalments",
            f"{facts.months} monthly instalments of <b>{rupees(plan.instalment)}</b>, the last "
            f"{rupees(plan.last_instalment)}; first due {day(facts.first_due)}",
        ),
        (
            "6",
            "Interest rate",
            f"<b>{percent(facts.annual_rate_pct)} a year, fixed</b>, reducing balance, monthly rest",
        ),
        ("7", "Floating rate details", "Not applicable: the rate is fixed"),
        (
            "8",
            "Fees to the lender (A)",
            f"Processing fee, once: {rupees_paise(figures.processing_fee)} "
            f"({short_percent(charges.processing_fee_pct)}) + GST {gst} {rupees_paise(figures.gst_on_fee)} = "
            f"<b>{rupees_paise(facts.total_fees)}</b>, deducted at disbursal",
        ),
        ("", "Fees to third parties (B)", "None: no insurance, valuation or other charge"),
        (
            "9",
            "Annual percentage rate (APR)",
            f"<b>{percent(figures.apr_pct_incl_gst)}</b> (without GST on the fee {percent(figures.apr_pct_excl_gst)})",
        ),
        (
            "10",
            "Contingent charges: late payment",
            f"<b>Penal charge of {short_percent(charges.penal_charge_pct_pa)} a year on the overdue instalment for the "
            "days overdue; no GST, never added to principal</b>",
        ),
        ("", "Other penal charges", f"Returned mandate {rupees(charges.bounce_charge)} + GST {gst}"),
        (
            "",
            "Foreclosure",
            f"{short_percent(charges.foreclosure_fee_pct)} of the principal repaid early + GST {gst}; "
            "nothing during cooling-off",
        ),
        ("", "Switching between fixed and floating", "Not offered"),
        ("", "Any other charge", "None, and no interest for a broken period"),
    ]


def _part_2(facts: KeyFacts) -> list[Line]:
    lender = facts.lender
    grievance, nodal, ombudsman = lender.grievance_officer, lender.nodal_officer, lender.ombudsman
    return [
        ("1", "Recovery agents", lender.recovery_agent),
        (
            "2",
            "Grievances",
            f"{grievance.name}, {grievance.phone}, {grievance.email}. "
            f"After {ombudsman.wait_days} days: {ombudsman.scheme}, {ombudsman.portal}",
        ),
        ("3", "Nodal grievance officer", f"{nodal.name}, {nodal.phone}, {nodal.email}"),
        (
            "4",
            "Transfer or securitisation",
            "The loan may be transferred or securitised; you would be told, and these terms would stay"
            if lender.transferable
            else "The loan will not be transferred or securitised",
        ),
        ("5", "Co-lending", lender.co_lending),
        (
            "6",
            "Cooling-off (digital loan)",
            f"{facts.charges.cooling_off_days} days from disbursal: principal and interest for the days held, no "
            "penalty; the processing fee with GST is kept",
        ),
        ("7", "Lending service provider as recovery agent", "None"),
    ]


def _lines(lines: Sequence[Line]) -> Flowable:
    heading = [paragraph(text, COMPACT_STRONG) for text in ("", "Item", "Details")]
    return grid(
        [heading, *([number, label, value] for number, label, value in lines)], (0.045, 0.265, 0.69), compact=True
    )


def _computation(facts: KeyFacts) -> Flowable:
    figures, plan = facts.figures, facts.figures.schedule
    lines: list[Line] = [
        ("1", "Sanctioned loan amount", rupees_paise(facts.amount)),
        (
            "2",
            f"Term: {facts.months} monthly instalments, first due {day(facts.first_due)}; instalment",
            rupees_paise(plan.instalment),
        ),
        ("3", "Interest type", "Fixed"),
        ("4", "Rate of interest a year", percent(facts.annual_rate_pct)),
        ("5", "Total interest over the whole term", rupees_paise(plan.total_interest)),
        ("6", "Fees and charges: lender (A) with GST; third parties (B) none", rupees_paise(facts.total_fees)),
        ("7", "Net disbursed amount (1 – 6)", rupees_paise(figures.net_disbursed)),
        ("8", "Total amount to be paid by the borrower (1 + 5)", rupees_paise(plan.total_paid)),
        ("9", "Annual percentage rate (APR)", f"<b>{percent(figures.apr_pct_incl_gst)}</b>"),
        ("10", "Disbursal", "Whole amount at once"),
        ("11", "Due dates of instalments", f"{day(facts.first_due)} to {day(facts.due_dates[-1])}, monthly"),
    ]
    heading = [
        paragraph("", COMPACT_STRONG),
        paragraph("Line", COMPACT_STRONG),
        paragraph("Value", COMPACT_STRONG_RIGHT),
    ]
    rows = [[number, label, paragraph(value, COMPACT_RIGHT)] for number, label, value in lines]
    return grid([heading, *rows], (0.045, 0.605, 0.35), compact=True)
