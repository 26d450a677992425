"""The hedge fund guy's page in the browser, against the real service."""

import json
import re
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenGuy, OpenPage
from tests.browser.guy_page import GuyPage

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}
OPINION = "What do you think about momentum trading?"
NOTHING = {"name": False, "email": False, "income": False}


def told(*frames: dict[str, Any]) -> str:
    """Frames as the service's stream has them."""
    return "".join(f"id: {place}\r\ndata: {json.dumps(frame)}\r\n\r\n" for place, frame in enumerate(frames, 1))


def said_by_user(chat: GuyPage) -> list[str]:
    return [said["content"] for said in chat.session()["conversation_history"] if said["role"] == "user"]


def expect_lights(chat: GuyPage, **on: str) -> None:
    for fact in ("name", "email", "income"):
        expect(chat.light(fact)).to_have_attribute("data-on", "yes" if fact in on else "no")
        expect(chat.light(fact).locator("dd")).to_contain_text(on.get(fact, "Not on file"))


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_talk_until_the_file_is_complete(open_guy: OpenGuy, size: Any) -> None:
    chat = open_guy(viewport=size, reduced_motion="reduce")
    chat.keep_picture("start")
    expect_lights(chat)
    assert chat.press("Is cash a position?")
    expect(chat.button("Is cash a position?")).to_have_count(0)

    opinion = chat.say(OPINION)
    assert "omentum" in opinion
    expect(chat.page.locator("#announcer")).to_have_text(opinion)
    chat.say("My name is Asha Raman")
    expect_lights(chat, name="Asha Raman")
    expect(chat.page.locator("#announcer")).to_contain_text("(On file now: name.)")
    chat.keep_picture("talk")
    chat.say("my mail is asha.raman@example.com")
    expect_lights(chat, name="Asha Raman", email="asha.raman@example.com")
    expect(chat.page.locator("#file")).to_have_attribute("data-complete", "no")
    chat.say("I make 24 lakh a year")
    income = chat.session()["data"]["income"]
    assert "year" in income
    expect_lights(chat, name="Asha Raman", email="asha.raman@example.com", income=income)
    expect(chat.page.locator("#file")).to_have_attribute("data-complete", "yes")
    expect(chat.page.locator("#file-words")).to_be_visible()
    chat.keep_picture("complete")

    chat.say("My name is Asha Rao")
    expect_lights(chat, name="Asha Rao", email="asha.raman@example.com", income=income)
    assert chat.session()["status"] == "complete"
    assert chat.answers.all_inner_texts() == [
        said["content"] for said in chat.session()["conversation_history"] if said["role"] == "assistant"
    ]
    assert chat.fits()


def test_a_reload_goes_on_where_it_was(open_guy: OpenGuy) -> None:
    chat = open_guy()
    chat.say(OPINION)
    chat.say("I am Asha Raman")
    said = [chat.mine.all_inner_texts(), chat.answers.all_inner_texts()]
    session_id = chat.session_id()

    chat.page.reload()
    expect(chat.answers).to_have_count(3)
    assert [chat.mine.all_inner_texts(), chat.answers.all_inner_texts()] == said
    expect_lights(chat, name="Asha Raman")
    expect(chat.button("Is cash a position?")).to_have_count(0)
    chat.say("What is a yield curve?")
    assert chat.session_id() == session_id
    assert len(chat.session()["conversation_history"]) == 7


def test_a_reload_in_the_middle_of_an_answer_loses_and_repeats_nothing(open_guy: OpenGuy) -> None:
    chat = open_guy()
    ids: list[str] = []

    def keep_the_first(route: Route) -> None:
        ids.append((route.request.post_data_json or {})["message_id"])
        if len(ids) == 1:
            route.fetch()  # the service answers, the page never hears of it
        else:
            route.continue_()

    chat.page.route("**/api/chat/stream", keep_the_first)
    with chat.page.expect_request("**/api/chat/stream"):
        chat.type(OPINION)
    expect(chat.page.locator("body")).to_have_attribute("data-busy", "yes")
    for _ in range(2):  # at the second there is nothing left to ask again
        chat.page.reload()
        expect(chat.answers).to_have_count(2)
        chat.settled()
        expect(chat.answers).to_have_count(2)
        expect(chat.mine).to_have_text([OPINION])
    assert len(ids) == 2
    assert ids[0] == ids[1]
    assert said_by_user(chat) == [OPINION]


def test_a_stream_that_breaks_is_asked_again(open_guy: OpenGuy) -> None:
    chat = open_guy(allowed=("ERR_FAILED",))
    ids: list[str] = []

    def break_twice(route: Route) -> None:
        ids.append((route.request.post_data_json or {})["message_id"])
        if len(ids) == 1:
            route.abort()
        elif len(ids) == 2:
            begun = told({"type": "chunk", "content": "Half an answer, and "})
            route.fulfill(status=200, content_type="text/event-stream", body=begun)
        else:
            route.continue_()

    chat.page.route("**/api/chat/stream", break_twice)
    assert "Half" not in chat.say(OPINION)
    assert len(ids) == 3
    assert len(set(ids)) == 1
    assert said_by_user(chat) == [OPINION]


