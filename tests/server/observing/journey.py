"""One loan from the greeting to the letter as LangSmith receives it: `python -m tests.server.observing.journey`.

A tree a turn: name and type of each run, with what its inputs, outputs and metadata show; durations are left out, so
that two journeys can be compared. Nothing here is masked: what stands there came out of the service so.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from server.observing.trace_masking import HIDDEN
from tests.driver import Conversation, Json, converse
from tests.langsmith_sink import Sink, langsmith_sink
from tests.sensible_model import sensible_model
from tests.service import service_in_thread

CUSTOMER = "C03"
KEY = "lsv2_pt_0123456789"
# Questions on the way: one to the knowledge base, one that takes a calculation.
QUESTIONS = ("Is there any fee if I repay early?", "and what would the EMI be for 5 lakh over 36 or 48 months?")
SMALL_TALK = "hmm, so so, you know how it goes"
TOLD = ("attempt", "channel", "session_id", "prompt", "prompt_sha256", "ls_provider", "ls_model_name")
WIDTH = 150


def travel(talk: Conversation) -> Json:
    """The last answer; on the way some questions, and thumbs up and down."""
    talk.say("Hi")
    talk.say(QUESTIONS[0])
    thumb(talk, "down")
    converse(talk, CUSTOMER, until="pan")
    talk.say(QUESTIONS[1])
    thumb(talk, "up")
    talk.say(SMALL_TALK)
    last = converse(talk, CUSTOMER)
    thumb(talk, "up")
    return last


def traced(sink: Sink) -> Json:
    """The settings of a service that traces into the sink."""
    return {"langsmith_tracing": True, "langsmith_api_key": KEY, "langsmith_endpoint": sink.url}


def thumb(talk: Conversation, thumb: str) -> None:
    given = {"run_id": talk.last["run_id"], "thumb": thumb}
    talk.http.post(f"/api/v1/sessions/{talk.session_id}/feedback", json=given).raise_for_status()


def written(sink: Sink, roots: list[str]) -> Iterator[str]:
    """The trees under these runs, as text."""
    runs = sorted(sink.runs.values(), key=lambda run: run["dotted_order"])
    thumbs = {given["run_id"]: given["score"] for given in sink.feedback.values()}
    for root in roots:
        yield f"── trace {root}" + (f"   thumb: score {thumbs[root]:g}" if root in thumbs else "")
        for run in runs:
            if run["trace_id"] == root:
                yield from _of_run(run, "  " * run["dotted_order"].count("."))


def _of_run(run: Json, indent: str) -> Iterator[str]:
    yield f"{indent}{run['name']} ({run['run_type']})"
    metadata = {key: value for key, value in run["extra"]["metadata"].items() if key in TOLD}
    parts = {"metadata": metadata if "." not in run["dotted_order"] or "prompt" in metadata else None}
    parts |= {part: _shown(run.get(part)) for part in ("inputs", "outputs")}
    parts["error"] = run.get("error")
    for part, content in parts.items():
        if content:
            text = json.dumps(content, ensure_ascii=False)
            yield f"{indent}    {part}: {text if len(text) < WIDTH else text[:WIDTH] + '…'}"


def _shown(value: Any) -> Any:
    """Without what is hidden or not there."""
    if isinstance(value, dict):
        return {key: shown for key, one in value.items() if (shown := _shown(one)) not in (None, {}, [], "")}
    if isinstance(value, list):
        return [shown for one in value if (shown := _shown(one)) not in (None, {}, [], "")]
    return None if value == HIDDEN or value is False else value


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary, langsmith_sink() as sink, sensible_model() as model:
        settings = {"groq_api_key": "any", "groq_api_base": model.url, **traced(sink)}
        with service_in_thread(Path(temporary) / "var", **settings) as service, Conversation(service) as talk:
            travel(talk)
        print("\n".join(written(sink, [answer["run_id"] for answer in talk.answers])))


if __name__ == "__main__":
    main()
