"""The officers' page as an officer handles it. Set `ESOTERIC_PICTURES` to a folder to look at it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.driver import Conversation
from tests.server.cases.office import PASSWORD
from tests.service import Service

DESK = {"width": 1366, "height": 768}
TABLET = {"width": 768, "height": 1024}
REASON = "Spoke with the employer; the salary account confirms it."

NewPage = Callable[..., Page]


class Desk:
    """The page as an officer handles it."""

    def __init__(self, page: Page, service: Service, name: str, password: str = PASSWORD) -> None:
        self.page, self.service, self.name, self.password = page, service, name, password
        page.goto(f"{service.base_url}/officer")
        self.sign_in()

    def sign_in(self) -> None:
        self.page.get_by_label("Name", exact=True).fill(self.name)
        self.page.get_by_label("Password").fill(self.password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        expect(self.page.locator("body")).to_have_attribute("data-signed-in", "yes")

    def row(self, case: dict[str, Any]) -> Locator:
        return self.page.locator(f'tr[data-case="{case["case_id"]}"]')

    def open(self, case: dict[str, Any]) -> None:
        self.page.goto(f"{self.service.base_url}/officer#case/{case['case_id']}")
        expect(self.page.locator(".case-head")).to_contain_text(case["application_id"])

    def choose(self, act: str) -> None:
        self.page.locator(".choice").get_by_label(act, exact=True).check()

    def give_reason(self, text: str = REASON) -> None:
        self.page.get_by_label("Reason").fill(text)

    @property
    def send(self) -> Locator:
        return self.page.locator("button.send")

    @property
    def notice(self) -> Locator:
        return self.page.locator("#case-view > .notice")

    def keep_picture(self, name: str) -> None:
        if folder := os.environ.get("ESOTERIC_PICTURES"):
            size = self.page.viewport_size or {"width": 0}
            self.page.screenshot(path=str(Path(folder) / f"officer-{size['width']}-{name}.png"))

    def fits(self) -> bool:
        fits: bool = self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        return fits


def open_chat(page: Page, service: Service, conversation: Conversation) -> Locator:
    """The customer's page on a conversation that is under way; its answers."""
    page.add_init_script(f"sessionStorage.setItem('esoteric.session', '{conversation.session_id}')")
    page.goto(service.base_url)
    expect(page.locator("#link-state")).to_have_attribute("data-state", "live")
    return page.locator(".message.assistant .bubble")
