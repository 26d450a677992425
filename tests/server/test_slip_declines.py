"""A salary slip that shows less than was declared, confirmed while an offer stands."""

from pathlib import Path

import pytest

from server.turns.lanes import Submission
from tests.server.parts import open_parts


@pytest.mark.parametrize("customer_id", ["C01", "C04"])
async def test_a_slip_that_brings_a_decline(tmp_path: Path, customer_id: str) -> None:
    async with open_parts(tmp_path) as parts:
        session_id = await parts.open_session()
        await parts.converse(session_id, customer_id, until="offer_decision")
        application = (await parts.state(session_id))["application"]
        reading = {
            "problems": [],
            "employee_name": application["applicant_name"],
            "employer": application["customer"]["employer"],
            "net_pay": 9_000,
            "paid_on": "2026-11-28",
        }
        upload = {"document_id": "slip", "kind": "salary_slip", "reading": reading}
        turn = await parts.runner.submit(session_id, Submission("[Salary slip uploaded]", "upload", upload=upload))
        assert (await turn.answer)["awaiting"] == ["slip_confirmation"]
        told = (await parts.say(session_id, "yes, that is right"))["loan_application"]
        assert (told["status"], told["offer"], told["alternatives"]) == ("rejected", None, [])
