"""What the bench's customers say: a whole application with questions on the way, and a talk that can go on for ever."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

from tests.load.people import Person

QUESTIONS = (
    "What is the interest rate of a personal loan?",
    "Which documents do you need from me?",
    "Is there a processing fee?",
    "Can I close the loan early, and what does that cost?",
    "What happens when I pay an instalment late?",
    "How long does it take until the money is in my account?",
    "Who can get a loan from you?",
    "What is the maximum tenure of a car loan?",
    "Does a low credit score mean that you refuse me?",
    "Do you lend to self-employed people?",
    "What is the APR and how does it differ from the rate?",
    "How do I complain about your service?",
)
CODE = "{code}"  # stands for the one-time code, which only the customer's phone knows


@dataclass(frozen=True, slots=True)
class Step:
    """One message, and the field that must be awaited after it ("" for none), or None where any is right."""

    kind: str
    text: str
    then: str | None


def application(person: Person) -> list[Step]:
    """From the greeting to the sanctioned loan, with two questions, which differ from person to person."""
    number = int(person.phone[-6:])
    first, second = QUESTIONS[number % len(QUESTIONS)], QUESTIONS[number * 5 % len(QUESTIONS) - 1]
    return [
        Step("greet", "Hi", "desired_amount"),
        Step("amount", f"I need {person.road.amount // 1000},000 rupees", "applicant_name"),
        Step("name", f"My name is {person.name}", "loan_term_months"),
        Step("question", first, "loan_term_months"),
        Step("tenure", f"{person.road.months} months", "purpose"),
        Step("purpose", "It is for my sister's wedding", "consent"),
        Step("consent", "yes I agree", "consent"),
        Step("consent", "yes I agree", "consent"),
        Step("consent", "yes I agree", "pan"),
        Step("pan", person.pan, "date_of_birth"),
        Step("question", second, "date_of_birth"),
        Step("birth date", f"{person.born:%d/%m/%Y}", "phone"),
        Step("phone", person.phone, "otp"),
        Step("code + decision", CODE, "offer_decision"),
        Step("what-if", "What would the EMI be for 2 lakh over 24 months?", "offer_decision"),
        Step("accept", person.road.acceptance, "kfs_acknowledgement"),
        Step("acknowledge + letter", "I acknowledge", ""),
        Step("thanks", "thank you", ""),
    ]


def talk() -> Iterator[Step]:
    """A conversation without end that stays a customer finding out what they need."""
    yield Step("greet", "Hi", "desired_amount")
    needs = ("3 lakh", "2.5 lakh", "4 lakh", "1 lakh 50 thousand")
    for need in cycle(needs):
        yield Step("amount", f"I think I need {need}", "applicant_name")
        yield Step("question", "What are the eligibility criteria for a personal loan?", "applicant_name")
        yield Step("what-if", "What would the EMI be for 2 lakh over 24 months?", "applicant_name")
        yield Step("question", "Is there a processing fee and can I close the loan early?", "applicant_name")
        yield Step("small talk", "thank you", "applicant_name")
