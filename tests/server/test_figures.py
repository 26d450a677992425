"""The figures of a loan agree to the paisa wherever a customer reads them."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.driver import Conversation, Json, converse, customers
from tests.pdf import words
from tests.service import COMMAND, Service, clean_environment, run_command
from tools.rupees import rupees

SANCTIONED = ("C01", "C02", "C03", "C04", "C07", "C10", "C16", "C18")


@pytest.mark.parametrize("customer_id", SANCTIONED)
def test_one_truth(service: Service, customer_id: str) -> None:
    with Conversation(service) as conversation:
        last = converse(conversation, customer_id)
        record, statement = conversation.get("/decision"), conversation.get("/kfs")
        figures = record["kfs"]
        _check_offer(last["loan_application"], record)
        _check_statement(statement, record)
        shown = next(answer["message"] for answer in conversation.answers if "Processing fee" in answer["message"])
        for name in ("instalment", "processing_fee", "gst_on_fee", "net_disbursed", "total_to_be_paid"):
            assert rupees(Decimal(figures[name])) in shown, name
        assert f"{_plain(figures['apr_pct_incl_gst'])}%" in shown
        letter = conversation.http.get(last["loan_application"]["sanction_letter_url"]).content
        _check_letter(letter, figures)


def test_decide_says_the_same(service: Service, tmp_path: Path) -> None:
    """`esoteric decide` over the inputs that the record names gives the record's own figures."""
    with Conversation(service) as conversation:
        converse(conversation, "C02")
        record = conversation.get("/decision")
    case = {
        "customer": customers()["C02"],
        "override": {},
        "request": record["inputs"]["request"],
        "as_of": record["as_of"],
        "profile": record["profile"],
    }
    file = tmp_path / "case.json"
    file.write_text(json.dumps(case), encoding="utf-8")
    done = run_command([COMMAND, "decide", file], clean_environment(tmp_path))
    assert done.returncode == 0, done.stderr
    decided = json.loads(done.stdout)
    for name in ("decision", "reasons", "rate_pct", "emi", "amount", "months", "alternatives", "kfs"):
        assert decided[name] == record[name], name


def _check_offer(application: Json, record: Json) -> None:
    offer = application["offer"]
    assert (offer["amount"], offer["months"], offer["rate_pct"]) == (
        record["amount"],
        record["months"],
        record["rate_pct"],
    )
    assert offer["emi"] == int(record["emi"])
    assert offer["total_interest"] == record["kfs"]["total_interest"]
    assert offer["net_disbursed"] == record["kfs"]["net_disbursed"]
    assert offer["apr_pct"] == record["kfs"]["apr_pct_incl_gst"]
    assert application["offered_amount"] == record["amount"]
    assert Decimal(str(application["offered_interest_rate"])) == Decimal(record["rate_pct"])


def _check_statement(statement: Json, record: Json) -> None:
    assert {name: statement[name] for name in record["kfs"]} == record["kfs"]
    schedule = statement["repayment_schedule"]
    assert len(schedule) == record["months"]
    assert _total(schedule, "principal") == record["amount"]
    assert _total(schedule, "interest") == Decimal(record["kfs"]["total_interest"])
    assert _total(schedule, "instalment") == Decimal(record["kfs"]["total_to_be_paid"])


def _check_letter(pdf: bytes, figures: Json) -> None:
    text = words(pdf)
    numbers = set(re.findall(r"\d[\d,]*(?:\.\d+)?", text))
    found = {number.replace(",", "") for number in numbers}
    amounts = [figures[name] for name in figures if name not in {"instalments"}]
    missing = [amount for amount in amounts if not {amount, _plain(amount), f"{Decimal(amount):.2f}"} & found]
    assert not missing


def _total(schedule: list[dict[str, Any]], column: str) -> Decimal:
    return sum((Decimal(row[column]) for row in schedule), Decimal(0))


def _plain(number: str) -> str:
    return f"{Decimal(number).normalize():f}"
