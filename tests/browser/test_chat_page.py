"""Whole conversations in the browser, against the real service."""

import re
from datetime import date
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.samples import salary_slip_pdf

Customers = dict[str, dict[str, Any]]


def test_a_whole_conversation_by_typing(open_page: OpenPage, customers: Customers) -> None:
    customer = customers["C01"]
    chat = open_page()
    expect(chat.field("desired_amount")).to_have_class(re.compile("awaited"))

    chat.say(f"I am {customer['name']} and need 3 lakh for 36 months for a wedding")
    expect(chat.field("desired_amount")).to_contain_text("₹3,00,000")
    expect(chat.field("applicant_name")).to_contain_text(customer["name"])
    expect(chat.page.locator('#application [data-awaiting="consent"]')).to_have_text("Your consent")
    chat.say("yes I agree")
    chat.say("yes I agree")
    chat.say("yes I agree")
    chat.say(customer["pan"])
    chat.say("18/04/1992")
    assert "6-digit code" in chat.say(customer["phone"])
    assert "approved" in chat.say(chat.code_on_phone())
    expect(chat.mine.last).to_have_text("••••••")
    expect(chat.page.locator(".message.assistant .trail").last).to_have_text("KYCUnderwriting")
    offer = chat.card("offer")
    for figure in (
        "₹3,00,000",
        "₹9,680",
        "10% fixed",
        "36 months",
        "11.65%",
        "₹2,92,920",
        "₹48,486.50",
        "4 December 2026",
    ):
        expect(offer).to_contain_text(figure)

    chat.say("yes, I accept")
    statement = chat.page.locator("#keyfacts")
    expect(statement).to_be_visible()
    expect(statement).to_contain_text("11.65%")
    expect(statement).to_contain_text("RBI certificate of registration")
    chat.card("offer").get_by_text("Repayment schedule, 36 instalments").click()
    expect(chat.card("offer").locator("tbody tr")).to_have_count(36)
    expect(chat.card("offer").locator("tbody tr").last).to_contain_text("₹9,686.50")

    chat.say("I acknowledge")
    letter = chat.card("letter").get_by_role("link", name="Download PDF")
    path = letter.get_attribute("href")
    assert path
    assert path.startswith("/api/v1/letters/")
    assert chat.page.request.get(chat.address + path).body().startswith(b"%PDF")
    expect(chat.page.locator("#stepper .step.done")).to_have_count(4)
    chat.page.get_by_role("button", name="Application", exact=True).click()
    expect(chat.page.locator("#application .filled-words")).to_have_text("12 of 12 filled")
    expect(chat.page.locator('#phone [data-channel="email"]')).to_contain_text("Your sanction letter")


def test_counter_offer_by_buttons_with_a_slip(open_page: OpenPage, customers: Customers) -> None:
    customer = customers["C03"]
    chat = open_page()
    chat.say(f"I am {customer['name']} and need 4.5 lakh for 24 months for a wedding")
    chat.identify(customer)
    chat.button("Use this code").click()
    chat.box.press("Enter")
    expect(chat.card("upload")).to_be_visible()
    chat.settled()

    refused = chat.page.locator(".failure")
    chat.choose_file("notes.txt", "text/plain", b"hello")
    expect(refused).to_contain_text("PDF, PNG or JPEG")
    slip = salary_slip_pdf(
        name=customer["name"],
        employer=customer["employer"],
        net_pay=customer["net_income_on_file"],
        month=date(2026, 11, 1),
    )
    assert "Is that right?" in chat.upload("november.pdf", "application/pdf", slip)
    expect(chat.mine.last).to_contain_text("november.pdf")

    chat.press("Yes, that is right")
    options = chat.page.locator("#deck .option")
    expect(options).to_have_count(2)
    expect(options.first).to_contain_text("₹4,50,000")
    expect(options.first).to_contain_text("48 months")
    expect(options.last).to_contain_text("₹2,54,000")
    expect(options.last).to_contain_text("Least interest")

    chat.press("Choose option 2")
    expect(chat.mine.last).to_have_text("I choose option 2")
    expect(chat.card("offer")).to_contain_text("₹2,54,000")
    assert chat.session()["loan_application"]["offer"]["months"] == 24
    chat.press("I acknowledge")
    expect(chat.card("letter")).to_contain_text("₹2,54,000")


