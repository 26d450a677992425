"""The Key Facts Statement: every figure a borrower is told before signing, computed from the repayment schedule.

Follows the Annex A format of the RBI Key Facts Statement circular of 15 April 2024 (RBI/2024-25/18), now part of
RBI/DOR/2025-26/362: part 1 (terms and charges), part 2 (clauses and contacts), the computation sheet of eleven
lines and the repayment schedule. Figures never come from text.

The annual percentage rate is twelve times the monthly internal rate of return on the money received, the method
that reproduces RBI's own illustration. The headline takes GST on the fee as money not received; a second figure
leaves it out.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache

from kb.lender import Lender, Officer
from tools.apr import apr_pct
from tools.calendar import add_working_days
from tools.loan_maths import Schedule, due_dates, schedule
from tools.prepayment import percent_of
from tools.rupees import PAISA, half_up

FORMAT = "RBI-KFS-2024-04"
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Charges:
    """Fees and periods of the credit policy that a Key Facts Statement discloses.

    Percentages are of: the sanctioned amount (processing), the fee (GST), the overdue instalment a year (penal),
    the principal repaid early (foreclosure). The bounce charge is in rupees for each returned mandate.
    """

    processing_fee_pct: Decimal
    gst_pct: Decimal
    penal_charge_pct_pa: Decimal
    foreclosure_fee_pct: Decimal
    bounce_charge: Decimal
    cooling_off_days: int
    kfs_validity_working_days: int
    sanction_validity_days: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What the loan costs. Money in rupees to the paisa, APR in percent to two places (RBI method)."""

    schedule: Schedule
    processing_fee: Decimal
    gst_on_fee: Decimal
    net_disbursed: Decimal
    apr_pct_incl_gst: Decimal
    apr_pct_excl_gst: Decimal

    def as_dict(self) -> dict[str, str | int]:
        """The ten headline numbers, money as decimal strings."""
        plan = self.schedule
        return {
            "instalment": _instalment(plan.instalment),
            "instalments": len(plan.rows),
            "last_instalment": _money(plan.last_instalment),
            "total_interest": _money(plan.total_interest),
            "total_to_be_paid": _money(plan.total_paid),
            "processing_fee": _money(self.processing_fee),
            "gst_on_fee": _money(self.gst_on_fee),
            "net_disbursed": _money(self.net_disbursed),
            "apr_pct_incl_gst": str(self.apr_pct_incl_gst),
            "apr_pct_excl_gst": str(self.apr_pct_excl_gst),
        }


@lru_cache(maxsize=512)  # one loan is worked out for its decision, its offer, its key facts and its letter
def compute_figures(amount: int, annual_rate_pct: Decimal, months: int, charges: Charges) -> Figures:
    """Schedule, fees and APR of a loan of `amount` rupees disbursed at once, fees deducted at disbursal."""
    plan = schedule(amount, annual_rate_pct, months)
    payments = [row.payment for row in plan.rows]
    fee = percent_of(amount, charges.processing_fee_pct)
    gst = percent_of(fee, charges.gst_pct)
    return Figures(
        schedule=plan,
        processing_fee=fee,
        gst_on_fee=gst,
        net_disbursed=amount - fee - gst,
        apr_pct_incl_gst=half_up(apr_pct(amount - fee - gst, payments), _HUNDREDTH),
        apr_pct_excl_gst=half_up(apr_pct(amount - fee, payments), _HUNDREDTH),
    )


def kfs_numbers(amount: int, annual_rate_pct: Decimal, months: int, charges: Charges) -> dict[str, str | int]:
    """The ten headline numbers of a Key Facts Statement, as `Figures.as_dict` gives them."""
    return compute_figures(amount, annual_rate_pct, months, charges).as_dict()


