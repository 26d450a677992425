"""What a trace may show: codes of our own, never a person."""

import pytest

from server.observing.trace_masking import (
    HIDDEN,
    TraceMask,
    masked_error,
    masked_name,
    masked_session,
    masked_tag,
    words_of_speech,
)

SESSION = "3b46322d-6ac7-47b1-908a-5d218bd4aca1"


@pytest.fixture
def mask() -> TraceMask:
    return TraceMask(words_of_speech("Thank you, {name}. May we pull your credit report?"))


def test_the_application_shows_how_it_stands_and_not_whose_it_is(mask: TraceMask) -> None:
    application = {
        "status": "offer_made",
        "kyc_verified": True,
        "reason_codes": ["R-FOIR"],
        "loan_term_months": 24,
        "applicant_name": "Meera Nair",
        "monthly_income_declared": 61234,
        "list_hit": True,
        "pan": None,
        "customer": {"city": "Kochi", "net_income_on_file": 61234},
    }
    assert mask({"application": application})["application"] == {
        "status": "offer_made",
        "kyc_verified": True,
        "reason_codes": ["R-FOIR"],
        "loan_term_months": 24,
        "applicant_name": HIDDEN,
        "monthly_income_declared": HIDDEN,
        "list_hit": HIDDEN,
        "pan": None,
        "customer": {"city": HIDDEN, "net_income_on_file": HIDDEN},
    }


def test_a_key_nobody_thought_of_hides_its_value(mask: TraceMask) -> None:
    assert mask({"new_field": "x", "count": 3, "flag": True}) == {"new_field": HIDDEN, "count": HIDDEN, "flag": HIDDEN}


@pytest.mark.parametrize("value", ["ZZZPM1101A", "9000000001", "Meera Nair", "meera@example.com", "born 18/04/1992"])
def test_a_shown_key_still_shows_codes_only(mask: TraceMask, value: str) -> None:
    assert mask({"status": value, "decision": [value]}) == {"status": HIDDEN, "decision": [HIDDEN]}


@pytest.mark.parametrize("value", [61234, 9000000001, -61234, 61234.5, float("nan")])
def test_a_shown_key_shows_no_large_number(mask: TraceMask, value: float) -> None:
    """A model may write what it likes into the call of a tool."""
    hidden = {"months": [HIDDEN], "attempt": HIDDEN, "ls_amount": HIDDEN}
    assert mask({"months": [value], "attempt": value, "ls_amount": value}) == hidden
    small = {"months": [36, 48], "input_tokens": 4096, "langgraph_step": 7}
    assert mask(small) == small


def test_what_is_neither_text_nor_number_is_hidden(mask: TraceMask) -> None:
    assert mask({"reasons": ("R-FOIR", "Meera Nair"), "status": {"Meera Nair"}, "months": b"36"}) == {
        "reasons": ["R-FOIR", HIDDEN],
        "status": HIDDEN,
        "months": HIDDEN,
    }


@pytest.mark.parametrize("key", ["ZZZPM1101A", "meera@example.com", "Meera Nair", "9000000001"])
def test_a_key_that_is_no_name_of_a_field_is_hidden(mask: TraceMask, key: str) -> None:
    assert mask({"facts": {key: None}}) == {"facts": {HIDDEN: None}}


def test_customers_words_are_counted_and_the_assistants_are_those_of_its_phrasebook(mask: TraceMask) -> None:
    messages = [
        {"type": "human", "content": "Thank you, I am Meera Nair"},
        {"role": "user", "content": "Thank you"},
        {"type": "ai", "content": "Thank you, Meera Nair. May we pull your credit report? ₹3,00,000"},
        {
            "type": "ai",
            "content": [{"type": "text", "text": "Thank you, Meera"}],
            "tool_calls": [{"args": {"n": "Meera"}}],
        },
    ]
    masked = mask({"messages": messages})["messages"]
    assert [message["content"] for message in masked[:3]] == [
        "(6 words)",
        "(2 words)",
        f"Thank you, {HIDDEN} {HIDDEN}. May we pull your credit report? {HIDDEN},{HIDDEN},{HIDDEN}",
    ]
    assert "Meera" not in str(masked)


def test_only_the_newest_messages_of_a_conversation_are_sent(mask: TraceMask) -> None:
    messages = [{"type": "human", "content": "hello"}] * 50
    masked = mask({"messages": messages})["messages"]
    assert len(masked) == 5
    assert masked[0] == "(46 earlier)"


def test_an_error_keeps_its_kind_and_its_place() -> None:
    error = (
        "ValueError('PAN ZZZPM1101A of Meera')Traceback (most recent call last):\n\n"
        '  File "/srv/app/agents/kyc.py", line 12, in kyc\n    check("ZZZPM1101A")\n\n'
        "ValueError: PAN ZZZPM1101A of Meera"
    )
    assert masked_error(error) == "ValueError\nagents/kyc.py:12 in kyc"
    assert masked_error("customer ZZZPM1101A is unknown") == masked_error("Meera: unknown") == HIDDEN
    assert TraceMask(frozenset())({"error": error}) == {"error": "ValueError\nagents/kyc.py:12 in kyc"}


def test_sessions_stay_apart_and_together() -> None:
    assert masked_session(SESSION) == SESSION
    chosen = masked_session("meera@example.com")
    assert "meera" not in chosen
    assert chosen == masked_session("meera@example.com") != masked_session("asha@example.com")
    assert TraceMask(frozenset())({"thread_id": "meera@example.com"}) == {"thread_id": chosen}


def test_metadata_of_a_run_keeps_what_orders_the_runs(mask: TraceMask) -> None:
    metadata = {
        "thread_id": SESSION,
        "langgraph_node": "kyc",
        "langgraph_step": 4,
        "langgraph_triggers": ["branch:to:kyc"],
        "langgraph_checkpoint_ns": f"kyc:{SESSION}",
        "phone": "9000000001",
    }
    assert mask(metadata) == {**metadata, "phone": HIDDEN}


def test_a_prompt_is_shown_by_its_name_and_digest(mask: TraceMask) -> None:
    metadata = {"prompt": "speaking", "prompt_sha256": "0f" * 32, "attempt": 2}
    assert mask(metadata) == metadata
    assert mask({"prompt": "Speak to Meera Nair", "sha256": "0f" * 32}) == {"prompt": HIDDEN, "sha256": HIDDEN}
    assert mask({"prompt_sha256": "ZZZPM1101A"}) == {"prompt_sha256": HIDDEN}


@pytest.mark.parametrize("name", ["loan turn", "hedge_fund_guy turn", "emi_what_if", "ChatGroq", "understand"])
def test_runs_keep_the_names_that_our_code_gives(name: str) -> None:
    assert masked_name(name) == name


@pytest.mark.parametrize("name", ["Meera Nair", "meera@example.com", "ZZZPM1101A", "9000000001", "Meera's turn"])
def test_other_names_and_tags_are_hidden(name: str) -> None:
    assert masked_name(name) == masked_tag(name) == HIDDEN
    assert masked_tag("seq:step:1") == "seq:step:1"
