"""Which way to a higher KYC level a message asks for, and which messages ask for none."""

import pytest

from agents.understanding.rules import RulesUnderstander

RULES = RulesUnderstander()


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("video kyc", "vcip"),
        ("yes, start the video KYC", "vcip"),
        ("okay let us do the V-CIP", "vcip"),
        ("can I do the video kyc now?", "vcip"),
        ("video kyc kar lete hain", "vcip"),
        ("main video verification ke liye taiyaar hoon", "vcip"),
        ("वीडियो KYC कर लेते हैं", "vcip"),
        ("use my ckyc", "ckyc"),
        ("I have a Central KYC record", "ckyc"),
        ("mera CKYC number hai, woh le lo", "ckyc"),
        ("could you take my c-kyc record instead?", "ckyc"),
    ],
)
@pytest.mark.parametrize("asked", ["kyc_upgrade", None])
def test_asked_for(text: str, route: str, asked: str | None) -> None:
    reading, _ = RULES.read_by_rules(text, asked)
    assert reading["facts"].get("kyc_route") == route


@pytest.mark.parametrize(
    "text",
    [
        "what is video kyc?",
        "how long does the video KYC take",
        "video kyc kya hota hai",
        "why do I need the video kyc?",
        "video KYC?",
        "no video kyc",
        "I don't want a video kyc",
        "video kyc nahi karna",
        "bina video kyc ke chahiye",
        "if I do the video kyc, will I get more",
        "what is CKYC",
        "kyc",
        "yes",
    ],
)
@pytest.mark.parametrize("asked", ["kyc_upgrade", None])
def test_not_asked_for(text: str, asked: str | None) -> None:
    reading, _ = RULES.read_by_rules(text, asked)
    assert "kyc_route" not in reading["facts"]