@dataclass(frozen=True)
class KeyFacts:
    """One Key Facts Statement as shown to one applicant. Equal facts have equal digests."""

    proposal_number: str
    applicant_name: str
    amount: int
    annual_rate_pct: Decimal
    months: int
    charges: Charges
    figures: Figures
    sanctioned_on: date
    valid_until: date
    due_dates: tuple[date, ...]
    lender: Lender
    language: str

    @property
    def first_due(self) -> date:
        return self.due_dates[0]

    @property
    def total_fees(self) -> Decimal:
        """Processing fee and the GST on it: what is deducted from the amount at disbursal."""
        return self.figures.processing_fee + self.figures.gst_on_fee

    def as_dict(self) -> dict[str, object]:
        """The whole statement for JSON: money as decimal strings, whole numbers as ints, dates ISO 8601."""
        return {
            "format": FORMAT,
            "language": self.language,
            "proposal_number": self.proposal_number,
            "applicant_name": self.applicant_name,
            "lender": {
                "name": self.lender.name,
                "descriptor": self.lender.descriptor,
                "registration": self.lender.registration_line,
            },
            "sanctioned_on": self.sanctioned_on.isoformat(),
            "valid_until": self.valid_until.isoformat(),
            "apr_method": "12 x monthly internal rate of return on the net disbursed amount (RBI KFS method)",
            **self.figures.as_dict(),
            "part_1": self._part_1(),
            "part_2": self._part_2(),
            "computation_sheet": self._computation_sheet(),
            "repayment_schedule": self._repayment_schedule(),
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over the canonical JSON of `as_dict`: what an acknowledgement refers to."""
        return canonical_digest(self.as_dict())

    def _part_1(self) -> dict[str, object]:
        charges, figures = self.charges, self.figures
        return {
            "loan_type": "Personal loan, unsecured",
            "sanctioned_amount": self.amount,
            "disbursal": {"schedule": "full", "stages": 1},
            "loan_term_months": self.months,
            "instalments": {
                "type": "monthly",
                "count": len(figures.schedule.rows),
                "amount": _instalment(figures.schedule.instalment),
                "last_amount": _money(figures.schedule.last_instalment),
                "first_due": self.first_due.isoformat(),
            },
            "interest": {
                "rate_pct": _percent(self.annual_rate_pct),
                "type": "fixed",
                "method": "reducing balance, monthly rest",
            },
            "floating_rate": None,
            "fees_to_lender": [
                {
                    "name": "processing_fee",
                    "frequency": "one-time",
                    "pct_of_amount": _percent(charges.processing_fee_pct),
                    "amount": _money(figures.processing_fee),
                    "gst_pct": _percent(charges.gst_pct),
                    "gst": _money(figures.gst_on_fee),
                    "total": _money(self.total_fees),
                    "paid": "deducted at disbursal",
                }
            ],
            "fees_to_third_parties": [],
            "apr_pct": str(figures.apr_pct_incl_gst),
            "apr_pct_excl_gst": str(figures.apr_pct_excl_gst),
            "contingent_charges": {
                "penal_charge": {
                    "pct_pa_of_overdue_instalment": _percent(charges.penal_charge_pct_pa),
                    "gst_pct": "0.00",
                    "capitalised": False,
                },
                "other_penal_charges": None,
                "bounce_charge": {"amount": _money(charges.bounce_charge), "gst_pct": _percent(charges.gst_pct)},
                "foreclosure_fee": {
                    "pct_of_principal_repaid": _percent(charges.foreclosure_fee_pct),
                    "gst_pct": _percent(charges.gst_pct),
                    "nil_during_cooling_off": True,
                },
                "rate_switch_fee": None,
                "other": None,
            },
        }

    def _part_2(self) -> dict[str, object]:
        lender = self.lender
        return {
            "recovery_agents": lender.recovery_agent,
            "grievance_officer": _contact(lender.grievance_officer),
            "nodal_officer": _contact(lender.nodal_officer),
            "ombudsman": {
                "scheme": lender.ombudsman.scheme,
                "portal": lender.ombudsman.portal,
                "after_days": lender.ombudsman.wait_days,
            },
            "transfer_or_securitisation": lender.transferable,
            "co_lending": lender.co_lending,
            "cooling_off_days": self.charges.cooling_off_days,
            "cooling_off_exit": "principal and interest for the days held, no penalty, processing fee with GST kept",
            "lsp_recovery_agent": lender.recovery_agent,
        }

    def _computation_sheet(self) -> list[dict[str, object]]:
        figures, plan = self.figures, self.figures.schedule
        lines: list[tuple[str, object]] = [
            ("sanctioned_amount", self.amount),
            (
                "term",
                {
                    "months": self.months,
                    "instalment_type": "monthly",
                    "instalment": _instalment(plan.instalment),
                    "instalments": len(plan.rows),
                    "first_due": self.first_due.isoformat(),
                },
            ),
            ("interest_type", "fixed"),
            ("rate_pct", _percent(self.annual_rate_pct)),
            ("total_interest", _money(plan.total_interest)),
            ("fees", {"lender": _money(self.total_fees), "third_party": "0.00", "total": _money(self.total_fees)}),
            ("net_disbursed", _money(figures.net_disbursed)),
            ("total_to_be_paid", _money(plan.total_paid)),
            ("apr_pct", str(figures.apr_pct_incl_gst)),
            ("disbursal_schedule", "full amount at once"),
            ("due_dates", {"first": self.first_due.isoformat(), "last": self.due_dates[-1].isoformat()}),
        ]
        return [{"line": number, "item": item, "value": value} for number, (item, value) in enumerate(lines, 1)]

    def _repayment_schedule(self) -> list[dict[str, object]]:
        return [
            {
                "number": row.number,
                "due": due.isoformat(),
                "outstanding": _money(row.opening),
                "principal": _money(row.principal),
                "interest": _money(row.interest),
                "instalment": _money(row.payment),
            }
            for row, due in zip(self.figures.schedule.rows, self.due_dates, strict=True)
        ]


def build_kfs(
    *,
    proposal_number: str,
    applicant_name: str,
    amount: int,
    annual_rate_pct: Decimal,
    months: int,
    charges: Charges,
    sanctioned_on: date,
    first_due: date,
    lender: Lender,
    language: str = "en",
) -> KeyFacts:
    """Build the statement. Raises ValueError when the first instalment does not fall after the sanction."""
    if first_due <= sanctioned_on:
        raise ValueError("the first instalment must fall due after the sanction")
    return KeyFacts(
        proposal_number=proposal_number,
        applicant_name=applicant_name,
        amount=amount,
        annual_rate_pct=annual_rate_pct,
        months=months,
        charges=charges,
        figures=compute_figures(amount, annual_rate_pct, months, charges),
        sanctioned_on=sanctioned_on,
        valid_until=add_working_days(sanctioned_on, charges.kfs_validity_working_days),
        due_dates=tuple(due_dates(first_due, months)),
        lender=lender,
        language=language,
    )


def canonical_digest(document: Mapping[str, object]) -> str:
    """SHA-256 (hex) of the document as JSON with sorted keys and no blanks, in UTF-8."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _money(value: Decimal) -> str:
    return str(half_up(value, PAISA))


def _instalment(value: Decimal) -> str:
    """A rupee instalment without paise, as schedules quote it; any other to the paisa."""
    return str(int(value)) if value == value.to_integral_value() else _money(value)


def _percent(value: Decimal) -> str:
    return str(half_up(value, _HUNDREDTH))


def _contact(officer: Officer) -> dict[str, object]:
    return {"name": officer.name, "phone": officer.phone, "email": officer.email, "hours": officer.hours}
