"""The page on which anybody checks a letter, in a browser: by file, by code, in both languages, desk and phone.

Set `ESOTERIC_PICTURES` to a folder to look at it.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import WATCH_POLICY
from tests.server.letters.parts import issued, start
from tests.service import Service

SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="module")
def letter(service: Service) -> tuple[bytes, str]:
    return issued(service, start(service))


@pytest.fixture(params=SIZES)
def page(browser: Browser, request: pytest.FixtureRequest, service: Service) -> Iterator[Page]:
    page = browser.new_context(viewport=SIZES[request.param], locale="en-IN").new_page()
    page.set_default_timeout(30_000)
    asked: list[str] = []
    complaints: list[str] = []
    page.add_init_script(WATCH_POLICY)
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type in {"error", "warning"} else None)
    yield page
    assert page.evaluate("window.violations") == []
    page.context.close()
    assert complaints == []
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(service.base_url).netloc}


def keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("ESOTERIC_PICTURES"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=str(Path(folder) / f"verify-{width}-{name}.png"), full_page=True)


def test_a_letter_is_checked(page: Page, service: Service, letter: tuple[bytes, str], tmp_path: Path) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.goto(f"{service.base_url}/verify#{letter[1]}")
    page.wait_for_selector("#answer[data-state=good]")
    assert "Only the file can show this" in page.inner_text("#answer")
    assert not [url for url in sent if letter[1] in url.partition("#")[0]], "the code is in no address that is asked"
    keep_picture(page, "code")

    file = tmp_path / "Somebodys name.pdf"
    file.write_bytes(letter[0])
    page.set_input_files("#file", file)
    expect(page.locator("#headline")).to_contain_text("Genuine, unaltered", timeout=30_000)
    assert "16 December 2026" in page.inner_text("#facts")
    keep_picture(page, "file")

    page.click("#language")
    assert page.get_attribute("html", "lang") == "hi"
    assert "असली" in page.inner_text("#headline") and "Check" not in page.inner_text("main")
    keep_picture(page, "hindi")

    file.write_bytes(letter[0] + b"\n")
    page.set_input_files("#file", file)
    page.wait_for_selector("#answer[data-state=bad]")
    keep_picture(page, "added")

    page.fill("#code", "AAAA-AAAA-AAAA-AAAA")
    page.click("#by-code button")
    expect(page.locator("#note")).to_contain_text("0, 1, 8", timeout=30_000)
    assert page.inner_text("#facts") == ""
    keep_picture(page, "unknown")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
