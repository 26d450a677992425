"""Laws of reading a salary slip's text: any lines give figures that are possible, or none."""

from datetime import date
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from agents.embedded import embedded_services
from server.routes.documents import as_claims
from tests.fuzz.law import law
from tests.fuzz.strategies import messages
from tools.documents.amounts import amounts_in
from tools.documents.dates import blank_dates, find_days, find_months
from tools.documents.kinds import sniff_kind
from tools.documents.salary_slip import read_slip_text

MOST = Decimal(10**12)
CELLS = st.sampled_from(
    ["Net Pay", "NET SALARY:", "Gross Earnings", "Total Deductions", "Employee Name:", "Pay Date", "Salary slip for",
     "PAN", "Bank A/c No", "54,200", "1,54,200.50", "Rs. 54,200/-", "(5,800)", "₹0", "-", "nil", "30/11/2026",
     "31/11/2026", "November 2026", "Nov'26", "Asha Rao", "ZZZPK1001A", "  ", "\t", "in words", "(A - B)", "YTD",
     "99999999", "1" * 40]
) | messages  # fmt: skip
lines = st.lists(st.lists(CELLS, max_size=5).map("   ".join), max_size=12).map("\n".join)


@law
@given(lines)
@example("Net Pay " * 5000)
@example("(" * 3000 + "Net Pay" + ")" * 3000)
@example("Net Pay " + "for the month of " * 400 + "x")
def test_amounts_and_dates(text: str) -> None:
    for line in text.splitlines():
        line = line[:300]
        for found in amounts_in(line):
            assert 0 <= found.value < MOST
            assert 0 <= found.start < found.end <= len(line)
        assert len(blank_dates(line)) == len(line)
        assert all(day.year >= 2000 for day in [*find_days(line), *find_months(line)])


@law
@given(st.lists(lines, max_size=3))
def test_a_slip_gives_possible_figures(pages: list[str]) -> None:
    reading = read_slip_text(pages)
    for amount in (reading.gross, reading.deductions, reading.net_pay):
        assert amount is None or 0 <= amount < MOST
    assert reading.net_pay is not None or reading.problems
    claims = as_claims(reading, embedded_services())
    assert claims["net_pay"] is None or claims["net_pay"] >= 0
    assert claims["paid_on"] is None or date.fromisoformat(claims["paid_on"])
    assert all(isinstance(problem, str) for problem in claims["problems"])


@law
@given(st.binary(max_size=64) | st.sampled_from([b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"]))
def test_the_kind_of_a_file(data: bytes) -> None:
    kind = sniff_kind(data)
    assert sniff_kind(b" " + data) is None or kind is None
    assert kind == sniff_kind(data + b"tail") or kind is None
