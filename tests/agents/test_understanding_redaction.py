"""Secrets are hidden before anything is kept, and the masked text is still understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.understanding.redaction import MASKED_CODE, mask_secrets
from agents.understanding.rules import RulesUnderstander
from tools.identifiers import verhoeff_digit


@pytest.mark.parametrize(
    "written",
    [
        "999940000018",
        "9999 4000 0018",
        "9999-4000-0018",
        "9999.4000.0018",
        "99 99 40 00 00 18",
        "999940 000018",
        "९९९९ ४००० ००१८",
    ],
)
def test_aadhaar_is_masked_in_any_grouping(written: str) -> None:
    masked = mask_secrets(f"my aadhaar is {written}, thanks", otp_asked=False)
    assert masked == "my aadhaar is XXXX XXXX 0018, thanks"


def test_virtual_id_is_masked() -> None:
    assert "99994000" not in mask_secrets("VID 9999400000010003", otp_asked=False)
    assert mask_secrets("9999 4000 0001 0003", otp_asked=False) == "XXXX XXXX 0003"


@pytest.mark.parametrize(
    "text",
    [
        "999940000019",  # checksum
        "call +91 90000 00001",
        "3,00,000 for 24 months",
        "300000 450000",
        "PAN ZZZPK1001A",
        "account 9999400000180",  # thirteen digits
        "12/05/1990",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask_secrets(text, otp_asked=False) == text


@pytest.mark.parametrize("text", ["482913", "OTP is 482913", "4829 13", "482-913", "code: 4829", "4 8 2 9 1 3"])
def test_code_is_hidden_when_asked(text: str) -> None:
    masked = mask_secrets(text, otp_asked=True)
    assert MASKED_CODE in masked
    assert not any(character.isdigit() for character in masked)
    assert mask_secrets(text, otp_asked=False) == text


def test_a_mobile_number_that_passes_the_checksum_stays() -> None:
    assert mask_secrets("+919000000001", otp_asked=False) == "+919000000001"
    assert mask_secrets("my mobile is 919000000001", otp_asked=False) == "my mobile is 919000000001"
    assert mask_secrets("919000000001", otp_asked=False, phone_asked=True) == "919000000001"
    assert mask_secrets("919000000001", otp_asked=False) == "XXXX XXXX 0001"


def test_both_at_once() -> None:
    masked = mask_secrets("aadhaar 9999 4000 0018 code 482913", otp_asked=True)
    assert masked == f"aadhaar XXXX XXXX 0018 code {MASKED_CODE}"


def test_masked_aadhaar_is_still_read() -> None:
    masked = mask_secrets("aadhaar 9999 4000 0018", otp_asked=False)
    reading, _ = RulesUnderstander().read_by_rules(masked, None)
    assert reading["facts"]["aadhaar_last4"] == "0018"
    assert mask_secrets(masked, otp_asked=False) == masked


@given(body=st.from_regex(r"[2-9][0-9]{10}", fullmatch=True), lead=st.sampled_from(["", "mera aadhaar ", "no:"]))
def test_every_valid_number_is_masked(body: str, lead: str) -> None:
    number = body + verhoeff_digit(body)
    if len(set(number)) == 1:
        return
    assert number[:8] not in mask_secrets(lead + number, otp_asked=False)


def test_the_kept_span_is_four_digits() -> None:
    reading, _ = RulesUnderstander().read_by_rules("my aadhaar is 9999 4000 0018", None)
    assert reading["spans"]["aadhaar_last4"] == "0018"


def test_what_stays_of_a_number_does_not_make_another_with_its_neighbours() -> None:
    masked = mask_secrets("999941057058-410570589999", otp_asked=False)
    assert masked == mask_secrets(masked, otp_asked=False) == "XXXX XXXX XXXX XXXX 9999"
