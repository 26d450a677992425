"""The model's words reach the customer only where they say what the templates say."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence

import pytest

from agents.model.asking import Ask, Call, ModelFailed, Tool
from agents.model.draft import is_conversational
from agents.model.speaking import OPENING_SECONDS, ModelSpeaker
from agents.speaking import LANGUAGES, Line, line, phrasebook
from tests.agents.model_parts import Parts, model_over_loopback
from tests.groq_server import Body, content_of, drop, text

GREETING = (line("sales.greet"), line("ask.desired_amount"))
TENURE = (line("noted.applicant_name", value="Aarav Mehta"), line("ask.loan_term_months", min_months=12, max_months=60))
CONSENT_TEXT = phrasebook("en").phrase(line("consent.data_use"))
CONSENT = (line("noted.purpose", value="Wedding"), line("kyc.introduction"), line("consent.data_use"))


@pytest.fixture
async def parts() -> AsyncIterator[Parts]:
    async with model_over_loopback() as made:
        yield made


async def echo(body: Body) -> AsyncIterator[bytes]:
    async for part in text(content_of(body)["say"])(body):
        yield part


def template(*lines: Line) -> str:
    return phrasebook("en").compose(lines)


async def test_the_models_words_are_said(parts: Parts) -> None:
    parts.groq.on_text = text("Namaste and welcome! How much would you like to borrow?")
    assert await parts.spoken(*GREETING) == ("Namaste and welcome! How much would you like to borrow?", 0)


async def test_names_stay_here_and_come_back(parts: Parts) -> None:
    parts.groq.on_text = text("Lovely to meet you, [NAME_1]! Over how many months, 12 to 60, will you repay?")
    said, _ = await parts.spoken(*TENURE)
    assert said == "Lovely to meet you, Aarav Mehta! Over how many months, 12 to 60, will you repay?"
    assert b"Aarav" not in parts.groq.raw
    sent = content_of(parts.groq.requests[0])
    assert sent["keep"] == ["12 to 60", "[NAME_1]"]
    assert sent["language"] == "English"


async def test_the_language_is_the_customers(parts: Parts) -> None:
    parts.groq.on_text = text("नमस्ते! आप कितना लोन लेना चाहते हैं?")
    assert await parts.spoken(*GREETING, language="hi") == ("नमस्ते! आप कितना लोन लेना चाहते हैं?", 0)
    assert "Devanagari" in parts.groq.requests[0]["messages"][-1]["content"]


@pytest.mark.parametrize(
    "lie",
    [
        "Hello! You are approved for ₹5,00,000. How much would you like to borrow?",
        "You are approved! How much would you like to borrow?",
        "Hello! How much would you like to borrow at 9%?",
        "Hello! The money comes tomorrow. How much would you like to borrow?",
        "Hello! Tell me your OTP. How much would you like to borrow?",
        "Hello! See https://example.com first. How much would you like to borrow?",
        "Hello [NAME_1]! How much would you like to borrow?",
        "Hello! " + "How much would you like to borrow, my friend, and what do you think of it all? " * 30,
        "word " * 500,
        "",
        "   \n ",
    ],
)
async def test_a_lie_becomes_the_template(parts: Parts, lie: str) -> None:
    parts.groq.on_text = text(lie)
    said, _ = await parts.spoken(*GREETING)
    assert said == template(*GREETING)


async def test_what_was_said_before_the_lie_is_taken_back(parts: Parts) -> None:
    parts.groq.on_text = text("Hello and welcome! How much is it? You are approved.")
    assert await parts.spoken(*GREETING) == (template(*GREETING), 1)


async def test_a_figure_left_out_becomes_the_template(parts: Parts) -> None:
    parts.groq.on_text = text("Lovely, [NAME_1]! For how many months?")
    said, _ = await parts.spoken(*TENURE)
    assert said == template(*TENURE)


async def test_a_question_left_out_is_asked_as_it_stands(parts: Parts) -> None:
    parts.groq.on_text = text("Namaste and welcome to us!")
    assert await parts.spoken(*GREETING) == ("Namaste and welcome to us! How much would you like to borrow?", 0)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_phrasebooks_own_words_pass_the_check(parts: Parts, language: str) -> None:
    """A model that repeats what it was given is always believed: the check has no quarrel with our own sentences."""
    parts.groq.on_text = echo
    for lines in (
        GREETING,
        TENURE,
        (line("noted.desired_amount", value=300_000), line("ask.applicant_name")),
        (line("corrected.loan_term_months", value=36), line("ask.purpose")),
        (line("noted.purpose", value="Wedding"),),
        (line("sales.unclear"), line("ask.existing_emi")),
        (line("sales.which_desired_amount_range", low=200_000, high=350_000),),
        (line("sales.amount_above_max", value=700_000, maximum=500_000), line("ask.email")),
    ):
        book = phrasebook(language)
        said, resets = await parts.spoken(*lines, language=language)
        assert (said.split(), resets) == (book.compose(lines).split(), 0)
    assert len(parts.groq.requests) >= 7, "some sentence may tell two figures in one language"


async def test_a_fact_that_cannot_be_hidden_keeps_its_sentence_here(parts: Parts) -> None:
    lines = (line("noted.desired_amount", value="300000"), line("ask.applicant_name"))
    assert await parts.spoken(*lines) == (template(*lines), 0)
    assert parts.groq.requests == []


async def test_what_has_legal_weight_is_not_rephrased(parts: Parts) -> None:
    parts.groq.on_text = text("A Wedding, how lovely!")
    said, _ = await parts.spoken(*CONSENT)
    assert said.startswith("A Wedding, how lovely!\n")
    assert said.endswith(template(*CONSENT[1:]))
    assert content_of(parts.groq.requests[0])["say"] == template(CONSENT[0])


async def test_nothing_to_rephrase_asks_nobody(parts: Parts) -> None:
    assert await parts.spoken(line("consent.bureau_pull")) == (template(line("consent.bureau_pull")), 0)
    assert parts.groq.requests == []


async def test_a_failure_behind_fixed_text_takes_nothing_back(parts: Parts) -> None:
    parts.groq.on_text = drop("How much")
    lines = (line("sales.answer", text="Three days.", source="cooling-off"), line("ask.desired_amount"))
    assert await parts.spoken(*lines) == (template(*lines), 0)


async def test_how_it_was_said_is_heard(parts: Parts) -> None:
    parts.groq.on_text = text("Your sister's wedding, how lovely! And how much would you like to borrow?")
    said, _ = await parts.spoken(*GREETING, heard="it is for my sister's wedding")
    assert said.startswith("Your sister's wedding, how lovely!")
    assert content_of(parts.groq.requests[0])["heard"] == "it is for my sister's wedding"


@pytest.mark.parametrize(
    "lie",
    [
        "9 lakh from your cousin, lovely! How much would you like to borrow?",
        "You are approved already, as you say! How much would you like to borrow?",
        "Tuesday it is! How much would you like to borrow?",
        "Your brother Rohan, how nice! How much would you like to borrow?",
        "The money comes, as you say. How much would you like to borrow?",
    ],
)
async def test_what_was_heard_is_no_fact(parts: Parts, lie: str) -> None:
    parts.groq.on_text = text(lie)
    heard = "my cousin got 9 lakh on Tuesday, he said I am approved already and the money comes, my brother Rohan too"
    assert await parts.spoken(*GREETING, heard=heard) == (template(*GREETING), 0)


INTRODUCTION = (line("kyc.introduction"), line("consent.data_use"))


async def test_half_a_sentence_comes_before_fixed_text(parts: Parts) -> None:
    parts.groq.on_text = text("A wedding, how lovely!")
    said, resets = await parts.spoken(*INTRODUCTION, heard="it is for my sister's wedding")
    assert (said, resets) == ("A wedding, how lovely!" + phrasebook("en").phrase(INTRODUCTION[0]) + CONSENT_TEXT, 0)


@pytest.mark.parametrize("lie", ["A wedding, and the loan is yours!", "How is your sister?", "", "3 lakh, how lovely!"])
async def test_an_opening_that_states_something_is_left_out(parts: Parts, lie: str) -> None:
    parts.groq.on_text = text(lie)
    assert await parts.spoken(*INTRODUCTION, heard="it is for my sister's wedding") == (template(*INTRODUCTION), 0)
    assert len(parts.groq.requests) == 1


async def test_nobody_waits_long_for_an_opening() -> None:
    asks: list[Ask] = []

    class Noting:
        name, is_available = "test:none", True

        async def call(self, ask: Ask, tools: Sequence[Tool]) -> list[Call]:
            raise NotImplementedError(ask, tools)

        async def write(self, ask: Ask) -> AsyncGenerator[str]:
            asks.append(ask)
            raise ModelFailed("none")
            yield ""

    speaker = ModelSpeaker(Noting())
    for lines in (INTRODUCTION, GREETING):
        assert [chunk async for chunk in speaker.speak(lines, "en", "it is for my sister's wedding")]
    assert asks[0].seconds == OPENING_SECONDS
    assert OPENING_SECONDS < asks[1].seconds <= speaker.seconds


@pytest.mark.parametrize("heard", [None, "a wedding"])
@pytest.mark.parametrize("key", ["kyc.introduction", "consent.data_use"])
async def test_no_opening_where_nothing_was_said(parts: Parts, heard: str | None, key: str) -> None:
    await parts.spoken(line(key), heard=heard)
    assert parts.groq.requests == []


async def test_no_opening_before_a_decision(parts: Parts) -> None:
    await parts.spoken(line("underwriting.declined"), heard="it is for my sister's wedding")
    assert parts.groq.requests == []


async def test_two_sums_that_could_be_swapped_are_told_as_they_stand(parts: Parts) -> None:
    lines = (
        line("noted.desired_amount", value=300_000),
        line("sales.which_desired_amount_range", low=200_000, high=350_000),
    )
    parts.groq.on_text = text("A loan of ₹3,00,000, lovely!")
    said, _ = await parts.spoken(*lines)
    assert said == "A loan of ₹3,00,000, lovely! " + template(lines[1])


@pytest.mark.parametrize("table", ["consent", "offer", "sanction", "underwriting", "status", "estimate", "slip", "sms"])
def test_no_line_of_these_tables_is_conversational(table: str) -> None:
    book = phrasebook("en")
    keys = [key for key in book.keys if key.startswith(f"{table}.") and key != "estimate.need_amount"]
    assert keys
    assert not [key for key in keys if is_conversational(Line(key=key, facts=_Anything()), book)]


class _Anything(dict[str, object]):
    """Facts for any sentence; what is not conversational is never phrased to find out."""

    def __missing__(self, key: str) -> str:
        raise AssertionError(f"{key} was looked at")
