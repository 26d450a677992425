"""Drops, blocked sockets, stopped and failed turns: a message is answered once, or plainly not at all."""

import json

from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.browser.conftest import OpenPage

CATCH_SOCKETS = """
const Real = window.WebSocket;
window.sockets = [];
window.WebSocket = class extends Real { constructor(...given) { super(...given); window.sockets.push(this); } };
"""
NO_SOCKETS = """
window.WebSocket = class { constructor() { this.readyState = 3; setTimeout(() => this.onclose?.({}), 0); } close() {} };
"""


def asked_once(chat_messages: list[dict[str, str]], text: str) -> bool:
    return [message["content"] for message in chat_messages if message["role"] == "user"].count(text) == 1


def test_a_drop_in_the_middle_loses_and_repeats_nothing(open_page: OpenPage) -> None:
    chat = open_page(before=lambda page: page.add_init_script(CATCH_SOCKETS))
    chat.say("I need 2 lakh")
    chat.page.evaluate("window.sockets.at(-1).close()")
    assert "Meera" in chat.say("My name is Meera Nair")  # written while the connection is down
    for _ in range(2):
        chat.page.evaluate("window.sockets.at(-1).close()")
    chat.say("18 months")
    assert chat.page.evaluate("window.sockets.length") >= 3
    messages = chat.session("/messages")["messages"]
    assert len(messages) == len(chat.mine.all()) + len(chat.answers.all()) == 7
    assert asked_once(messages, "My name is Meera Nair")


def test_a_socket_that_breaks_goes_on_behind_the_newest_event(open_page: OpenPage) -> None:
    sent: list[list[dict[str, object]]] = []
    seen: list[int] = []

    def cut_once(socket: WebSocketRoute) -> None:
        server, this = socket.connect_to_server(), len(sent)
        sent.append([])

        def from_page(raw: str | bytes) -> None:
            sent[this].append(json.loads(raw))
            server.send(raw)

        def from_server(raw: str | bytes) -> None:
            event_id = json.loads(raw)["event_id"]
            if this == 0 and event_id > 5:
                return
            seen.append(event_id)
            socket.send(raw)
            if this == 0 and event_id == 5:
                socket.close()

        socket.on_message(from_page)
        server.on_message(from_server)

    chat = open_page(before=lambda page: page.route_web_socket("**/api/v1/ws/*", cut_once))
    assert "₹2,00,000" in chat.say("I need 2 lakh")
    assert "Meera" in chat.say("My name is Meera Nair")
    assert sent[1][0] == {"type": "resume", "last_event_id": 5}
    assert seen == list(range(1, len(seen) + 1))
    assert asked_once(chat.session("/messages")["messages"], "I need 2 lakh")


def test_a_drop_just_after_sending(open_page: OpenPage) -> None:
    chat = open_page(before=lambda page: page.add_init_script(CATCH_SOCKETS))
    chat.box.fill("I need 2 lakh")
    chat.page.evaluate(
        """() => {
            document.querySelector("#composer").requestSubmit();
            window.sockets.at(-1).close();
        }"""
    )
    expect(chat.answers).to_have_count(2)
    chat.settled()
    expect(chat.answers.last).to_contain_text("₹2,00,000")
    assert asked_once(chat.session("/messages")["messages"], "I need 2 lakh")
    chat.say("My name is Meera Nair")
    expect(chat.field("applicant_name")).to_contain_text("Meera Nair")


def test_without_websockets_it_streams_over_sse(open_page: OpenPage) -> None:
    chat = open_page(before=lambda page: page.add_init_script(NO_SOCKETS))
    with chat.page.expect_response("**/api/v1/chat/stream") as answered:
        assert "₹2,00,000" in chat.say("I need 2 lakh")
    assert answered.value.headers["content-type"].startswith("text/event-stream")
    expect(chat.page.locator(".message.assistant .trail").last).to_have_text("Sales")
    chat.say("My name is Meera Nair")
    expect(chat.field("applicant_name")).to_contain_text("Meera Nair")


