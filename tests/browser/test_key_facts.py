"""The Key Facts Statement beside the chat: in the language it is acknowledged in."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage


def test_key_facts_in_english_and_hindi(open_page: OpenPage, customers: dict[str, dict[str, Any]]) -> None:
    customer = customers["C01"]
    chat = open_page()
    chat.say(f"I am {customer['name']} and need 3 lakh for 36 months for a wedding")
    chat.identify(customer)
    chat.say(chat.code_on_phone())
    chat.say("yes, I accept")
    panel = chat.page.locator("#keyfacts .panel-inner")
    expect(panel).to_have_attribute("lang", "en")
    expect(panel.locator(".clauses > div")).to_have_count(35)
    for words in ("Part 1. Interest, fees and charges", "₹6,000.00 (2%) + GST 18%", "3 days from disbursal", "11.65%"):
        expect(panel).to_contain_text(words)
    chat.button("हिंदी में").click()
    expect(panel).to_have_attribute("lang", "hi")
    for words in ("मुख्य तथ्य विवरण", "₹6,000.00 (2%) + GST 18%", "वितरण से 3 दिन", "11.65%"):
        expect(panel).to_contain_text(words)
    expect(chat.button("In English")).to_be_visible()
    panel.get_by_text("भुगतान की सारणी, 36 किस्तें").click()
    expect(panel.locator("tbody tr")).to_have_count(36)
    expect(panel.locator("tbody tr").last).to_contain_text("₹9,686.50")
