"""The officers' page in a browser, with a customer's chat beside it: deciding, asking, two officers, lost sign-ins.

Set `ESOTERIC_PICTURES` to a folder to look at it.
"""

import os
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from server.access.accounts import DEVELOPMENT_PASSWORD
from server.limits.windows import LocalWindows
from tests.browser.conftest import WATCH_POLICY
from tests.driver import Conversation, converse, customers
from tests.server.cases.office import PASSWORD, Office, status_of, under_review
from tests.service import Service

DESK = {"width": 1366, "height": 768}
TABLET = {"width": 768, "height": 1024}
REASON = "Spoke with the employer; the salary account confirms it."
EXPECTED = ("401", "403", "404", "409")  # the browser's own lines on answers that these tests ask for

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def office(service: Service) -> Office:
    return Office(service)


@pytest.fixture(autouse=True)
def fresh_tries(service: Service) -> None:
    """Nobody signs in as often as these tests."""
    assert service.house is not None
    service.house.limits._windows = LocalWindows()


@pytest.fixture
def new_page(browser: Browser, service: Service) -> Iterator[OpenPage]:
    """Pages in profiles of their own. None may break its rules or ask another host."""
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
        assert [line for line in complaints if not any(code in line for code in EXPECTED)] == []


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


def test_an_approval_reaches_the_customers_open_page(new_page: OpenPage, service: Service, office: Office) -> None:
    conversation = under_review(service, "C06")
    case = office.auditor.case_of(conversation)
    chat, desk = new_page(), Desk(new_page(), service, "dev-maker", DEVELOPMENT_PASSWORD)
    answers = open_chat(chat, service, conversation)
    expect(chat.locator('[data-card="outcome"]')).to_contain_text("With our credit team, by 2 December 2026")
    expect(chat.locator("#application .pill")).to_contain_text("by 2 Dec 2026")
    before = answers.count()

    expect(desk.row(case)).to_contain_text("Credit score in the band that a person decides")
    expect(desk.row(case)).to_contain_text("₹1,00,000")
    desk.keep_picture("queue")
    desk.row(case).get_by_role("link").focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator('tr[data-rule="M-02"]')).to_contain_text("628")
    first = desk.page.locator(".trace tbody tr").first
    expect(first).to_contain_text("Applies")
    expect(first).to_contain_text("SB-7 (600 to 649)")
    expect(desk.page.locator(".choice :checked")).to_have_count(0)
    desk.choose("Approve")
    expect(desk.page.locator(".outlook")).to_contain_text("A document is needed")

    expect(desk.send).to_be_disabled()
    desk.give_reason()
    expect(desk.page.locator(".wanting")).to_contain_text("Tick every finding")
    desk.page.get_by_label("Credit score in the band").check()
    desk.keep_picture("case")
    desk.send.dblclick()
    expect(desk.notice).to_contain_text("Approved")
    expect(desk.notice).to_contain_text("The customer has been told.")
    desk.keep_picture("approved")

    expect(answers).to_have_count(before + 1)
    expect(answers.last).to_contain_text("goes on")
    expect(chat.locator('[data-card="outcome"]')).to_have_count(0)
    acts = office.auditor.look(case["case_id"])["acts"]
    assert [(act["act"], act["officer"], act["reason"]) for act in acts] == [("approve", "dev-maker", REASON)]


