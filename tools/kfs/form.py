"""The statement as data: the fields of the form, the same in every language but for clauses and names."""

from typing import TYPE_CHECKING

from kb.lender import Officer
from tools.kfs.figures import instalment, money, percent
from tools.wording import wording

if TYPE_CHECKING:
    from tools.kfs.statement import KeyFacts

FORMAT = "RBI-KFS-2024-04"


def form(facts: "KeyFacts") -> dict[str, object]:
    """Headline figures, both parts, computation sheet, schedule; codes and figures are the same in all languages."""
    lender = facts.lender
    return {
        "format": FORMAT,
        "language": facts.language,
        "proposal_number": facts.proposal_number,
        "applicant_name": facts.applicant_name,
        "lender": {
            "name": lender.name,
            "descriptor": lender.descriptor,
            "registration": lender.registration_line,
        },
        "sanctioned_on": facts.sanctioned_on.isoformat(),
        "valid_until": facts.valid_until.isoformat(),
        "apr_method": _clause(facts, "apr_method"),
        **facts.figures.as_dict(),
        "part_1": _part_1(facts),
        "part_2": _part_2(facts),
        "computation_sheet": _computation_sheet(facts),
        "repayment_schedule": _repayment_schedule(facts),
    }


def _part_1(facts: "KeyFacts") -> dict[str, object]:
    charges, figures = facts.charges, facts.figures
    plan, gst = figures.schedule, percent(charges.gst_pct)
    return {
        "loan_type": _clause(facts, "loan_type"),
        "sanctioned_amount": facts.amount,
        "disbursal": {"schedule": "full", "stages": 1},
        "loan_term_months": facts.months,
        "instalments": {
            "type": "monthly",
            "count": len(plan.rows),
            "amount": instalment(plan.instalment),
            "last_amount": money(plan.last_instalment),
            "first_due": facts.first_due.isoformat(),
        },
        "interest": {
            "rate_pct": percent(facts.annual_rate_pct),
            "type": "fixed",
            "method": _clause(facts, "interest_method"),
        },
        "floating_rate": None,
        "fees_to_lender": [
            {
                "name": "processing_fee",
                "frequency": "one-time",
                "pct_of_amount": percent(charges.processing_fee_pct),
                "amount": money(figures.processing_fee),
                "gst_pct": gst,
                "gst": money(figures.gst_on_fee),
                "total": money(facts.total_fees),
                "paid": _clause(facts, "fee_paid"),
            }
        ],
        "fees_to_third_parties": [],
        "fees_not_charged": ["insurance", "valuation", "other"],
        "apr_pct": str(figures.apr_pct_incl_gst),
        "apr_pct_excl_gst": str(figures.apr_pct_excl_gst),
        "contingent_charges": {
            "penal_charge": {
                "pct_pa_of_overdue_instalment": percent(charges.penal_charge_pct_pa),
                "gst_pct": "0.00",
                "capitalised": False,
            },
            "other_penal_charges": None,
            "bounce_charge": {"amount": money(charges.bounce_charge), "gst_pct": gst},
            "foreclosure_fee": {
                "pct_of_principal_repaid": percent(charges.foreclosure_fee_pct),
                "gst_pct": gst,
                "nil_during_cooling_off": True,
            },
            "rate_switch_fee": None,
            "other": None,
        },
    }


def _part_2(facts: "KeyFacts") -> dict[str, object]:
    lender = facts.lender
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
        "cooling_off_days": facts.charges.cooling_off_days,
        "cooling_off_exit": _clause(facts, "cooling_off_exit"),
        "lsp_recovery_agent": lender.recovery_agent,
    }


def _computation_sheet(facts: "KeyFacts") -> list[dict[str, object]]:
    figures, plan = facts.figures, facts.figures.schedule
    fees = money(facts.total_fees)
    lines: list[tuple[str, object]] = [
        ("sanctioned_amount", facts.amount),
        (
            "term",
            {
                "months": facts.months,
                "instalment_type": "monthly",
                "instalment": instalment(plan.instalment),
                "instalments": len(plan.rows),
                "first_due": facts.first_due.isoformat(),
            },
        ),
        ("interest_type", "fixed"),
        ("rate_pct", percent(facts.annual_rate_pct)),
        ("total_interest", money(plan.total_interest)),
        ("fees", {"lender": fees, "third_party": "0.00", "total": fees}),
        ("net_disbursed", money(figures.net_disbursed)),
        ("total_to_be_paid", money(plan.total_paid)),
        ("apr_pct", str(figures.apr_pct_incl_gst)),
        ("disbursal_schedule", _clause(facts, "disbursal_schedule")),
        ("due_dates", {"first": facts.first_due.isoformat(), "last": facts.due_dates[-1].isoformat()}),
    ]
    return [{"line": number, "item": item, "value": value} for number, (item, value) in enumerate(lines, 1)]


def _repayment_schedule(facts: "KeyFacts") -> list[dict[str, object]]:
    return [
        {
            "number": row.number,
            "due": due.isoformat(),
            "outstanding": money(row.opening),
            "principal": money(row.principal),
            "interest": money(row.interest),
            "instalment": money(row.payment),
        }
        for row, due in zip(facts.figures.schedule.rows, facts.due_dates, strict=True)
    ]


def _clause(facts: "KeyFacts", key: str) -> str:
    return wording("tools.kfs", facts.language).say(f"clauses.{key}")


def _contact(officer: Officer) -> dict[str, object]:
    return {"name": officer.name, "phone": officer.phone, "email": officer.email, "hours": officer.hours}
