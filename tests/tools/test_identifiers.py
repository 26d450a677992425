"""Worked values of tests/vectors/identifiers.json and what the rules promise about every other value."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.identifiers import (
    PAN_HOLDERS,
    check_aadhaar,
    check_account,
    check_ifsc,
    check_pan,
    check_pincode,
    check_virtual_id,
    mask_aadhaar,
    mask_mobile,
    mask_pan,
    normalise_mobile,
    verhoeff_digit,
    verhoeff_valid,
)

DATA: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "identifiers.json").read_text(encoding="utf-8")
)
few = settings(max_examples=60, deadline=None)
bodies = st.text("0123456789", min_size=1, max_size=15)


def test_verhoeff_textbook_value() -> None:
    check = DATA["verhoeff"]["self_check"]
    assert verhoeff_digit(check["body"]) == check["digit"]


@few
@given(bodies)
def test_verhoeff_digit_completes_any_body(body: str) -> None:
    assert verhoeff_valid(body + verhoeff_digit(body))
    assert sum(verhoeff_valid(body + digit) for digit in "0123456789") == 1


@few
@given(bodies, st.data())
def test_verhoeff_catches_every_wrong_digit_and_every_swap(body: str, data: st.DataObject) -> None:
    number = body + verhoeff_digit(body)
    place = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
    assert not verhoeff_valid(number[:place] + wrong + number[place + 1 :])
    swapped = number[:place] + number[place : place + 2][::-1] + number[place + 2 :]
    assert verhoeff_valid(swapped) is (swapped == number)


@pytest.mark.parametrize("value", DATA["aadhaar"]["valid"] + DATA["aadhaar"]["uidai_developer_samples_also_valid"])
def test_valid_aadhaar(value: str) -> None:
    assert check_aadhaar(value).value == value


@pytest.mark.parametrize("row", DATA["aadhaar"]["invalid"], ids=lambda row: row["how"])
def test_invalid_aadhaar(row: dict[str, str]) -> None:
    check = check_aadhaar(row["value"])
    assert (check.code, check.ok, check.value) == (row["reason"], False, None)


@pytest.mark.parametrize("row", DATA["aadhaar"]["formatting"], ids=lambda row: row["value"])
def test_aadhaar_forms(row: dict[str, str]) -> None:
    assert check_aadhaar(row["value"]).value == row["normalised"]
    assert mask_aadhaar(row["value"]) == row["masked"]


def test_digits_of_other_scripts_are_digits() -> None:
    assert check_aadhaar("९९९९ ४००० ००१८").value == "999940000018"
    assert check_aadhaar("９９９９40000018").value == "999940000018"
    assert normalise_mobile("९००००००००१").value == "+919000000001"


def test_virtual_id() -> None:
    for value in DATA["aadhaar"]["virtual_id_16"]["valid"]:
        assert check_virtual_id(value).ok
        assert check_aadhaar(value).code == "LENGTH"
    assert check_virtual_id("9999400000010004").code == "CHECKSUM"


@pytest.mark.parametrize("row", DATA["pan"]["vectors"], ids=lambda row: f"{row['value']}-{row['surname']}")
def test_pan(row: dict[str, str | None]) -> None:
    check = check_pan(str(row["value"]), row["surname"])
    assert (check.code, check.value) == (row["result"], row["normalised"])


def test_pan_holder_types() -> None:
    assert DATA["pan"]["holder_types"] == PAN_HOLDERS


def test_pan_initial_is_compared_only_where_it_can_be() -> None:
    assert check_pan("ZZZPK1001A", "कुमार").ok
    assert check_pan("ZZZPK1001A", " - ").ok
    assert check_pan("ZZZPE1001A", "émile").ok


@pytest.mark.parametrize("row", DATA["mobile"]["vectors"], ids=lambda row: repr(row["value"]))
def test_mobile(row: dict[str, str | None]) -> None:
    check = normalise_mobile(str(row["value"]))
    assert (check.code, check.value) == (row["result"], row["e164"])


@pytest.mark.parametrize("row", DATA["pincode"]["vectors"], ids=lambda row: row["value"])
def test_pincode(row: dict[str, str]) -> None:
    assert check_pincode(row["value"]).code == row["result"]


@pytest.mark.parametrize("row", DATA["ifsc"]["vectors"], ids=lambda row: row["value"])
def test_ifsc(row: dict[str, str]) -> None:
    assert check_ifsc(row["value"]).code == row["result"]


@pytest.mark.parametrize("row", DATA["bank_account"]["vectors"], ids=lambda row: row["value"])
def test_account(row: dict[str, str]) -> None:
    assert check_account(row["value"]).code == row["result"]


@pytest.mark.parametrize(
    ("masked", "value"),
    [
        (mask_aadhaar("1234"), "XXXX XXXX XXXX"),
        (mask_aadhaar("not a number"), "XXXX XXXX XXXX"),
        (mask_pan("zzzpm 1101a"), "XXXXXX101A"),
        (mask_pan("AB12"), "XXXXXXXXXX"),
        (mask_mobile("90000 00001"), "+91 XXXXXX 0001"),
        (mask_mobile("12345"), "+91 XXXXXX XXXX"),
    ],
)
def test_masks_hide_everything_but_the_tail(masked: str, value: str) -> None:
    assert masked == value


@few
@given(st.text(max_size=40))
def test_no_text_breaks_a_check(text: str) -> None:
    for check in (check_aadhaar, check_pan, normalise_mobile, check_pincode, check_ifsc, check_account):
        verdict = check(text)
        assert verdict.value is not None or not verdict.ok
    assert check_pan("ZZZPK1001A", text).value == "ZZZPK1001A"
