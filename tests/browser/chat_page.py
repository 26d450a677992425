"""The chat page as a customer handles it."""

import re
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, expect

ANSWER_MS = 15_000


class ChatPage:
    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.box = page.get_by_role("textbox", name="Your message")
        self.answers = page.locator(".message.assistant .bubble")
        self.mine = page.locator(".message.user .bubble")

    def open(self) -> None:
        self.page.goto(self.address)
        expect(self.answers.first).to_contain_text("How much would you like to borrow")

    def settled(self) -> None:
        """Nothing is under way and the cards belong to the last answer."""
        expect(self.page.locator(".message.working")).to_have_count(0, timeout=ANSWER_MS)
        expect(self.page.locator("#stop")).to_be_hidden()

    def say(self, text: str) -> str:
        """Type a message; the answer."""
        before = self.answers.count()
        self.box.fill(text)
        self.box.press("Enter")
        expect(self.answers).to_have_count(before + 1)
        self.settled()
        return self.answers.last.inner_text()

    def press(self, name: str) -> str:
        """Press a button that answers for the customer; the answer."""
        before = self.answers.count()
        self.button(name).click()
        expect(self.answers).to_have_count(before + 1)
        self.settled()
        return self.answers.last.inner_text()

    def upload(self, name: str, media: str, data: bytes) -> str:
        before = self.answers.count()
        self.choose_file(name, media, data)
        expect(self.answers).to_have_count(before + 1)
        self.settled()
        return self.answers.last.inner_text()

    def choose_file(self, name: str, media: str, data: bytes) -> None:
        self.page.set_input_files("#file", files=FilePayload(name=name, mimeType=media, buffer=data))

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def field(self, name: str) -> Locator:
        """A row of the application panel."""
        return self.page.locator(f'#application [data-field="{name}"]')

    def card(self, name: str) -> Locator:
        return self.page.locator(f'#deck [data-card="{name}"]')

    def code_on_phone(self) -> str:
        text = self.page.locator('#phone [data-channel="sms"]').first.inner_text()
        found = re.search(r"\b\d{6}\b", text)
        assert found, text
        return found.group()

    def identify(self, customer: dict[str, Any]) -> str:
        """All consents by button, then PAN, date of birth and mobile number; the answer that asks for the code."""
        self.press("Yes, I agree")
        self.press("Yes, I agree")
        self.press("Yes, I agree")
        self.say(customer["pan"])
        year, month, day = customer["dob"].split("-")
        self.say(f"{day}/{month}/{year}")
        return self.say(customer["phone"])

    def session(self, path: str = "") -> Any:
        """The session of this tab, as the service has it."""
        session_id = self.page.evaluate("sessionStorage.getItem('esoteric.session')")
        response = self.page.request.get(f"{self.address}/api/v1/sessions/{session_id}{path}")
        assert response.ok
        return response.json()
