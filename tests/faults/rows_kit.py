"""The kit's own rows: an undisturbed conversation, on every back end, is what all others are compared with."""

from tests.driver import Conversation, converse
from tests.faults.matrix import case
from tests.faults.stage import Stage


@case(row="nothing breaks", injection="none", fast=True)
def undisturbed(stage: Stage) -> None:
    with Conversation(stage.thread()) as conversation:
        converse(conversation, "C01")
        assert conversation.session()["loan_application"]["status"] == "sanctioned"
        assert stage.rows("SELECT count(*) FROM letters") == [(1,)]
