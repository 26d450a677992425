"""The letter of a refusal over the real service: named in the application, fetched by its address, mailed."""

from tests.driver import Conversation, converse
from tests.service import Service


def test_a_refused_customer_can_fetch_the_letter_and_gets_it_by_mail(service: Service) -> None:
    with Conversation(service) as conversation:
        converse(conversation, "C05")
        application = conversation.session()["loan_application"]
        assert application["status"] == "rejected"
        assert application["sanction_letter_url"] is None
        letter = conversation.http.get(application["refusal_letter_url"])
        assert letter.headers["content-type"] == "application/pdf"
        assert letter.content.startswith(b"%PDF-")
        mails = [mail for mail in conversation.outbox() if mail["channel"] == "email"]
        assert len(mails) == 1
        assert "The attached letter gives the reasons" in mails[0]["body"]
        record = conversation.get("/decision")
        assert record["reasons"] == ["R-SCORE-LOW"]


def test_who_was_not_refused_has_no_such_letter(service: Service) -> None:
    with Conversation(service) as conversation:
        converse(conversation, "C01", until="offer_decision")
        assert conversation.session()["loan_application"]["refusal_letter_url"] is None
