"""What identifies a person does not leave; what the model needs to understand does."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agents.model.pseudonyms import pseudonymise
from agents.model.vocabulary import load_known_words
from tests.agents.model_parts import shared_rules

KNOWN_WORDS = load_known_words()


def masked(text: str, asked: str | None = None) -> str:
    reading, _ = shared_rules().read_by_rules(text, asked)
    return pseudonymise(text, reading["spans"], otp_asked=asked == "otp", known_words=KNOWN_WORDS).text


@pytest.mark.parametrize(
    ("text", "asked", "secrets"),
    [
        ("My name is Aarav Mehta", None, ["Aarav", "Mehta"]),
        ("aarav mehta", "applicant_name", ["aarav", "mehta"]),
        ("i am priya sharma and priya needs 2 lakh", None, ["priya", "sharma"]),
        ("Please call Bunty Chopra about it", None, ["Bunty", "Chopra"]),
        ("mera naam rohan das hai, rohan", None, ["rohan", "das"]),
        ("my pan is ZZZPM1101A", None, ["ZZZPM1101A"]),
        ("pan zzzpm 1101 a", "pan", ["zzzpm", "1101"]),
        ("ZZZPM 1101 A", None, ["ZZZPM", "1101"]),
        ("it is ZZZPM11O1A I think", "pan", ["ZZZPM11O1A"]),
        ("9000000001", "phone", ["9000000001"]),
        ("call me on +91 90000 00001", None, ["90000", "00001"]),
        ("90000-00001 or 090000.00002", None, ["90000-00001", "00002"]),
        ("mail aarav.mehta+loan@example.com please", None, ["aarav", "example.com"]),
        ("aarav at example dot com", "email", ["aarav", "example"]),
        ("aadhaar 9999 5000 0013", None, ["9999", "5000", "0013"]),
        ("999950000013", None, ["999950000013", "0013"]),
        ("born on 18/04/1992", "date_of_birth", ["18/04/1992", "1992"]),
        ("18 April 1992", "date_of_birth", ["1992"]),
        ("568535", "otp", ["568535"]),
        ("the code was 56 85 35 i think", "otp", ["56", "85", "35"]),
        ("four eight two nine one three", "otp", ["four", "eight", "three"]),
        ("my account number is 123456789012", None, ["123456789012"]),
        ("Flat 4, Rose Villa, MG Road, Pune 411001", "address", ["Rose", "Villa", "411001"]),
        ("I work at Riverside Software", "employer", ["Riverside", "Software"]),
        ("my friend sunita devi told me about you", None, ["sunita", "devi"]),
        ("thanks priya, can you help", None, ["priya"]),
        ("how long does it take, asks rohan", None, ["rohan"]),
        ("rohan ki behen ki shaadi hai", None, ["rohan"]),
        ("सुनीता ने बताया कि लोन मिलता है", None, ["सुनीता"]),
        ("at infotech they said you are good", None, ["infotech"]),
        ("i stay near kothrud depot in pune", None, ["kothrud", "pune"]),
        ("my salary is 62350 rupees", None, ["62350"]),
        ("hmm, 62,350 perhaps or so", "monthly_income", ["62,350"]),
        ("salary aati hai 62350 jaisi", "purpose", ["62350"]),
    ],
)
def test_personal_details_stay_here(text: str, asked: str | None, secrets: list[str]) -> None:
    seen = masked(text, asked)
    assert not [secret for secret in secrets if re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", seen)], seen


@pytest.mark.parametrize(
    "text",
    [
        "I need 3 lakh for 24 months",
        "about 5000 a month goes to the car loan",
        "need ₹3,00,000 over 36 months for my sister's wedding",
        "mujhe 3 lakh chahiye shaadi ke liye",
        "मुझे 3 लाख चाहिए, 24 महीने के लिए",
        "the other EMI is 12000",
        "Sometimes I wonder whether somebody my age should borrow",
        "पचास हज़ार में काम चल जाएगा क्या?",
        "Can you tell me what the rate is?",
    ],
)
def test_what_has_to_be_understood_is_left_alone(text: str) -> None:
    assert masked(text) == text


def test_the_same_value_has_the_same_placeholder() -> None:
    assert masked("Aarav here. My name is Aarav Mehta, ZZZPM1101A, I repeat zzzpm1101a") == (
        "[NAME_1] here. My name is [NAME_2], [PAN_1], I repeat [PAN_1]"
    )


@given(before=st.text(max_size=30), after=st.text(max_size=30), asked=st.sampled_from([None, "pan", "phone", "email"]))
@example(before="X", after="Y", asked=None)
def test_canaries_never_leave_whatever_surrounds_them(before: str, after: str, asked: str | None) -> None:
    seen = masked(f"{before} ZZZPM1101A, 9000000001; aarav@example.com {after}", asked)
    assert "1101" not in seen
    assert "9000000001" not in seen
    assert "example.com" not in seen