def test_two_officers(new_page: OpenPage, service: Service, office: Office) -> None:
    conversation = under_review(service, "C17")
    case = office.auditor.case_of(conversation)
    chat, maker = new_page(), Desk(new_page(), service, "dev-maker", DEVELOPMENT_PASSWORD)
    answers = open_chat(chat, service, conversation)
    before = answers.count()
    maker.open(case)
    maker.choose("Approve")
    expect(maker.page.locator(".second")).to_contain_text("G-03 takes two officers")
    maker.page.get_by_label("Possible match").check()
    maker.give_reason()
    expect(maker.send).to_have_text("Propose the approval")
    maker.send.click()
    expect(maker.notice).to_contain_text("Another officer has to confirm it")
    expect(maker.page.locator(".choice")).to_have_count(0)
    expect(maker.page.locator(".history")).to_contain_text("Approval proposed by dev-maker")
    expect(answers).to_have_count(before)

    office.person("tiny", "checker", limit=99_999)
    tiny = Desk(new_page(), service, "tiny")
    tiny.open(case)
    tiny.choose("Confirm")
    expect(tiny.page.locator(".barred")).to_contain_text("₹1,00,000 is above your limit of ₹99,999")
    expect(tiny.send).to_have_count(0)

    checker = Desk(new_page(), service, "dev-checker", DEVELOPMENT_PASSWORD)
    checker.page.get_by_role("button", name="Second officer").click()
    expect(checker.row(case)).to_contain_text("proposed by dev-maker")
    checker.row(case).click()
    expect(checker.page.locator(".proposal")).to_contain_text(REASON)
    checker.choose("Confirm")
    checker.give_reason("Compared the date of birth and the father's name.")
    checker.keep_picture("confirm")
    checker.send.click()
    expect(checker.notice).to_contain_text("Approved")
    expect(answers).to_have_count(before + 1)
    expect(chat.locator('[data-card="offer"], #deck .card').first).to_be_visible()
    assert status_of(conversation) == "offer_made"


def test_nobody_confirms_what_they_proposed(new_page: OpenPage, service: Service, office: Office) -> None:
    case = office.auditor.case_of(under_review(service, "C17"))
    both = office.person("both-roles", "maker", "checker")
    both.approve(case)
    desk = Desk(new_page(), service, "both-roles")
    desk.open(case)
    desk.choose("Confirm")
    expect(desk.page.locator(".barred")).to_contain_text("You proposed this approval yourself")
    expect(desk.send).to_have_count(0)


def test_a_question_and_its_answer(new_page: OpenPage, service: Service, office: Office) -> None:
    conversation = under_review(service, "C06")
    case = office.maker.case_of(conversation)
    chat, desk = new_page(), Desk(new_page(), service, office.maker.name)
    answers = open_chat(chat, service, conversation)
    desk.open(case)
    desk.choose("Ask the customer")
    desk.page.get_by_label("Question to the customer").fill("Since when have you worked at your present firm?")
    desk.give_reason()
    desk.send.click()
    expect(desk.notice).to_contain_text("The question is with the customer")
    expect(answers.last).to_contain_text("Since when have you worked")
    expect(chat.locator('[data-card="outcome"]')).to_contain_text("Since when have you worked")
    desk.keep_picture("asked")

    chat.get_by_role("textbox", name="Your message").fill("Since March 2021, before that in Nashik")
    chat.get_by_role("textbox", name="Your message").press("Enter")
    expect(answers.last).to_contain_text("passed your answer")
    desk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # it looks again
    expect(desk.notice).to_contain_text("has changed since you opened it")
    desk.page.get_by_role("button", name="Show it as it is now").click()
    expect(desk.page.locator(".talk [data-answer]")).to_contain_text("Since March 2021")
    expect(desk.page.locator(".case-state")).to_contain_text("To decide")


def test_a_case_that_changed_meanwhile_keeps_the_words(new_page: OpenPage, service: Service, office: Office) -> None:
    case = office.maker.case_of(under_review(service, "C08"))
    desk = Desk(new_page(), service, office.maker.name)
    desk.open(case)
    desk.choose("Decline")
    desk.give_reason()
    office.person("other-maker", "maker").do("ask", case, question="Where do you work at present?")
    desk.send.click()
    expect(desk.notice).to_contain_text("nothing was done")
    expect(desk.page.get_by_label("Reason")).to_have_value(REASON)
    expect(desk.page.locator(".history")).to_contain_text("Where do you work at present?")
    desk.send.click()
    expect(desk.notice).to_contain_text("Declined")
    assert office.maker.look(case["case_id"])["outcome"] == "declined"


def test_a_case_that_its_customer_withdraws(new_page: OpenPage, service: Service, office: Office) -> None:
    conversation = under_review(service, "C08")
    case = office.maker.case_of(conversation)
    desk = Desk(new_page(), service, office.maker.name)
    desk.open(case)
    conversation.say("please withdraw my application")
    desk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    desk.page.get_by_role("button", name="Show it as it is now").click()
    expect(desk.page.locator("#panel")).to_contain_text("The customer withdrew")
    expect(desk.send).to_have_count(0)


