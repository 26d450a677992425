"""The page while AUTH_REQUIRED: its cookie carries it through REST, WebSocket and SSE, a reload and a second tab."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenGuy, OpenPage
from tests.browser.service import running_service
from tests.browser.test_connection import NO_SOCKETS


@pytest.fixture(scope="module")
def address(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_service(tmp_path_factory.mktemp("guarded"), AUTH_REQUIRED="true") as address:
        yield address


def session_of(chat: ChatPage) -> str:
    session: str = chat.page.evaluate("sessionStorage.getItem('esoteric.session')")
    return session


def test_a_conversation_over_the_socket(open_page: OpenPage, address: str) -> None:
    chat = open_page()
    chat.say("I need 2 lakh")
    cookies = {cookie["name"]: cookie for cookie in chat.page.context.cookies()}
    cookie = cookies[f"__Host-session-{session_of(chat)}"]
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "Strict")
    assert chat.page.evaluate("document.cookie") == ""
    assert httpx.get(f"{address}/api/v1/sessions/{session_of(chat)}").status_code == 401

    chat.page.reload()
    expect(chat.answers).to_have_count(2)
    chat.say("My name is Meera Nair")
    expect(chat.field("applicant_name")).to_contain_text("Meera Nair")
    expect(chat.page.locator("#link-state")).to_have_attribute("data-state", "live")


def test_a_conversation_over_sse(open_page: OpenPage) -> None:
    chat = open_page(before=lambda page: page.add_init_script(NO_SOCKETS))
    assert "₹2,00,000" in chat.say("I need 2 lakh")


def test_two_tabs_of_one_browser(open_page: OpenPage, address: str) -> None:
    first = open_page()
    second = ChatPage(first.page.context.new_page(), address)
    second.open()
    assert session_of(first) != session_of(second)
    first.say("I need 2 lakh")
    second.say("I need 4 lakh")
    expect(first.field("desired_amount")).to_contain_text("2,00,000")
    expect(second.field("desired_amount")).to_contain_text("4,00,000")


def test_a_session_that_ended_gives_way_to_a_new_one(open_page: OpenPage) -> None:
    """Without its cookie the service tells nothing of a session, and the page begins another."""
    chat = open_page(allowed=("401",))
    old = session_of(chat)
    chat.page.context.clear_cookies()
    chat.page.reload()
    expect(chat.page.get_by_text("no longer available")).to_be_visible()
    assert session_of(chat) != old
    chat.say("I need 2 lakh")


def test_the_hedge_fund_guys_page(open_guy: OpenGuy, address: str) -> None:
    chat = open_guy(allowed=("401",))
    chat.say("What is momentum?")
    old = chat.session_id()
    assert f"__Host-session-{old}" in {cookie["name"] for cookie in chat.page.context.cookies()}
    assert httpx.get(f"{address}/api/sessions/{old}").status_code == 401

    chat.page.reload()
    expect(chat.answers).to_have_count(2)
    chat.say("What is carry?")
    assert chat.session_id() == old
    chat.page.context.clear_cookies()
    chat.page.reload()
    expect(chat.page.locator(".notice")).to_contain_text("no longer available")
    assert chat.session_id() != old
    chat.say("What is momentum?")
