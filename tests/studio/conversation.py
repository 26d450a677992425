"""A customer of the packaged records who talks to the graph `loan` through the SDK, stopping before every agent."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any, Self, cast

import httpx
from langgraph_sdk import get_sync_client

from agents.agenda import awaiting
from agents.application import Application

CASES = Path(__file__).parent.parent / "vectors" / "policy_cases.json"
GRAPH = "loan"
Fields = dict[str, Any]  # an application as it comes over the wire
AGENTS = ("sales", "kyc", "underwriting", "sanction")


class Visitor:
    """One thread of the graph, and the person who talks in it: a customer who is approved for what they ask.

    `stops` holds every stop before an agent, oldest first: the agent and the checkpoint to go back to.
    """

    def __init__(self, address: str, customer_id: str = "C01") -> None:
        self.http = httpx.Client(base_url=address, timeout=30)
        self.client = get_sync_client(url=address)
        self.thread: str = self.client.threads.create()["thread_id"]
        self.stops: list[tuple[str, Any]] = []
        customers = json.loads(CASES.read_text(encoding="utf-8"))["customers"]
        self.person = next(person for person in customers if person["customer_id"] == customer_id)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        self.client.close()

    @property
    def state(self) -> Any:
        return self.client.threads.get_state(self.thread)

    def say(self, text: str, **options: Any) -> Fields:
        """One turn; the application after it."""
        return self.run({"messages": [{"role": "user", "content": text}]}, **options)

    def run(self, turn: dict[str, Any] | None = None, **options: Any) -> Fields:
        """A turn, or with None the rest of one that stopped; the application after it."""
        result: Any = self.client.runs.wait(self.thread, GRAPH, input=turn, **options)
        application: Fields = result["application"]
        return application

    def step(self, text: str) -> Fields:
        """One turn with a stop before every agent that was not met yet, and before sanction each time."""
        application = self.say(text, interrupt_before=self.unmet)
        while (state := self.state)["next"]:
            self.stops.append((state["next"][0], state["checkpoint"]))
            application = self.run(interrupt_before=self.unmet)
        return application

    @property
    def unmet(self) -> list[str]:
        met = {agent for agent, _ in self.stops}
        return [agent for agent in AGENTS if agent not in met or agent == "sanction"]

    def edit(self, checkpoint: Any = None, **fields: Any) -> Any:
        """Change the application, as Studio's form does, here or at an earlier checkpoint; where to go on from."""
        edited = self.client.threads.update_state(self.thread, {"application": fields}, checkpoint=checkpoint)
        return edited["checkpoint"]

    def stop(self, agent: str) -> Any:
        """The checkpoint of the last stop before the agent."""
        return next(checkpoint for stopped_before, checkpoint in reversed(self.stops) if stopped_before == agent)

    def answer_to(self, application: Fields) -> str:
        """What this customer says to what the application waits for."""
        match waits_for(application):
            case "consent":
                return "yes, I agree"
            case "pan":
                born = date.fromisoformat(self.person["dob"])
                return f"PAN {self.person['pan']}, born {born:%d/%m/%Y}, mobile {self.person['phone']}"
            case "otp":
                return self.one_time_code()
            case "offer_decision":
                return "yes, I accept"
            case "kfs_acknowledgement":
                return "I acknowledge"
            case field:
                raise AssertionError(f"no answer to {field}")

    def one_time_code(self) -> str:
        """As a developer reads it: from the outbox, under the thread's id."""
        outbox = self.http.get("/api/v1/dev/outbox", params={"session_id": self.thread}).raise_for_status().json()
        code = re.search(r"\b\d{6}\b", outbox["messages"][-1]["body"])
        assert code is not None
        return code.group()


def waits_for(application: Fields) -> str | None:
    """The field that the application waits for first."""
    return next(iter(awaiting(cast(Application, application))), None)
