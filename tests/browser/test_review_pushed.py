"""What an officer decides appears in the customer's open page by itself."""

from typing import Any

import httpx
from playwright.sync_api import expect

from server.access.accounts import DEVELOPMENT_PASSWORD
from tests.browser.chat_page import ANSWER_MS
from tests.browser.conftest import OpenPage


def test_the_outcome_appears_by_itself(open_page: OpenPage, customers: dict[str, dict[str, Any]]) -> None:
    chat, sana = open_page(), customers["C06"]
    chat.say(f"1 lakh for travel over 24 months, I am {sana['name']}")
    chat.identify(sana)
    assert "2 December 2026" in chat.say(chat.code_on_phone())
    shown, application_id = chat.answers.count(), chat.session()["loan_application"]["application_id"]
    with httpx.Client(base_url=chat.address, trust_env=False, timeout=30) as officer:
        body = {"name": "dev-maker", "password": DEVELOPMENT_PASSWORD}
        signed_in = officer.post("/api/v1/officers/sign-in", json=body).raise_for_status()
        officer.headers["Cookie"] = signed_in.headers["set-cookie"].partition(";")[0]
        queue = officer.get("/api/v1/cases").raise_for_status().json()["cases"]
        case = next(entry for entry in queue if entry["application_id"] == application_id)
        act = {"act": "decline", "reason": "Seen the record.", "version": case["version"], "key": "one"}
        officer.post(f"/api/v1/cases/{case['case_id']}/acts", json=act).raise_for_status()
    expect(chat.answers).to_have_count(shown + 1, timeout=ANSWER_MS)
    expect(chat.answers.last).to_contain_text("we cannot approve it")
    assert chat.mine.count() == len([one for one in chat.session("/messages")["messages"] if one["role"] == "user"])