def test_a_sign_in_that_ends_keeps_the_words(new_page: OpenPage, service: Service, office: Office) -> None:
    case = office.maker.case_of(under_review(service, "C08"))
    desk = Desk(new_page(), service, office.maker.name)
    desk.open(case)
    desk.choose("Decline")
    desk.give_reason()
    desk.page.context.clear_cookies()
    desk.send.click()
    expect(desk.page.get_by_role("dialog")).to_contain_text("What you typed is still here")
    expect(desk.page.locator("#case-view")).to_be_hidden()
    desk.keep_picture("signed-out")
    desk.sign_in()
    expect(desk.page.get_by_label("Reason")).to_have_value(REASON)
    assert office.maker.look(case["case_id"])["state"] == "open"
    desk.send.click()
    expect(desk.notice).to_contain_text("Declined")


def test_an_act_whose_answer_is_lost_is_sent_again_safely(new_page: OpenPage, service: Service, office: Office) -> None:
    case = office.maker.case_of(under_review(service, "C08"))
    desk = Desk(new_page(), service, office.maker.name)
    desk.open(case)
    desk.choose("Decline")
    desk.give_reason()
    keys: list[str] = []

    def lose_the_first(route: Any) -> None:
        keys.append(route.request.post_data_json["key"])
        answer = route.fetch()
        if len(keys) == 1:
            route.fulfill(status=404, content_type="application/json", body='{"detail": "Lost.", "code": "lost"}')
        else:
            route.fulfill(response=answer)

    desk.page.route("**/acts", lose_the_first)
    desk.send.click()
    expect(desk.notice).to_contain_text("Lost.")
    desk.send.click()
    expect(desk.notice).to_contain_text("Declined")
    assert keys[0] == keys[1]
    assert len(office.maker.look(case["case_id"])["acts"]) == 1


def test_an_auditor_reads_and_has_no_buttons(new_page: OpenPage, service: Service, office: Office) -> None:
    case = office.auditor.case_of(under_review(service, "C08"))
    desk = Desk(new_page(), service, office.auditor.name)
    desk.open(case)
    expect(desk.page.locator("#panel")).to_contain_text("You read; you do not decide")
    expect(desk.page.locator("#panel").locator("button, input, textarea")).to_have_count(0)


def test_ones_own_case(new_page: OpenPage, service: Service, office: Office) -> None:
    case = office.auditor.case_of(under_review(service, "C08"))
    office.person("anita", "maker", customer="C08")
    desk = Desk(new_page(), service, "anita")
    expect(desk.row(case)).to_contain_text("Your own application")
    expect(desk.row(case).get_by_role("link")).to_have_count(0)
    expect(desk.row(case)).not_to_contain_text("Anita")
    desk.page.goto(f"{service.base_url}/officer#case/{case['case_id']}")
    expect(desk.page.get_by_role("alert").filter(has_text="This case is your own")).to_be_visible()


def test_a_slip_beside_what_was_read_on_it(new_page: OpenPage, service: Service, office: Office) -> None:
    case = office.maker.case_of(under_review(service, "C13"))
    desk = Desk(new_page(), service, office.maker.name)
    desk.open(case)
    expect(desk.page.locator(".beside .marked")).to_contain_text("Suresh Patel")
    with desk.page.expect_download() as saved:
        desk.page.get_by_role("link", name="Save the PDF").click()
    assert saved.value.suggested_filename == "document.pdf"
    assert Path(saved.value.path()).read_bytes().startswith(b"%PDF")


def test_an_appeal_that_nobody_may_approve(new_page: OpenPage, service: Service, office: Office) -> None:
    conversation = Conversation(service)
    converse(conversation, "C11")
    conversation.say("I want to talk to a person")
    desk = Desk(new_page(), service, office.maker.name)
    desk.open(office.maker.case_of(conversation))
    desk.choose("Approve")
    expect(desk.page.locator(".barred")).to_contain_text("cannot be approved")
    expect(desk.send).to_have_count(0)
    desk.choose("Decline")
    expect(desk.send).to_have_text("Decline and tell the customer")


