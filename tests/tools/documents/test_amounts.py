from decimal import Decimal

import pytest

from tools.documents.amounts import amounts_in


def values(line: str) -> list[str]:
    return [str(found.value) for found in amounts_in(line)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("54200", ["54200"]),
        ("54,200", ["54200"]),
        ("1,54,200.50", ["154200.50"]),
        ("154,200.5", ["154200.5"]),
        ("Rs. 54,200/-", ["54200"]),
        ("Rs.54,200/=", ["54200"]),
        ("₹54,200.00", ["54200.00"]),
        ("INR 54,200 only", ["54200"]),
        ("(5,800)", ["5800"]),
        ("60,000.00   5,800.00", ["60000.00", "5800.00"]),
        ("0.00", ["0.00"]),
    ],
)
def test_amounts(line: str, expected: list[str]) -> None:
    assert values(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "November 2026",
        "30/11/2026",
        "12%",
        "30 days",
        "A/c No. XXXXXX4417",
        "A/c 50100234",
        "account number: 50100234",
        "123456789012",
        "ZZZPM1101A",
        "E-10427",
        "EMP10427",
        "12.5.3",
        "1,2,3",
    ],
)
def test_what_is_no_amount(line: str) -> None:
    assert values(line) == []


def test_columns_are_kept() -> None:
    line = "Gross    60,000.00   Less   5,800"
    assert [(found.value, line[found.start : found.end]) for found in amounts_in(line)] == [
        (Decimal("60000.00"), "60,000.00"),
        (Decimal(5800), "5,800"),
    ]
