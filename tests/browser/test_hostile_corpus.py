"""Hostile texts on every page, as replies, messages, names, purposes, clauses, mails and case files: all stay text."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from agents.hedge_fund_guy.speaking import DraftSpeaker
from agents.speaking import TemplateSpeaker
from server.access.accounts import DEVELOPMENT_PASSWORD
from tests.browser.chat_page import ChatPage
from tests.browser.conftest import WATCH_POLICY
from tests.browser.guy_page import GuyPage
from tests.browser.officer_desk import Desk
from tests.browser.payloads import payloads
from tests.server.cases.office import Office, under_review
from tests.service import Service

LEAST = 300
AT_ONCE = 60  # texts in one reply
LETTER = re.compile(r"/api/v1/letters/[\w-]+")  # the one thing that becomes a link, and only to a page of ours
# What is shown of a case, a session, a statement, a mail: every one of these holds texts of the corpus.
SHOWN = frozenset(
    {
        "name", "customer_name", "applicant_name", "purpose", "employer", "city", "email", "address", "content", "body",
        "subject", "to", "reason", "question", "text", "source", "label", "title", "officer", "sanction_letter_url",
        "employee_name", "source_of", "words",
    }
)  # fmt: skip
# Elements that only markup could have brought, handlers in attributes, and addresses that are no pages of ours.
ODD = """() => {
    const odd = [];
    const own = new Set(["P", "UL", "LI", "A", "SPAN", "I", "BUTTON", "DIV"]);
    for (const bubble of document.querySelectorAll(".bubble"))
        for (const node of bubble.querySelectorAll("*")) if (!own.has(node.tagName)) odd.push(node.outerHTML);
    const never = "img:not([src^='/web/']), iframe, object, embed, video, audio, marquee, math, base, plaintext";
    for (const node of document.querySelectorAll(never)) odd.push(node.outerHTML);
    for (const node of document.querySelectorAll("*"))
        for (const { name, value } of node.attributes) {
            if (name.startsWith("on") || name === "srcdoc") odd.push(node.outerHTML);
            const goes = ["href", "src", "action", "formaction", "data", "xlink:href"].includes(name);
            if (goes && new URL(value, location.href).origin !== location.origin) odd.push(node.outerHTML);
        }
    if (window.pwned !== undefined) odd.push("a script ran");
    return odd;
}"""


@pytest.fixture
def page(browser: Browser, service: Service) -> Iterator[Page]:
    """A page that is watched: no dialog, no other host, no breach of its own policy, no error."""
    profile = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = profile.new_page()
    page.set_default_timeout(15_000)
    asked: list[str] = []
    happened: list[str] = []
    page.add_init_script(WATCH_POLICY)
    profile.on("request", lambda request: asked.append(request.url))
    profile.on("page", lambda other: happened.append(other.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.on("dialog", lambda dialog: (happened.append(dialog.message), dialog.dismiss()))
    page.on("download", lambda download: happened.append(download.url))
    page.on("pageerror", lambda error: happened.append(str(error)))
    yield page
    assert page.evaluate(ODD) == []
    assert page.evaluate("window.violations") == []
    profile.close()
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(service.base_url).netloc}
    assert happened == []


def test_the_corpus_is_large_and_without_repeats() -> None:
    assert len(set(payloads())) == len(payloads()) >= LEAST


def test_as_replies_and_messages_of_the_loan_assistant(
    page: Page, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = ChatPage(page, service.base_url)
    chat.open()
    _say_all(monkeypatch, TemplateSpeaker, chat)
    page.reload()
    chat.settled()
    expect(chat.answers).to_have_count(len(_parts()) + 1)
    _all_are_text(page)


def test_as_replies_and_messages_of_the_hedge_fund_guy(
    page: Page, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = GuyPage(page, service.base_url)
    chat.open()
    _say_all(monkeypatch, DraftSpeaker, chat)


def test_as_names_purposes_and_mails_of_an_application(page: Page, service: Service) -> None:
    chat = ChatPage(page, service.base_url)
    chat.open()
    chat.say("I need 2 lakh over 24 months for a wedding, my name is Meera Nair")
    texts = iter(_parts())
    held: list[list[str]] = []

    def answer(route: Route) -> None:
        response = route.fetch()
        if "json" not in response.headers.get("content-type", ""):
            return route.fulfill(response=response)
        told = _with_texts(response.json(), "\n".join(held[-1]))
        return route.fulfill(response=response, body=json.dumps(told))

    page.route("**/api/v1/**", lambda route: answer(route) if route.request.method == "GET" else route.continue_())
    for part in texts:
        held.append(part)
        page.reload()
        expect(chat.field("applicant_name")).to_contain_text(part[0].strip()[:20])
        expect(chat.field("purpose")).to_contain_text(part[0].strip()[:20])
        assert page.evaluate(ODD) == []


def test_as_what_an_officer_reads_of_a_case(page: Page, service: Service) -> None:
    office = Office(service)
    case = office.maker.case_of(under_review(service, "C06"))
    desk = Desk(page, service, "dev-maker", DEVELOPMENT_PASSWORD)
    held: list[list[str]] = []

    def answer(route: Route) -> None:
        response = route.fetch()
        told = _with_texts(response.json(), "\n".join(held[-1]))
        route.fulfill(response=response, body=json.dumps(told))

    page.route("**/api/v1/cases**", answer)
    page.route("**/api/v1/cases/*", answer)
    for number, part in enumerate(_parts()):
        held.append(part)
        page.goto(f"{service.base_url}/officer?{number}#case/{case['case_id']}")
        expect(desk.page.locator(".case-head h1")).to_contain_text(part[0].strip()[:20])
        shown = page.locator("#case-view").inner_text()
        assert all(_plain(one) in _plain(shown) for one in part)
        assert page.evaluate(ODD) == []


def _parts() -> list[list[str]]:
    every = payloads()
    return [every[start : start + AT_ONCE] for start in range(0, len(every), AT_ONCE)]


def _say_all(monkeypatch: pytest.MonkeyPatch, speaker: Any, chat: ChatPage | GuyPage) -> None:
    """Each part of the corpus as a message, and as the reply to it, streamed."""
    for part in _parts():

        async def speak(*_: Any, part: list[str] = part) -> AsyncIterator[str]:
            for one in part:
                yield f"{one}\n"

        monkeypatch.setattr(speaker, "speak", speak)
        chat.say("\n".join(one for one in part if one.isprintable() and one.isascii()))
    _all_are_text(chat.page)


def _all_are_text(page: Page) -> None:
    assert page.evaluate(ODD) == []
    for who in ("assistant", "user"):
        shown = _plain(" ".join(page.locator(f".message.{who} .bubble").all_text_contents()))
        for one in payloads():
            if who == "assistant" or (one.isprintable() and one.isascii()):
                written = LETTER.sub("your sanction letter", one) if who == "assistant" else one
                assert _plain(written) in shown, one


def _plain(text: str) -> str:
    """Without blanks; a byte order mark counts as one where lines are trimmed."""
    return "".join(sign for sign in text if not sign.isspace() and sign != "\ufeff")


def _with_texts(told: Any, text: str) -> Any:
    """The same answer in which every text that is shown is this one."""
    match told:
        case dict():
            return {
                name: text if name in SHOWN and isinstance(value, str) else _with_texts(value, text)
                for name, value in told.items()
            }
        case list():
            return [_with_texts(one, text) for one in told]
    return told
