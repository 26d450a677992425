"""What a customer's question is answered with where no model is asked: as before there was any."""

from dataclasses import replace

import pytest

from agents.application import new_application
from agents.consulting import clause_line, told
from agents.speaking import Line, line
from agents.understanding.stated import stated_figures, weighs_tenures
from kb.search import Passage
from tests.agents.consulting_parts import Clauses
from tests.conversation import Conversation, talked

FEE = Passage("fees.processing", "Processing fee", "The fee is 2%.", "Fees · fees.processing", 1.0, True)
MORE = Passage("fees.deduction", "When", "It is deducted.", "Fees · fees.deduction", 0.9, True)
FAR = Passage("other.cars", "Cars", "We lend for cars.", "Other loans · other.cars", 0.2, False)


async def answered(*passages: Passage, otherwise: list[Line] | None = None) -> list[Line]:
    application = new_application("EF-1", "2026-12-01")
    services = replace(Conversation().services, knowledge=Clauses(*passages))
    return await services.consultant_for(application).answer("what is the fee?", None, application, "en", otherwise)


async def test_relevant_clauses_answer() -> None:
    assert [one["key"] for one in await answered(FEE, FAR)] == ["sales.answer"]
    assert [one["key"] for one in await answered(FEE, MORE, FAR)] == ["sales.answer", "sales.answer_more"]


async def test_nothing_relevant_names_whom_to_ask() -> None:
    (said,) = await answered(FAR)
    assert said["key"] == "sales.no_answer"
    assert said["facts"] == Conversation().services.desk("en")


async def test_what_is_said_otherwise_is_said_without_a_search() -> None:
    otherwise = [line("estimate.need_amount")]
    assert await answered(FEE, otherwise=otherwise) == otherwise
    assert await answered(FEE, otherwise=[]) == []


def test_a_line_is_told_once() -> None:
    said = told([line("sales.greet"), clause_line(FEE), line("sales.greet"), clause_line(MORE)])
    assert [one["key"] for one in said] == ["sales.greet", "sales.answer", "sales.answer_more"]


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ("What is the processing fee?", "The processing fee is 2% of the loan amount"),
        ("emi for 36 months?", "Tell me an amount and I will work out the EMI."),
        ("2 or 3 years for 5 lakh?", "Great! I can help you with a ₹5,00,000 loan. Between 24 and 36 months: which"),
        ("emi for 3 lakh over 24 months vs 48 months?", "For ₹3,00,000 over 48 months, the EMI would be between"),
    ],
)
async def test_without_a_model_replies_are_as_they_were(message: str, reply: str) -> None:
    assert (await talked(message)).reply.startswith(reply)


@pytest.mark.parametrize(
    ("text", "amounts", "months"),
    [
        ("2 or 3 years for 5 lakh?", {500_000}, {24, 36}),
        ("5 लाख के लिए 24 या 36 महीने", {500_000}, {24, 36}),
        ("3 lakh ya 4 lakh, do saal ke liye", {300_000, 400_000}, {24}),
        ("between 2 and 3 lakh", {200_000, 300_000}, set()),
        ("my score is 750", set(), set()),
        ("nothing at all", set(), set()),
    ],
)
def test_figures_of_a_message(text: str, amounts: set[int], months: set[int]) -> None:
    stated = stated_figures(text)
    assert stated.amounts == amounts
    assert stated.months == months


def test_several_tenures_are_a_choice() -> None:
    assert weighs_tenures("24 months or 48 months?")
    assert not weighs_tenures("emi for 3 lakh over 24 months?")
