"""Thumbs under the answers: pressed, kept over a reload, replaced, and told kindly when they could not be kept."""

import json

from playwright.sync_api import Locator, Route, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenGuy, OpenPage

PHONE = {"width": 360, "height": 740}


def thumb(chat: ChatPage, name: str, answer: int = -1) -> Locator:
    """Of the answers that have thumbs."""
    return (
        chat.page.get_by_role("group", name="What do you think of this answer?")
        .nth(answer)
        .get_by_role("button", name=name, exact=True)
    )


def kept(chat: ChatPage) -> list[str | None]:
    return [said["thumb"] for said in chat.session("/messages")["messages"]]


def press(chat: ChatPage, name: str, answer: int = -1) -> None:
    with chat.page.expect_response("**/feedback") as answered:
        thumb(chat, name, answer).click()
    assert answered.value.ok
    expect(thumb(chat, name, answer)).to_have_attribute("aria-pressed", "true")


def test_every_answer_but_the_greeting_has_thumbs(open_page: OpenPage) -> None:
    chat = open_page()
    expect(chat.page.locator(".thumbs")).to_have_count(0)
    chat.say("I need 2 lakh")
    chat.say("My name is Meera Nair")
    expect(chat.page.locator(".message.assistant .thumbs")).to_have_count(2)
    for name in ("Good answer", "Poor answer"):
        expect(thumb(chat, name)).to_have_attribute("aria-pressed", "false")


def test_a_thumb_stays_over_a_reload_and_can_be_changed(open_page: OpenPage) -> None:
    chat = open_page()
    chat.say("I need 2 lakh")
    chat.say("My name is Meera Nair")
    press(chat, "Good answer", 0)
    press(chat, "Poor answer", 1)
    assert kept(chat) == [None, None, "up", None, "down"]

    chat.page.reload()
    expect(thumb(chat, "Good answer", 0)).to_have_attribute("aria-pressed", "true")
    expect(thumb(chat, "Poor answer", 1)).to_have_attribute("aria-pressed", "true")
    press(chat, "Good answer", 1)
    expect(thumb(chat, "Poor answer", 1)).to_have_attribute("aria-pressed", "false")
    assert kept(chat) == [None, None, "up", None, "up"]
    chat.say("18 months")
    expect(chat.page.locator(".thumbs")).to_have_count(3)


def test_by_keyboard(open_page: OpenPage) -> None:
    chat = open_page()
    chat.say("I need 2 lakh")
    thumb(chat, "Good answer").focus()
    chat.page.keyboard.press("Tab")
    expect(thumb(chat, "Poor answer")).to_be_focused()
    with chat.page.expect_response("**/feedback"):
        chat.page.keyboard.press("Enter")
    expect(thumb(chat, "Poor answer")).to_have_attribute("aria-pressed", "true")
    expect(thumb(chat, "Poor answer")).to_be_focused()


def test_a_thumb_that_was_not_kept_is_taken_back_and_told(open_page: OpenPage) -> None:
    chat = open_page(allowed=("ERR_FAILED", "429"), viewport=PHONE)
    chat.say("I need 2 lakh")

    def refuse(route: Route) -> None:
        problem = {"status": 429, "code": "rate_limited", "detail": "Too many requests; please wait a moment."}
        route.fulfill(status=429, content_type="application/problem+json", body=json.dumps(problem))

    words = chat.page.locator(".thumbs").get_by_role("alert")
    for answer, told in ((lambda route: route.abort(), "cannot be reached"), (refuse, "wait a moment")):
        chat.page.route("**/feedback", answer)
        thumb(chat, "Good answer").click()
        expect(words).to_contain_text("Your thumb was not kept.")
        expect(words).to_contain_text(told)
        expect(words).to_be_in_viewport(ratio=0.9)
        expect(thumb(chat, "Good answer")).to_have_attribute("aria-pressed", "false")
        chat.page.unroute("**/feedback")
    assert chat.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    press(chat, "Good answer")
    expect(words).to_have_count(0)
    assert kept(chat) == [None, None, "up"]


def test_they_are_large_enough_for_a_finger(open_page: OpenPage) -> None:
    chat = open_page(viewport=PHONE)
    chat.say("I need 2 lakh")
    for name in ("Good answer", "Poor answer"):
        box = thumb(chat, name).bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 24  # WCAG 2.2, 2.5.8


def test_the_guy_asks_for_none(open_guy: OpenGuy) -> None:
    chat = open_guy()
    chat.say("Hi, what do you make of gold?")
    expect(chat.page.locator(".thumbs")).to_have_count(0)
