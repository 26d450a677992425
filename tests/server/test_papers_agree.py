"""The API, the Key Facts Statement and the signed letter say the same of a loan, in either language."""

from decimal import Decimal

import pytest

from tests.driver import Conversation, Json, converse
from tests.pdf import words
from tests.service import Service
from tools.kfs import canonical_digest
from tools.rupees import grouped, rupees


@pytest.mark.parametrize(
    ("wish", "yes", "language"),
    [(None, "I acknowledge", "en"), ("हिंदी में दिखाइए", "हाँ, मैं पुष्टि करता हूँ", "hi")],
)
def test_api_statement_and_letter_agree(service: Service, wish: str | None, yes: str, language: str) -> None:
    with Conversation(service) as conversation:
        converse(conversation, "C01", until="kfs_acknowledgement")
        if wish:
            conversation.say(wish)
        statement: Json = conversation.get("/kfs")
        answer: Json = conversation.say(yes)
        loan = answer["loan_application"]
        assert loan["status"] == "sanctioned"
        assert conversation.get("/kfs") == statement
        assert statement["language"] == language
        pdf = conversation.http.get(loan["sanction_letter_url"]).content
        text = words(pdf)
        offer = loan["offer"]
        assert (statement["part_1"]["sanctioned_amount"], statement["part_1"]["loan_term_months"]) == (
            offer["amount"],
            offer["months"],
        )
        assert Decimal(statement["part_1"]["interest"]["rate_pct"]) == Decimal(offer["rate_pct"])
        assert statement["applicant_name"] == loan["applicant_name"]
        assert Decimal(statement["instalment"]) == offer["emi"]
        for name in ("total_interest", "net_disbursed"):
            assert statement[name] == offer[name]
        assert statement["apr_pct_incl_gst"] == offer["apr_pct"]
        for amount in (
            offer["amount"],
            offer["emi"],
            Decimal(offer["total_interest"]),
            Decimal(offer["net_disbursed"]),
        ):
            assert rupees(amount) in text
        for row in statement["repayment_schedule"]:
            assert all(grouped(Decimal(row[name])) in text for name in ("outstanding", "principal", "interest"))
        assert loan["applicant_name"] in text
        assert canonical_digest(statement) in text
        assert f"{statement['apr_pct_incl_gst']}%" in text
