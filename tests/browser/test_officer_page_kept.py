"""The officers' page when something comes between: another officer, a lost sign-in or answer, a new case; and sizes."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.officer_desk import DESK, REASON, TABLET, Desk, NewPage
from tests.server.cases.office import Office, under_review
from tests.service import Service


def test_a_case_that_changed_meanwhile_keeps_the_words(new_page: NewPage, service: Service, office: Office) -> None:
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


def test_a_case_that_its_customer_withdraws(new_page: NewPage, service: Service, office: Office) -> None:
    conversation = under_review(service, "C08")
    case = office.maker.case_of(conversation)
    desk = Desk(new_page(), service, office.maker.name)
    desk.open(case)
    conversation.say("please withdraw my application")
    desk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    desk.page.get_by_role("button", name="Show it as it is now").click()
    expect(desk.page.locator("#panel")).to_contain_text("The customer withdrew")
    expect(desk.send).to_have_count(0)


def test_a_sign_in_that_ends_keeps_the_words(new_page: NewPage, service: Service, office: Office) -> None:
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


def test_an_act_whose_answer_is_lost_is_sent_again_safely(new_page: NewPage, service: Service, office: Office) -> None:
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


def test_the_queue_looks_again_without_losing_the_place(new_page: NewPage, service: Service, office: Office) -> None:
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


def test_a_wrong_password_and_a_case_that_is_not_there(new_page: NewPage, service: Service, office: Office) -> None:
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
def test_it_fits(new_page: NewPage, service: Service, office: Office, size: Any) -> None:
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
