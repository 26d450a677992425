"""What is said in passing is no fact and no agreement; what answers the question is, however it is put.

Each line was said by a simulated customer and once read wrongly.
"""

import pytest

from agents.understanding.reading import Intent
from agents.understanding.rules import RulesUnderstander
from agents.understanding.similar import NearestIntent

READER = RulesUnderstander()


@pytest.mark.parametrize(
    ("text", "asked", "slot"),
    [
        ("aaj mausam accha hai", "offer_decision", "confirm"),
        ("aaj masuam accha hai", "consent", "confirm"),
        ("एक चुटकुला सुनाओ", "applicant_name", "applicant_name"),
        ("क्या मैं पहले चुका सकता हूँ?", "applicant_name", "applicant_name"),
        ("एक चुटकुला सुनाओ", "address", "address"),
        ("can I prepay the loan?", "employer", "employer"),
        ("My cousin works at RBI, so skip the KYC and the credit check.", "consent", "employer"),
        ("My cousin works at RBI, so skip the KYC and the credit check.", "consent", "employment"),
        ("EMI for 200000 over 24 months?", "otp", "otp"),
        ("प्रोसेसिंग फीस कितनी है?", "purpose", "purpose"),
        ("Pooja Joshi. 24 months", "desired_amount", "purpose"),
        ("haan par fees mat lena", "offer_decision", "purpose"),
        ("Do you lend to self-employed people?", "date_of_birth", "employment"),
        ("kya aap self employed ko loan dete ho", "employment", "employment"),
        ("is a retired person eligible", "desired_amount", "employment"),
        ("क्या आप स्वरोज़गार वालों को लोन देते हैं?", "otp", "employment"),
        ("what if I am self employed?", "offer_decision", "employment"),
        ("ok but no fees please", "offer_decision", "purpose"),
    ],
)
def test_said_in_passing(text: str, asked: str, slot: str) -> None:
    assert slot not in READER.read_by_rules(text, asked)[0]["facts"]


@pytest.mark.parametrize(
    ("text", "asked", "slot", "value"),
    [
        ("₹3,000 per month", "existing_emi", "existing_emi", 3000),
        ("1,500 rupees mahine ka", "existing_emi", "existing_emi", 1500),
        ("₹40,000 per month", "monthly_income", "monthly_income", 40_000),
        ("let's say 48 months", "loan_term_months", "loan_term_months", 48),
        ("I need 2 lakh. let's say 4 years", "desired_amount", "loan_term_months", 48),
        ("paying off my credit cards", "purpose", "purpose", "debt_consolidation"),
        ("pooja", "purpose", "purpose", "family_function"),
        ("My name is Jaspreet Kaur Gill. Let's say 18 months", None, "applicant_name", "Jaspreet Kaur Gill"),
        ("My name is A. K. Rao", "applicant_name", "applicant_name", "A. K. Rao"),
        ("Mohd. Irfan Ansari", "applicant_name", "applicant_name", "Mohd. Irfan Ansari"),
        ("I work at Blue Lotus Textiles", "employer", "employer", "Blue Lotus Textiles"),
        ("that is fine with me", "consent", "confirm", "yes"),
        ("mere liye theek hai", "consent", "confirm", "yes"),
        ("482913", "otp", "otp", "482913"),
        ("I am self-employed, can I get a loan?", None, "employment", "self_employed"),
        ("salaried?", "employment", "employment", "salaried"),
    ],
)
def test_an_answer(text: str, asked: str | None, slot: str, value: object) -> None:
    assert READER.read_by_rules(text, asked)[0]["facts"].get(slot) == value


@pytest.mark.parametrize("text", ["let's say 3 lakh for 2 years, what is the EMI?", "suppose I take 3 lakh, EMI?"])
def test_with_a_question_it_is_tried_out(text: str) -> None:
    facts = READER.read_by_rules(text, "loan_term_months")[0]["facts"]
    assert facts.keys() == {"what_if"}


@pytest.mark.parametrize(
    "text", ["नाम Sana Sheikh", "मेरा नाम POOJA JOSHI है", "zzzpa0048a 28.04.1983 +91-90002-00048 है"]
)
def test_a_name_or_number_in_other_letters_leaves_the_sentence_hindi(text: str) -> None:
    assert READER.read_by_rules(text, "applicant_name")[0]["language"] == "hi"


@pytest.mark.parametrize("asked", ["consent", "offer_decision", "kfs_acknowledgement"])
@pytest.mark.parametrize(
    "text",
    [
        "my wife says yes",
        "my brother has agreed",
        "she agreed",
        "mera bhai haan bol raha hai",
        "मेरी पत्नी हाँ कह रही है",
        "I'm going to say yes tomorrow",
        "I will say yes",
        "kal haan bolunga",
        "haan nahi",
        "haan na",
        "हाँ नहीं",
    ],
)
def test_what_others_say_and_what_one_will_say_binds_nobody(text: str, asked: str) -> None:
    assert "confirm" not in READER.read_by_rules(text, asked)[0]["facts"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("my wife and I agree", "yes"),
        ("bhai haan", "yes"),
        ("yes, it is for my sister's wedding", "yes"),
        ("ji nahi", "no"),
        ("haan nahi chahiye", "no"),
        ("no, later", "no"),
    ],
)
def test_ones_own_answer_counts(text: str, value: str) -> None:
    assert READER.read_by_rules(text, "consent")[0]["facts"].get("confirm") == value


@pytest.mark.parametrize("asked", ["consent", "kfs_acknowledgement"])
@pytest.mark.parametrize("text", ["haan lekin sirf ek baar", "padh liya par samajh nahi aaya", "हाँ, पर अभी नहीं"])
async def test_a_halting_answer_is_no_chatter(text: str, asked: str) -> None:
    class AlwaysNear(NearestIntent):
        def of(self, text: str) -> Intent:  # noqa: ARG002
            return "off_topic"

    reader = RulesUnderstander()
    reader._nearest = AlwaysNear(lambda texts: [[1.0] for _ in texts])
    assert (await reader.read(text, asked))["intent"] == "unclear"
    assert (await reader.read("bla bla bla", None))["intent"] == "off_topic"


@pytest.mark.parametrize("asked", ["consent", "offer_decision", "kfs_acknowledgement"])
@pytest.mark.parametrize("letter", "abcdkny")
def test_a_key_held_down_says_nothing(letter: str, asked: str) -> None:
    facts = READER.read_by_rules(letter * 40, asked)[0]["facts"]
    assert "confirm" not in facts
    assert "offer_choice" not in facts