def test_a_stream_that_falls_silent_is_asked_again(open_guy: OpenGuy) -> None:
    chat = open_guy(before=lambda page: page.clock.install(), reduced_motion="reduce")
    held: list[Route] = []

    def hold_first(route: Route) -> None:
        held.append(route)
        if len(held) > 1:
            route.continue_()

    chat.page.route("**/api/chat/stream", hold_first)
    with chat.page.expect_request("**/api/chat/stream"):
        chat.type(OPINION)
    with chat.page.expect_request("**/api/chat/stream"):
        chat.page.clock.fast_forward(60_000)
    expect(chat.answers.last).to_contain_text("omentum")
    first, second = ((route.request.post_data_json or {})["message_id"] for route in held)
    assert first == second
    assert said_by_user(chat) == [OPINION]


def test_what_is_taken_back_is_not_shown(open_guy: OpenGuy) -> None:
    chat = open_guy()
    body = told(
        {"type": "chunk", "content": "Wrong."},
        {"type": "reset"},
        {"type": "chunk", "content": "Right "},
        {"type": "chunk", "content": "this time."},
        {"type": "done", "data_collected": NOTHING, "is_complete": False},
    )
    stream = lambda route: route.fulfill(status=200, content_type="text/event-stream", body=body)  # noqa: E731  one line
    chat.page.route("**/api/chat/stream", stream)
    assert chat.say(OPINION) == "Right this time."
    expect(chat.page.locator("#announcer")).to_have_text("Right this time.")


def test_a_failed_turn_is_tried_again_under_its_id(open_guy: OpenGuy) -> None:
    chat = open_guy(allowed=("429",))
    ids: list[str] = []
    failure = {"type": "error", "code": "turn_failed", "content": "Something went wrong on our side."}

    def fail_twice(route: Route) -> None:
        ids.append((route.request.post_data_json or {})["message_id"])
        if len(ids) == 1:
            body = told({"type": "chunk", "content": "Half"}, failure)
            route.fulfill(status=200, content_type="text/event-stream", body=body)
        elif len(ids) == 2:
            route.fulfill(status=429, json={"detail": "Too many messages.", "code": "rate_limited"})
        else:
            route.continue_()

    chat.page.route("**/api/chat/stream", fail_twice)
    chat.type(OPINION)
    expect(chat.alert).to_contain_text("Something went wrong on our side.")
    expect(chat.answers).to_have_count(1)
    chat.button("Try again").click()
    expect(chat.alert).to_contain_text("Too many messages.")
    assert "omentum" in chat.press("Try again")
    expect(chat.alert).to_have_count(0)
    expect(chat.mine).to_have_text([OPINION])
    assert len(set(ids)) == 1


def test_everything_can_be_erased(open_guy: OpenGuy) -> None:
    chat = open_guy(allowed=("404",))
    chat.say("My name is Asha Raman")
    expect_lights(chat, name="Asha Raman")
    before = chat.session_id()
    chat.start_over("Stay here")
    expect(chat.mine).to_have_count(1)
    chat.button("Start over").click()
    chat.keep_picture("erase")
    chat.page.keyboard.press("Escape")
    assert chat.session_id() == before

    chat.start_over("Erase everything")
    expect(chat.page.locator(".notice")).to_have_text("Erased. A new conversation has begun.")
    expect(chat.mine).to_have_count(0)
    expect_lights(chat)
    assert chat.session_id() != before
    assert chat.page.request.get(f"{chat.address}/api/sessions/{before}").status == 404
    kept = chat.session_id()
    chat.start_over("Only start over")
    expect(chat.page.locator(".notice")).to_have_count(0)
    assert chat.session_id() != kept
    assert chat.page.request.get(f"{chat.address}/api/sessions/{kept}").ok


def test_a_session_that_is_gone_gives_way_to_a_new_one(open_guy: OpenGuy) -> None:
    chat = open_guy(allowed=("404",))
    chat.page.evaluate("sessionStorage.setItem('esoteric.hedge-fund-guy.session', 'no-such-session')")
    chat.page.reload()
    expect(chat.page.locator(".notice")).to_contain_text("a new one has begun")
    assert chat.page.request.delete(f"{chat.address}/api/sessions/{chat.session_id()}").ok
    chat.type(OPINION)  # erased elsewhere, while this page was open
    expect(chat.page.locator(".notice")).to_contain_text("a new one has begun")
    expect(chat.mine).to_have_count(0)
    assert "omentum" in chat.say(OPINION)


def test_without_a_service_it_says_so_and_begins_again(open_guy: OpenGuy) -> None:
    chat = open_guy(allowed=("ERR_FAILED",))
    chat.page.route("**/api/sessions/*", lambda route: route.abort())
    chat.page.reload()
    expect(chat.alert).to_contain_text("cannot be reached")
    expect(chat.page.locator("#link-state")).to_have_text("Offline")
    chat.page.unroute("**/api/sessions/*")
    chat.button("Try again").click()
    expect(chat.answers).to_have_count(1)
    expect(chat.page.locator("#link-state")).to_have_text("Awake")


