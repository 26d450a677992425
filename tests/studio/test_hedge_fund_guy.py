"""The second graph under `langgraph dev`: stepped node by node, edited, continued and forked."""

from typing import Any

import httpx
import pytest
from langgraph_sdk import get_sync_client
from langgraph_sdk.client import SyncLangGraphClient

GRAPH = "hedge_fund_guy"
NODES = ["lead", "knowledge", "delivery", "persona"]
QUESTION = "What is momentum?"
REST = "My mail is ana@example.com and I make 120000 dollars a year"


class Talk:
    """One thread."""

    def __init__(self, client: SyncLangGraphClient) -> None:
        self.client = client
        self.thread: str = client.threads.create()["thread_id"]

    @property
    def state(self) -> Any:
        return self.client.threads.get_state(self.thread)

    def say(self, text: str, **options: Any) -> dict[str, Any]:
        return self.run({"messages": [{"role": "user", "content": text}]}, **options)

    def run(self, turn: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        """A turn, or the rest of one; the state after it."""
        result: Any = self.client.runs.wait(self.thread, GRAPH, input=turn, **options)
        assert isinstance(result, dict)
        return result


@pytest.fixture
def talk(dev_server: str) -> Any:
    with get_sync_client(url=dev_server) as client:
        yield Talk(client)


def mails(address: str, thread: str) -> list[dict[str, Any]]:
    found = httpx.get(f"{address}/api/v1/dev/outbox", params={"session_id": thread}, timeout=30)
    listed: list[dict[str, Any]] = found.raise_for_status().json()["messages"]
    return listed


def test_studio_gets_its_graph_and_forms(dev_server: str) -> None:
    with get_sync_client(url=dev_server) as client:
        assistant = client.assistants.search(graph_id=GRAPH)[0]["assistant_id"]
        schemas: Any = client.assistants.get_schemas(assistant)
        nodes = {str(node["id"]) for node in client.assistants.get_graph(assistant)["nodes"]}
    assert nodes >= set(NODES)
    assert schemas["input_schema"]["required"] == ["messages"]
    assert {"messages", "lead", "talk"} <= schemas["state_schema"]["properties"].keys()
    assert {name: field["type"] for name, field in schemas["context_schema"]["properties"].items()} == {
        "channel": "string"
    }


def test_a_talk_stepped_node_by_node_ends_in_one_mail(talk: Talk, dev_server: str) -> None:
    talk.say(QUESTION)
    talk.say("Call me Ana")
    stops = []
    talk.say(f"{REST}. What are options?", interrupt_before=NODES)
    while (state := talk.state)["next"]:
        stops += state["next"]
        talk.run(interrupt_before=NODES)
    assert stops == ["lead", "knowledge", "delivery", "persona"]
    assert talk.state["values"]["lead"]["delivered"]
    (mail,) = mails(dev_server, talk.thread)
    assert mail["body"].startswith("Name: Ana\n")


def test_an_edit_before_the_delivery_is_what_gets_mailed_and_a_fork_mails_nothing_more(
    talk: Talk, dev_server: str
) -> None:
    talk.say("Call me Ana")
    talk.say(REST, interrupt_before=["delivery"])
    stopped = talk.state["checkpoint"]
    edited = talk.client.threads.update_state(talk.thread, {"lead": {"name": "Anna"}}, checkpoint=stopped)
    assert talk.run(checkpoint=edited["checkpoint"])["lead"]["delivered"]
    assert talk.run(checkpoint=stopped)["lead"]["delivered"]
    (mail,) = mails(dev_server, talk.thread)
    assert mail["body"].startswith("Name: Anna\n")


def test_the_same_turn_again_from_history_gives_the_same_words(talk: Talk) -> None:
    talk.say(QUESTION, interrupt_before=["persona"])
    stopped = talk.state["checkpoint"]
    first, second = [talk.run(checkpoint=stopped)["messages"][-1]["content"] for _ in range(2)]
    assert first == second
