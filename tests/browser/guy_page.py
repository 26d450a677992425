"""The hedge fund guy's page as a visitor handles it. Set `ESOTERIC_PICTURES` to a folder to look at it."""

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

ANSWER_MS = 15_000


class GuyPage:
    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.box = page.get_by_role("textbox", name="Your message")
        self.answers = page.locator(".message.assistant .bubble")
        self.mine = page.locator(".message.user .bubble")
        self.alert = page.get_by_role("alert")

    def open(self) -> None:
        self.page.goto(f"{self.address}/hedge-fund-guy")
        expect(self.answers).to_have_count(1)

    def settled(self) -> None:
        expect(self.page.locator(".message.working")).to_have_count(0, timeout=ANSWER_MS)
        expect(self.page.locator("body")).to_have_attribute("data-busy", "no")

    def type(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def say(self, text: str) -> str:
        """Type a message; the answer."""
        before = self.answers.count()
        self.type(text)
        return self.answer_after(before)

    def press(self, name: str) -> str:
        before = self.answers.count()
        self.button(name).click()
        return self.answer_after(before)

    def answer_after(self, before: int) -> str:
        expect(self.answers).to_have_count(before + 1)
        self.settled()
        return self.answers.last.inner_text()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def light(self, fact: str) -> Locator:
        return self.page.locator(f'#lights [data-fact="{fact}"]')

    def start_over(self, choice: str) -> None:
        self.button("Start over").click()
        self.page.get_by_role("dialog").get_by_role("button", name=choice).click()

    def session_id(self) -> str:
        session_id: str = self.page.evaluate("sessionStorage.getItem('esoteric.hedge-fund-guy.session')")
        return session_id

    def session(self) -> Any:
        """The session of this tab, as the service has it."""
        response = self.page.request.get(f"{self.address}/api/sessions/{self.session_id()}")
        assert response.ok
        return response.json()

    def fits(self) -> bool:
        fits: bool = self.page.evaluate(
            """() => {
                const thread = document.querySelector("#thread");
                return document.documentElement.scrollWidth <= innerWidth && thread.scrollWidth <= thread.clientWidth;
            }"""
        )
        return fits

    def keep_picture(self, name: str) -> None:
        if folder := os.environ.get("ESOTERIC_PICTURES"):
            size = self.page.viewport_size or {"width": 0}
            self.page.screenshot(path=str(Path(folder) / f"guy-{size['width']}-{name}.png"))