def test_a_stream_that_breaks_is_asked_again(open_page: OpenPage) -> None:
    ids: list[str] = []

    def break_once(route: Route) -> None:
        ids.append((route.request.post_data_json or {})["message_id"])
        if len(ids) == 1:
            route.abort()
        else:
            route.continue_()

    def prepare(page: Page) -> None:
        page.add_init_script(NO_SOCKETS)
        page.route("**/api/v1/chat/stream", break_once)

    chat = open_page(before=prepare, allowed=("ERR_FAILED",))
    assert "₹2,00,000" in chat.say("I need 2 lakh")
    assert len(ids) == 2
    assert ids[0] == ids[1]


def test_stop_and_send_again(open_page: OpenPage) -> None:
    """The service answers in milliseconds, so its side of a stopped turn is played here."""
    stopped: list[str] = []

    def hold_first(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def from_page(raw: str | bytes) -> None:
            sent = json.loads(raw)
            if sent.get("type") == "cancel":
                end = {"type": "end", "content": "", "event_id": 2, "message_id": stopped[0], "cancelled": True}
                nothing = {"loan_application": before["loan_application"], "awaiting": before["awaiting"]}
                socket.send(json.dumps(end | nothing))
            elif not stopped:
                stopped.append(sent["message_id"])
                socket.send(json.dumps({"type": "node", "content": "sales", "status": "started", "event_id": 1}))
            else:
                server.send(raw)

        socket.on_message(from_page)

    chat = open_page(before=lambda page: page.route_web_socket("**/api/v1/ws/*", hold_first))
    before = chat.session()
    chat.box.fill("I need 2 lakh")
    chat.box.press("Enter")
    expect(chat.page.locator(".message.working .trail")).to_contain_text("Sales is noting")
    chat.button("Stop this answer").click()
    expect(chat.page.locator(".message.user .note")).to_contain_text("not counted")
    expect(chat.answers).to_have_count(1)
    assert "₹2,00,000" in chat.press("Send again")
    assert len(chat.mine.all()) == 1
    sent = [message["message_id"] for message in chat.session("/messages")["messages"]]
    assert stopped[0] not in sent


def test_a_failed_turn_is_tried_again_under_its_id(open_page: OpenPage) -> None:
    ids: list[str] = []

    def fail_first(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def from_page(raw: str | bytes) -> None:
            ids.append(json.loads(raw)["message_id"])
            if len(ids) > 1:
                server.send(raw)
                return
            for frame in (
                {"type": "message", "content": "Great! I ", "event_id": 1, "attempt": 1},
                {"type": "error", "content": "Something went wrong on our side.", "event_id": 2, "code": "turn_failed"},
            ):
                socket.send(json.dumps(frame))

        socket.on_message(from_page)

    chat = open_page(before=lambda page: page.route_web_socket("**/api/v1/ws/*", fail_first))
    chat.box.fill("I need 2 lakh")
    chat.box.press("Enter")
    expect(chat.page.get_by_role("alert")).to_contain_text("Something went wrong on our side.")
    assert "₹2,00,000" in chat.press("Try again")
    expect(chat.page.get_by_role("alert")).to_have_count(0)
    assert ids[0] == ids[1]
    assert len(chat.mine.all()) == 1


def test_a_session_that_is_gone_gives_way_to_a_new_one(open_page: OpenPage) -> None:
    chat = open_page(allowed=("404",))
    chat.page.evaluate("sessionStorage.setItem('esoteric.session', 'no-such-session')")
    chat.page.reload()
    expect(chat.page.locator(".notice")).to_contain_text("a new one has begun")
    assert "₹2,00,000" in chat.say("I need 2 lakh")


def test_two_tabs_of_one_session_show_the_same(open_page: OpenPage) -> None:
    here, there = open_page(), open_page()
    session_id = here.session()["session_id"]
    there.page.evaluate(f"sessionStorage.setItem('esoteric.session', '{session_id}')")
    there.page.reload()
    expect(there.page.locator("#link-state")).to_have_attribute("data-state", "live")
    here.say("I need 2 lakh")
    expect(there.mine).to_have_text(["I need 2 lakh"])
    there.settled()
    there.say("My name is Meera Nair")
    expect(here.mine).to_have_count(2)
    here.settled()
    assert here.answers.all_inner_texts() == there.answers.all_inner_texts()
    expect(here.field("applicant_name")).to_contain_text("Meera Nair")