def test_a_reload_goes_on_where_it_was(open_page: OpenPage) -> None:
    chat = open_page()
    chat.say("I need 2 lakh")
    chat.say("My name is Meera Nair")
    said = [chat.mine.all_inner_texts(), chat.answers.all_inner_texts()]

    chat.page.reload()
    expect(chat.answers).to_have_count(len(said[1]))
    assert [chat.mine.all_inner_texts(), chat.answers.all_inner_texts()] == said
    expect(chat.field("desired_amount")).to_contain_text("₹2,00,000")
    chat.say("18 months")
    expect(chat.field("loan_term_months")).to_contain_text("18 months")
    assert len(chat.session("/messages")["messages"]) == 7


def test_start_over_can_erase(open_page: OpenPage) -> None:
    chat = open_page()
    chat.say("I need 2 lakh")
    before = chat.session()["session_id"]
    chat.button("Start over").click()
    dialog = chat.page.get_by_role("dialog")
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name="Start over").click()
    expect(chat.mine).to_have_count(0)
    expect(chat.answers).to_have_count(1)
    expect(chat.field("desired_amount")).to_have_class(re.compile("empty"))
    assert chat.session()["session_id"] != before
    assert chat.page.request.get(f"{chat.address}/api/v1/sessions/{before}").status == 404


def test_hostile_text_is_shown_as_text(open_page: OpenPage) -> None:
    chat = open_page(viewport={"width": 390, "height": 844})
    image = '<img src="https://evil.example.com/x" onerror="document.title=1">'
    rtl = "\u202eمرحبا <b>bold</b> שלום"
    long_word = "रुपये" * 300
    for text in (image, rtl, long_word, "<script>document.title = 1</script>"):
        chat.say(text)
        expect(chat.mine.last).to_have_text(text)
    assert chat.page.locator("#log img, #log script, #log b").count() == 0
    assert chat.page.title() == "Esoteric Finance · Personal loan"
    assert chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert chat.page.evaluate(
        "document.querySelector('#thread').scrollWidth <= document.querySelector('#thread').clientWidth"
    )
    chat.page.reload()
    expect(chat.mine.first).to_have_text(image)
    assert chat.page.locator("#log img").count() == 0


def test_a_narrow_screen_shows_one_part_at_a_time(open_page: OpenPage) -> None:
    chat = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    parts = {"Chat": "#chat", "Application": "#application", "Key facts": "#keyfacts", "Phone": "#phone"}
    for name, wanted in parts.items():
        chat.page.locator("#views").get_by_role("button", name=name).click()
        for selector in parts.values():
            expect(chat.page.locator(selector)).to_be_visible(visible=selector == wanted)
        assert chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_an_outbox_there_is_no_phone(open_page: OpenPage) -> None:
    def close_outbox(page: Page) -> None:
        page.route("**/api/v1/dev/outbox*", lambda route: route.fulfill(status=404, json={"detail": "Not found."}))

    chat = open_page(before=close_outbox, allowed=("404",))
    expect(chat.page.locator("#phone")).to_be_hidden()
    assert "₹2,00,000" in chat.say("I need 2 lakh")


def test_keyboard_alone_reaches_everything(open_page: OpenPage) -> None:
    chat = open_page()
    reached = set()
    for _ in range(25):
        chat.page.keyboard.press("Tab")
        reached.add(chat.page.evaluate("document.activeElement.id || document.activeElement.textContent"))
    assert {"message", "attach", "start-over", "Application", "Key facts", "I need 3 lakh for a wedding"} <= reached
    chat.box.focus()
    chat.page.keyboard.type("I need")
    chat.page.keyboard.press("Shift+Enter")
    chat.page.keyboard.type("2 lakh")
    chat.page.keyboard.press("Enter")
    expect(chat.mine.last).to_have_text("I need\n2 lakh")
    expect(chat.page.locator("#announcer")).to_contain_text("₹2,00,000")


def test_a_conversation_in_hindi_by_buttons(open_page: OpenPage, customers: Customers) -> None:
    customer = customers["C10"]
    chat = open_page()
    chat.say(f"मुझे 2 लाख का लोन चाहिए, मेरा नाम {customer['name']} है")
    chat.say("24 महीने")
    chat.say("शादी के लिए")
    expect(chat.answers.last).to_have_attribute("lang", "hi")
    for _ in range(3):
        chat.press("हाँ, सहमत हूँ")
    expect(chat.page.locator('#application [data-awaiting="pan"]')).to_have_text("PAN")
    assert chat.session()["awaiting"][0] == "pan"
