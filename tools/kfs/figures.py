"""What a loan costs: schedule, fees and annual percentage rate, worked out once and printed everywhere.

The annual percentage rate is twelve times the monthly internal rate of return on the money received, the method
that reproduces RBI's own illustration. The headline takes GST on the fee as money not received; a second figure
leaves it out.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from tools.apr import apr_pct
from tools.loan_maths import Schedule, schedule
from tools.prepayment import percent_of
from tools.rupees import PAISA, half_up

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
            "instalment": instalment(plan.instalment),
            "instalments": len(plan.rows),
            "last_instalment": money(plan.last_instalment),
            "total_interest": money(plan.total_interest),
            "total_to_be_paid": money(plan.total_paid),
            "processing_fee": money(self.processing_fee),
            "gst_on_fee": money(self.gst_on_fee),
            "net_disbursed": money(self.net_disbursed),
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


def money(value: int | Decimal) -> str:
    """To the paisa, without grouping: "9680.00"."""
    return str(half_up(value, PAISA))


def instalment(value: Decimal) -> str:
    """A rupee instalment without paise, as schedules quote it; any other to the paisa."""
    return str(int(value)) if value == value.to_integral_value() else money(value)


def percent(value: Decimal) -> str:
    """Two places: "10.00"."""
    return str(half_up(value, _HUNDREDTH))
