"""Threads of `langgraph dev` are traced through the same mask as our own turns."""

from pathlib import Path

from tests.langsmith_sink import langsmith_sink
from tests.studio.conftest import running_dev_server
from tests.studio.conversation import Visitor, waits_for


def test_traces_of_a_thread_are_named_grouped_and_masked(tmp_path: Path) -> None:
    key = "lsv2_pt_0123456789"
    with langsmith_sink() as sink:
        environment = {"LANGSMITH_TRACING": "true", "LANGSMITH_API_KEY": key, "LANGSMITH_ENDPOINT": sink.url}
        with running_dev_server(tmp_path, **environment) as address, Visitor(address) as visitor:
            person = visitor.person
            application = visitor.say(f"I am {person['name']} and I need 3 lakh for 36 months for a wedding")
            while waits_for(application) in {"consent", "pan"}:
                application = visitor.say(visitor.answer_to(application))
            turns = visitor.state["values"]["messages"]
            roots = sink.wait_for_roots(len(turns) // 2)
    assert application["pan"] == person["pan"]
    assert {root["name"] for root in roots} == {"loan"}
    assert {root["extra"]["metadata"]["thread_id"] for root in roots} == {visitor.thread}
    assert {"understand", "sales", "kyc", "reply"} <= {run["name"] for run in sink.runs.values()}
    planted = [*person["name"].split(), person["pan"], person["phone"][-10:], "wedding", "Wedding"]
    assert [secret for secret in planted if secret.encode() in sink.raw] == []