def test_hostile_text_is_shown_as_text(open_guy: OpenGuy) -> None:
    chat = open_guy(viewport=PHONE)
    image = '<img src="https://evil.example.com/x" onerror="document.title=1">'
    for text in (image, "\u202eمرحبا <b>bold</b> שלום", "yield" * 300, "<script>document.title = 1</script>"):
        chat.say(text)
        expect(chat.mine.last).to_have_text(text)
    assert chat.page.locator("#log img, #log script, #log b").count() == 0
    assert chat.page.title() == "The Insomniac Hedge Fund Guy"
    assert chat.fits()
    chat.page.reload()
    expect(chat.mine.first).to_have_text(image)
    assert chat.page.locator("#log img").count() == 0


def test_every_width_shows_the_lights_and_the_talk(open_guy: OpenGuy) -> None:
    chat = open_guy(viewport=PHONE)
    chat.say("my mail is a.very.long.address.of.somebody@department.example.com")
    for width in (360, 480, 820, 900, 1440):
        chat.page.set_viewport_size({"width": width, "height": 740})
        for part in (chat.light("name"), chat.light("income"), chat.box, chat.button("Start over"), chat.answers.last):
            expect(part).to_be_in_viewport()
        assert chat.fits(), width
        boxes = [chat.page.locator(part).bounding_box() for part in (".brand", "#small-hours", ".masthead-end")]
        for left, right in pairwise(box for box in boxes if box):
            assert left["x"] + left["width"] <= right["x"] + 1, width


def test_keyboard_alone_reaches_everything(open_guy: OpenGuy) -> None:
    chat = open_guy()
    reached = set()
    for _ in range(14):
        chat.page.keyboard.press("Tab")
        reached.add(chat.page.evaluate("document.activeElement.id || document.activeElement.textContent"))
    assert {"to-loans", "start-over", "message", "Is cash a position?", "Skip to the message box"} <= reached
    chat.box.focus()
    chat.page.keyboard.type("What is")
    chat.page.keyboard.press("Shift+Enter")
    chat.page.keyboard.type("momentum?")
    chat.page.keyboard.press("Enter")
    expect(chat.mine.last).to_have_text("What is\nmomentum?")
    chat.settled()
    assert chat.page.evaluate("document.activeElement.id") == "message"


def test_the_tape_runs_only_while_he_talks(open_guy: OpenGuy) -> None:
    chat = open_guy()
    roll = chat.page.locator("#tape .roll")
    expect(roll).to_have_css("animation-play-state", "paused")
    held: list[Route] = []
    chat.page.route("**/api/chat/stream", lambda route: held.append(route))
    chat.type(OPINION)
    expect(roll).to_have_css("animation-play-state", "running")
    held[0].continue_()
    chat.settled()
    expect(roll).to_have_css("animation-play-state", "paused")
    assert not re.search(r"\d", roll.inner_text()), "the tape quotes nothing"


def test_the_clock_shows_the_small_hours_at_any_time(open_guy: OpenGuy) -> None:
    chat = open_guy()
    expect(chat.page.locator("#small-hours")).to_have_text(re.compile(r"^0[1-5]:\d\d in "))
    nights = chat.page.evaluate(
        """async () => {
            const { nightAt } = await import("/web/js/hedge-fund-guy/small_hours.js");
            const quarters = [];
            for (const day of ["2026-01-15", "2026-07-15"])
                for (let quarter = 0; quarter < 96; quarter += 1)
                    quarters.push(nightAt(new Date(Date.parse(day) + quarter * 900000)).time);
            return quarters;
        }"""
    )
    assert len(nights) == 192
    assert all("01:30" <= time <= "04:59" for time in nights), nights


def test_the_two_pages_lead_to_each_other(open_guy: OpenGuy, open_page: OpenPage) -> None:
    chat = open_guy()
    chat.say(OPINION)
    chat.page.get_by_role("link", name="Personal loans").click()
    expect(chat.answers.first).to_contain_text("How much would you like to borrow")
    chat.page.get_by_role("link", name="Our other assistant").click()
    expect(chat.answers).to_have_count(2)
    expect(chat.mine).to_have_text([OPINION])


def test_it_keeps_to_itself_what_a_visitor_of_the_loan_says(open_guy: OpenGuy) -> None:
    """Either page asks for its own sessions; neither finds the other's."""
    chat = open_guy(allowed=("404",))
    assert chat.page.request.get(f"{chat.address}/api/v1/sessions/{chat.session_id()}").status == 404


def test_without_storage_it_still_talks(open_guy: OpenGuy) -> None:
    def forbid(page: Page) -> None:
        refusing = "{ get() { throw new DOMException('', 'SecurityError'); } }"
        page.add_init_script(f"Object.defineProperty(window, 'sessionStorage', {refusing});")

    chat = open_guy(before=forbid)
    assert "omentum" in chat.say(OPINION)
