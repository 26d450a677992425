from tests.agents.rules_alone import read_by, said_in_dialogues, utterances


async def test_what_the_rules_have_read_is_not_asked_of_a_model() -> None:
    messages = [("I need 3 lakh", "desired_amount"), ("yes", "consent"), ("36 months", "loan_term_months")]
    assert await read_by(messages) == {"settled": 3}


async def test_what_they_cannot_place_is_unless_it_may_be_personal() -> None:
    assert await read_by([("well it depends on so many things", "desired_amount")]) == {"asked": 1}
    assert await read_by([("well it depends on so many things", "applicant_name")]) == {"kept": 1}


async def test_most_messages_need_no_model() -> None:
    found = await read_by([*utterances(), *await said_in_dialogues(limit=6)])
    assert found["asked"] < 0.2 * found.total()
