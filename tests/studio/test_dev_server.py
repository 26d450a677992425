"""`langgraph dev`: it starts with nothing, serves both sides, and a conversation can be stepped, edited and forked."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from langgraph_sdk import get_sync_client
from langgraph_sdk.errors import BadRequestError

from tests.studio.conversation import AGENTS, GRAPH, Visitor

OPENING = "Hello, I am {name} and I need 3 lakh rupees for 36 months for my sister's wedding"


@pytest.fixture(scope="module")
def borrower(dev_server: str) -> Iterator[Visitor]:
    """A whole conversation, stopped before every agent; the tests go back to its checkpoints and fork from there."""
    with Visitor(dev_server) as visitor:
        application = visitor.step(OPENING.format(name=visitor.person["name"]))
        for _ in range(15):
            if application["status"] == "sanctioned":
                break
            application = visitor.step(visitor.answer_to(application))
        yield visitor


@pytest.fixture
def stranger(dev_server: str) -> Iterator[Visitor]:
    with Visitor(dev_server) as visitor:
        visitor.say("I need 3 lakh rupees for 36 months for a wedding, my name is Meera Nair")
        yield visitor


def test_serves_its_own_routes_and_ours(dev_server: str) -> None:
    with httpx.Client(base_url=dev_server, timeout=30) as http:
        assert http.get("/ok").json()["ok"] is True
        assert "langgraph_py_version" in http.get("/info").json()
        assert http.get("/health").json()["status"] == "healthy"
        session = http.post("/api/v1/sessions").json()["session_id"]
        reply = http.post("/api/v1/chat", json={"message": "I need 3 lakh", "session_id": session}).json()
        assert reply["loan_application"]["desired_amount"] == 300000
        paths = http.get("/openapi.json").json()["paths"]
    assert {"/threads", "/assistants/search", "/runs/wait", "/api/v1/chat"} <= paths.keys()


def test_studio_gets_forms_for_the_input_and_the_context(dev_server: str) -> None:
    with get_sync_client(url=dev_server) as client:
        assistant = client.assistants.search(graph_id=GRAPH)[0]["assistant_id"]
        schemas: Any = client.assistants.get_schemas(assistant)
        nodes = {str(node["id"]) for node in client.assistants.get_graph(assistant)["nodes"]}
    assert nodes >= set(AGENTS)
    assert schemas["input_schema"]["required"] == ["messages"]
    assert {"messages", "application"} <= schemas["state_schema"]["properties"].keys()
    context = schemas["context_schema"]["properties"]
    assert {name: field["type"] for name, field in context.items()} == {"channel": "string"}


def test_a_conversation_stepped_before_every_agent_ends_in_a_letter(borrower: Visitor) -> None:
    assert {agent for agent, _ in borrower.stops} == set(AGENTS)
    session = borrower.http.get(f"/api/v1/sessions/{borrower.thread}/kfs").json()
    assert session["applicant_name"] == borrower.person["name"]
    values = borrower.client.threads.get_history(borrower.thread, limit=1)[0]["values"]
    assert isinstance(values, dict)
    letter = borrower.http.get(values["application"]["sanction_letter_url"])
    assert letter.headers["content-type"] == "application/pdf"
    assert letter.content.startswith(b"%PDF-")


def test_an_edit_before_underwriting_is_what_gets_decided(borrower: Visitor) -> None:
    earlier = borrower.stop("underwriting")
    undecided: Any = borrower.client.threads.get_state(borrower.thread, checkpoint=earlier)
    assert undecided["next"] == ["underwriting"]
    assert undecided["values"]["application"]["decision"] is None

    offers = []
    for months in (24, 48):
        fork = borrower.edit(earlier, loan_term_months=months)
        application = borrower.run(checkpoint=fork)
        assert application["status"] == "offer_made"
        assert application["decision"]["months"] == months
        offers.append(application["offer"])
    assert [offer["months"] for offer in offers] == [24, 48]
    assert offers[0]["offer_id"] != offers[1]["offer_id"]

    first_road: Any = borrower.client.threads.get_state(borrower.thread, checkpoint=borrower.stop("sanction"))
    assert first_road["values"]["application"]["offer"]["months"] == 36


def test_a_fork_goes_on_to_a_letter_of_its_own(borrower: Visitor) -> None:
    first: Any = borrower.client.threads.get_state(borrower.thread, checkpoint=borrower.stop("sanction"))
    earlier = borrower.stop("underwriting")
    application = borrower.run(checkpoint=borrower.edit(earlier, loan_term_months=60))
    while application["status"] != "sanctioned":
        application = borrower.say(borrower.answer_to(application))
    assert application["offer"]["months"] == 60
    assert application["offer"]["offer_id"] != first["values"]["application"]["offer"]["offer_id"]
    assert borrower.http.get(application["sanction_letter_url"]).content.startswith(b"%PDF-")


@pytest.mark.parametrize("shut", ["identity", "consent", "offer"])
def test_no_letter_once_a_gate_is_shut_by_hand(borrower: Visitor, shut: str) -> None:
    acknowledging = borrower.stop("sanction")
    stopped: Any = borrower.client.threads.get_state(borrower.thread, checkpoint=acknowledging)
    application = stopped["values"]["application"]
    edits: dict[str, dict[str, Any]] = {
        "identity": {"kyc_verified": False},
        "consent": {"consents": application["consents"][:1]},
        "offer": {"offer": {**application["offer"], "amount": 4 * application["offer"]["amount"]}},
    }
    application = borrower.run(checkpoint=borrower.edit(acknowledging, **edits[shut]))
    assert (application["status"], application["sanction_letter_generated"]) == ("offer_accepted", False)


def test_accepted_by_hand_is_not_acknowledged(borrower: Visitor) -> None:
    earlier = borrower.stop("underwriting")
    borrower.run(checkpoint=borrower.edit(earlier, loan_term_months=12))
    borrower.edit(status="offer_accepted")
    application = borrower.say("Send me the letter now")
    assert application["key_facts"]["acknowledged_at"] is None
    assert (application["status"], application["sanction_letter_url"]) == ("offer_accepted", None)


def test_verified_by_hand_decides_nothing(stranger: Visitor) -> None:
    stranger.edit(kyc_verified=True, phone_verified=True)
    for text in ("go on", "yes, I accept", "I acknowledge"):
        application = stranger.say(text)
    assert application["decision"] is None
    assert application["credit_report"] is None
    assert not application["sanction_letter_generated"]


def test_a_status_cannot_be_jumped_to(stranger: Visitor) -> None:
    before = stranger.state["values"]["application"]["status"]
    for status in ("sanctioned", "completed", "offer_made", "no such status"):
        with pytest.raises(BadRequestError, match=f"cannot move from {before}"):
            stranger.edit(status=status)
    assert stranger.state["values"]["application"]["status"] == before


def test_updates_and_chunks_stream(stranger: Visitor) -> None:
    turn: dict[str, Any] = {"messages": [{"role": "user", "content": "What is the interest rate?"}]}
    parts = list(stranger.client.runs.stream(stranger.thread, GRAPH, input=turn, stream_mode=["updates", "custom"]))
    nodes = [name for part in parts if part.event == "updates" for name in part.data]
    chunks = [part.data["chunk"] for part in parts if part.event == "custom"]
    assert (nodes[0], nodes[-1]) == ("understand", "reply")
    assert len(chunks) > 1
    assert stranger.state["values"]["messages"][-1]["content"] == "".join(chunks)
