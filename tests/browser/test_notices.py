"""Beside each question for a consent, its notice in full."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage


def test_each_consent_has_its_notice_beside_it(open_page: OpenPage, customers: dict[str, dict[str, Any]]) -> None:
    chat = open_page()
    chat.say(f"I am {customers['C01']['name']} and need 3 lakh for 36 months for a wedding")
    notice = chat.card("notice")
    for consent in chat.session("/consents")["consents"][:3]:
        words = consent["notice"]
        assert consent["needed"]
        expect(notice.get_by_role("heading")).to_have_text(words["title"])
        notice.get_by_text("Read the full notice").click()
        for text in (words["purpose"], words["withdraw"], words["complain"], *words["data"]):
            expect(notice).to_contain_text(text)
        chat.say("yes")
    expect(notice).to_have_count(0)


def test_the_notice_is_in_the_language_of_the_conversation(open_page: OpenPage) -> None:
    chat = open_page()
    chat.say("मुझे शादी के लिए 36 महीने के लिए 3 लाख चाहिए")
    chat.say("मेरा नाम Aarav Mehta है")
    expect(chat.card("notice")).to_have_attribute("lang", "hi")
    expect(chat.card("notice")).to_contain_text("पूरी सूचना पढ़ें")