def test_the_queue_looks_again_without_losing_the_place(new_page: OpenPage, service: Service, office: Office) -> None:
    case = office.auditor.case_of(under_review(service, "C06"))
    desk = Desk(new_page(), service, office.maker.name)
    desk.row(case).get_by_role("link").focus()
    fresh = office.auditor.case_of(under_review(service, "C13"))
    desk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(desk.row(fresh)).to_be_visible()
    expect(desk.row(case).get_by_role("link")).to_be_focused()
    desk.page.get_by_label("Kind").select_option("provider")
    expect(desk.page.locator(".none")).to_contain_text("Nothing here")
    desk.keep_picture("empty")
    desk.page.get_by_label("Kind").select_option("")
    desk.page.get_by_role("button", name="Decided").click()
    expect(desk.row(case)).to_have_count(0)


def test_a_wrong_password_and_a_case_that_is_not_there(new_page: OpenPage, service: Service, office: Office) -> None:
    page = new_page()
    page.goto(f"{service.base_url}/officer")
    page.get_by_label("Name", exact=True).fill("dev-maker")
    page.get_by_label("Password").fill("not this one at all")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_visible()
    desk = Desk(new_page(), service, office.maker.name)
    desk.page.goto(f"{service.base_url}/officer#case/none")
    expect(desk.page.get_by_role("alert").filter(has_text="There is no such case")).to_be_visible()
    desk.page.get_by_role("link", name="Back to the queue").click()
    expect(desk.page.get_by_role("heading", name="Queue")).to_be_visible()
    desk.page.get_by_role("button", name="Sign out").click()
    expect(desk.page.get_by_role("dialog")).to_be_visible()


@pytest.mark.parametrize("size", [DESK, TABLET], ids=["desk", "tablet"])
def test_it_fits(new_page: OpenPage, service: Service, office: Office, size: Any) -> None:
    case = office.maker.case_of(under_review(service, "C13"))
    desk = Desk(new_page(size), service, office.maker.name)
    expect(desk.row(case)).to_be_visible()
    assert desk.fits()
    desk.keep_picture("queue-full")
    desk.open(case)
    assert desk.fits()
    desk.keep_picture("case-full")
    if size is TABLET:
        desk.page.get_by_role("link", name="Decide", exact=True).click()
        desk.choose("Decline")
        expect(desk.send).to_be_in_viewport()
        desk.keep_picture("decide")


def test_an_officer_reads_a_slip_that_no_program_could(new_page: OpenPage, service: Service, office: Office) -> None:
    conversation = Conversation(service)
    converse(conversation, "C07", until="salary_slip")
    conversation.upload(illegible_slip(), "slip.png", "image/png").raise_for_status()
    case = office.maker.case_of(conversation)
    assert (case["kind"], case["approval"]) == ("document", "slip")
    desk = Desk(new_page(), service, office.maker.name)
    desk.open(case)
    picture = desk.page.get_by_alt_text("The document as it was uploaded")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 900)
    desk.choose("Approve")
    desk.give_reason("The picture is blurred but the figures can be read.")
    expect(desk.page.locator(".wanting")).to_contain_text("Choose what happens with the slip")
    desk.page.get_by_label("Say what is on it").check()
    expect(desk.page.locator(".wanting")).to_contain_text("Fill in name, net pay and day of payment")
    customer = customers()["C07"]
    desk.page.get_by_label("Name on the slip").fill(customer["name"])
    desk.page.get_by_label("Net pay, rupees a month").fill(f"{customer['net_income_on_file']:,}")
    desk.page.get_by_label("Paid on").fill("2026-11-28")
    desk.keep_picture("slip")
    desk.send.click()
    expect(desk.notice).to_contain_text("Approved")
    (act,) = office.maker.look(case["case_id"])["acts"]
    assert act["details"]["slip"]["net_pay"] == customer["net_income_on_file"]
    assert status_of(conversation) == "offer_made"


def illegible_slip() -> bytes:
    """A picture in which there is nothing to read."""
    picture = BytesIO()
    Image.linear_gradient("L").resize((900, 1200)).save(picture, "PNG")
    return picture.getvalue()
