"""The officers' page in a browser, with a customer's chat beside it: deciding, asking, two officers, who may what."""

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect

from server.access.accounts import DEVELOPMENT_PASSWORD
from tests.browser.officer_desk import REASON, Desk, NewPage, open_chat
from tests.driver import Conversation, converse, customers
from tests.server.cases.office import Office, status_of, under_review
from tests.service import Service


def test_an_approval_reaches_the_customers_open_page(new_page: NewPage, service: Service, office: Office) -> None:
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
    desk.page.keyboard.press("j")
    expect(desk.page.locator(".queue a").first).to_be_focused()
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


def test_two_officers(new_page: NewPage, service: Service, office: Office) -> None:
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


def test_nobody_confirms_what_they_proposed(new_page: NewPage, service: Service, office: Office) -> None:
    case = office.auditor.case_of(under_review(service, "C17"))
    both = office.person("both-roles", "maker", "checker")
    both.approve(case)
    desk = Desk(new_page(), service, "both-roles")
    desk.open(case)
    desk.choose("Confirm")
    expect(desk.page.locator(".barred")).to_contain_text("You proposed this approval yourself")
    expect(desk.send).to_have_count(0)


def test_a_question_and_its_answer(new_page: NewPage, service: Service, office: Office) -> None:
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


def test_an_auditor_reads_and_has_no_buttons(new_page: NewPage, service: Service, office: Office) -> None:
    case = office.auditor.case_of(under_review(service, "C08"))
    desk = Desk(new_page(), service, office.auditor.name)
    desk.open(case)
    expect(desk.page.locator("#panel")).to_contain_text("You read; you do not decide")
    expect(desk.page.locator("#panel").locator("button, input, textarea")).to_have_count(0)


def test_ones_own_case(new_page: NewPage, service: Service, office: Office) -> None:
    case = office.auditor.case_of(under_review(service, "C08"))
    office.person("anita", "maker", customer="C08")
    desk = Desk(new_page(), service, "anita")
    expect(desk.row(case)).to_contain_text("Your own application")
    expect(desk.row(case).get_by_role("link")).to_have_count(0)
    expect(desk.row(case)).not_to_contain_text("Anita")
    desk.page.goto(f"{service.base_url}/officer#case/{case['case_id']}")
    expect(desk.page.get_by_role("alert").filter(has_text="This case is your own")).to_be_visible()


def test_a_slip_beside_what_was_read_on_it(new_page: NewPage, service: Service, office: Office) -> None:
    case = office.maker.case_of(under_review(service, "C13"))
    desk = Desk(new_page(), service, office.maker.name)
    desk.open(case)
    expect(desk.page.locator(".beside .marked")).to_contain_text("Suresh Patel")
    with desk.page.expect_download() as saved:
        desk.page.get_by_role("link", name="Save the PDF").click()
    assert saved.value.suggested_filename == "document.pdf"
    assert Path(saved.value.path()).read_bytes().startswith(b"%PDF")


def test_an_appeal_that_nobody_may_approve(new_page: NewPage, service: Service, office: Office) -> None:
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


def test_an_officer_reads_a_slip_that_no_program_could(new_page: NewPage, service: Service, office: Office) -> None:
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
