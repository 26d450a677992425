"""A browser, a service, and a page that is watched: it may ask no other host and break no rule of its own."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from server.limits.windows import LocalWindows
from tests.browser.chat_page import ChatPage
from tests.browser.guy_page import GuyPage
from tests.browser.officer_desk import DESK, NewPage
from tests.browser.service import running_service
from tests.server.cases.office import Office
from tests.service import Service

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WATCH_POLICY = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
"""

# The browser's own lines on answers that the officers' tests ask for.
REFUSALS = ("401", "403", "404", "409")

OpenPage = Callable[..., ChatPage]
OpenGuy = Callable[..., GuyPage]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.skip("browser tests do not run in CI")
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def address(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_service(tmp_path_factory.mktemp("service")) as address:
        yield address


@pytest.fixture
def open_page(watched: Callable[..., Page], address: str) -> OpenPage:
    """Opens the chat page in a fresh profile."""

    def open_(**how: Any) -> ChatPage:
        chat = ChatPage(watched(**how), address)
        chat.open()
        return chat

    return open_


@pytest.fixture
def open_guy(watched: Callable[..., Page], address: str) -> OpenGuy:
    """Opens the hedge fund guy's page in a fresh profile."""

    def open_(**how: Any) -> GuyPage:
        chat = GuyPage(watched(**how), address)
        chat.open()
        return chat

    return open_


@pytest.fixture
def watched(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Pages in fresh profiles. What they asked for and complained of is checked at the end."""
    opened: list[tuple[Page, list[str], list[str], tuple[str, ...]]] = []

    def open_(*, before: Callable[[Page], None] | None = None, allowed: tuple[str, ...] = (), **profile: Any) -> Page:
        page = browser.new_context(
            viewport=profile.pop("viewport", {"width": 1440, "height": 900}), **profile
        ).new_page()
        asked: list[str] = []
        complaints: list[str] = []
        page.set_default_timeout(10_000)
        page.add_init_script(WATCH_POLICY)
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type in {"error", "warning"} else None)
        opened.append((page, asked, complaints, allowed))
        if before:
            before(page)
        return page

    yield open_
    for page, asked, complaints, allowed in opened:
        violations = page.evaluate("window.violations")
        page.context.close()
        assert asked
        assert {urlsplit(url).netloc for url in asked if not url.startswith(("data:", "blob:"))} == {
            urlsplit(address).netloc
        }
        assert violations == []
        assert [line for line in complaints if not any(word in line for word in allowed)] == []


@pytest.fixture(scope="module")
def office(service: Service) -> Office:
    return Office(service)


@pytest.fixture
def new_page(browser: Browser, service: Service) -> Iterator[NewPage]:
    """Pages for officers and customers, in profiles of their own. None may break its rules or ask another host."""
    assert service.house is not None
    service.house.limits._windows = LocalWindows()  # nobody signs in as often as these tests
    opened: list[tuple[Page, list[str], list[str]]] = []

    def open_(size: Any = DESK) -> Page:
        page = browser.new_context(viewport=size, locale="en-IN", accept_downloads=True).new_page()
        asked: list[str] = []
        complaints: list[str] = []
        page.set_default_timeout(15_000)
        page.add_init_script(WATCH_POLICY)
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type in {"error", "warning"} else None)
        opened.append((page, asked, complaints))
        return page

    yield open_
    for page, asked, complaints in opened:
        violations = page.evaluate("window.violations")
        page.context.close()
        assert violations == []
        assert {urlsplit(url).netloc for url in asked} == {urlsplit(service.base_url).netloc}
        assert [line for line in complaints if not any(code in line for code in REFUSALS)] == []


@pytest.fixture(scope="package")
def customers() -> dict[str, dict[str, Any]]:
    cases = json.loads((Path(__file__).parents[1] / "vectors" / "policy_cases.json").read_text(encoding="utf-8"))
    return {customer["customer_id"]: customer for customer in cases["customers"]}
