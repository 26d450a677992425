"""The API's reference works under its own content policy, and asks no other host."""

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import WATCH_POLICY


@pytest.mark.parametrize(
    ("path", "shown", "held_back"),
    [
        ("/docs", ".opblock", []),
        ("/redoc", ".menu-content li", ["img-src"]),  # ReDoc wants its maker's logo from the maker's host
    ],
)
def test_the_reference_is_shown(browser: Browser, address: str, path: str, shown: str, held_back: list[str]) -> None:
    page = browser.new_page()
    page.add_init_script(WATCH_POLICY)
    answered: list[str] = []
    page.on("response", lambda response: answered.append(response.url))
    page.goto(f"{address}{path}")
    page.wait_for_selector(shown)
    page.wait_for_load_state("networkidle")
    assert "/api/v1/chat" in page.content()
    assert page.evaluate("window.violations") == held_back
    assert not [url for url in answered if not url.startswith((address, "data:", "blob:"))]
    page.close()
