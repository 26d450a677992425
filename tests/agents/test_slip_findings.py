"""What does not fit between a slip and what is known of its holder."""

from decimal import Decimal

import pytest

from agents.deciding.slip_findings import pays_more, same_employer

GAP = Decimal(25)


@pytest.mark.parametrize(
    ("known", "printed", "same"),
    [
        ("Golconda Pharma", "GOLCONDA PHARMA PRIVATE LIMITED", True),
        ("Golconda Pharma", "Golconda Pharma Pvt. Ltd., Hyderabad", True),
        ("Northwind Software", "M/s Northwind Software (India) Pvt Ltd", True),
        ("Hooghly Retail", "HooghlyRetail Ltd", True),
        ("Tata Sample Services", "TSS", True),
        ("State School Board", "State Electricity Board", False),
        ("Golconda Pharma", "Riverside Software", False),
        ("Golconda Pharma", "Golconda Steel", False),
        ("State School Board", "State", False),
        ("Sample & Sons", "Sample and Sons", True),
        ("नमूना मिल्स", "नमूना मिल्स", True),
    ],
)
def test_one_firm_or_two(known: str, printed: str, same: bool) -> None:
    assert same_employer(known, printed) is same
    assert same_employer(printed, known) is same


@pytest.mark.parametrize(
    ("net_pay", "record", "more"),
    [
        (50_000, 40_000, False),  # 25.00 % above
        (50_001, 40_000, True),
        (50_004, 40_000, True),  # 25.01 %
        (40_000, 40_000, False),
        (12_500, 10_000, False),
        (12_501, 10_000, True),
        (90_000, None, False),
    ],
)
def test_pay_above_the_record(net_pay: int, record: int | None, more: bool) -> None:
    assert pays_more(net_pay, record, GAP) is more
