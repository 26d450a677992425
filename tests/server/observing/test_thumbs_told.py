"""Thumbs to LangSmith: of the runs that were traced, behind the answer, counted when lost; attempts apart."""

import time
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from server.lifecycle.starting import StartRefused
from server.observing import masked_client
from server.observing.thumbs import Thumbs
from server.observing.trace_check import refuse_leaking
from server.observing.trace_masking import TraceMask
from server.settings import SettingsError, load_settings
from server.store.fence import Fenced
from server.store.turns import Turns
from tests.answering import refusing, silent
from tests.driver import Conversation
from tests.langsmith_sink import Sink, langsmith_sink
from tests.server.observing.journey import KEY, thumb, traced
from tests.service import Service, service_in_thread

TALKS = 24


def told(service: Service, outcome: str) -> float:
    assert service.house is not None
    registry = service.house.observer.metrics.registry
    return registry.get_sample_value("esoteric_thumbs_told_total", {"outcome": outcome}) or 0


def wait_for(service: Service, outcome: str, number: int) -> None:
    deadline = time.monotonic() + 10
    while told(service, outcome) < number and time.monotonic() < deadline:
        time.sleep(0.02)
    assert told(service, outcome) == number


def roots(sink: Sink) -> dict[str, Any]:
    return {run_id: run for run_id, run in sink.runs.items() if "parent_run_id" not in run}


def test_run_and_thumb_are_sampled_alike(data_dir: Path) -> None:
    with langsmith_sink() as sink:
        settings = traced(sink) | {"langsmith_tracing_sampling_rate": 0.5}
        with service_in_thread(data_dir, **settings) as service, Conversation(service) as talk:
            for _ in range(TALKS):
                talk.say("Hello")
                thumb(talk, "up")
            answered = {answer["run_id"] for answer in talk.answers}
        seen = set(roots(sink))
        assert seen < answered
        assert seen == {kept["run_id"] for kept in sink.feedback.values()}
        assert Counter({"sent": told(service, "sent"), "unsampled": told(service, "unsampled")}) == Counter(
            {"sent": len(seen), "unsampled": TALKS - len(seen)}
        )


@pytest.mark.parametrize("rate", ["-0.1", "1.1", "nan", "half"])
def test_a_rate_that_is_none_is_refused(rate: str) -> None:
    with pytest.raises(SettingsError, match=r"^LANGSMITH_TRACING_SAMPLING_RATE: "):
        load_settings(_env_file=None, langsmith_tracing_sampling_rate=rate)


def test_a_thumb_that_does_not_arrive_is_counted_and_kept(data_dir: Path) -> None:
    with refusing() as url:
        settings = {"langsmith_tracing": True, "langsmith_api_key": KEY, "langsmith_endpoint": url}
        with service_in_thread(data_dir, **settings) as service, Conversation(service) as talk:
            talk.say("Hello")
            started = time.monotonic()
            thumb(talk, "down")
            assert time.monotonic() - started < 1
            assert talk.transcript()[-1]["thumb"] == "down"
            wait_for(service, "lost", 1)


def test_without_tracing_nothing_is_told(service: Service) -> None:
    with Conversation(service) as talk:
        talk.say("Hello")
        thumb(talk, "up")
    assert told(service, "sent") == told(service, "lost") == told(service, "unsampled") == 0


def test_an_attempt_that_broke_is_a_trace_of_its_own(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finish, lost = Turns.finish, []

    async def lose_the_first(self: Turns, *given: Any) -> None:
        if not lost:
            lost.append(given[0].run_id)
            raise Fenced
        await finish(self, *given)

    monkeypatch.setattr(Turns, "finish", lose_the_first)
    with langsmith_sink() as sink:
        with service_in_thread(data_dir, **traced(sink)) as service, Conversation(service, "websocket") as talk:
            answer = talk.say("Hello")
            thumb(talk, "up")
            wait_for(service, "sent", 1)
        traces = roots(sink)
        assert {run_id: run["extra"]["metadata"]["attempt"] for run_id, run in traces.items()} == {
            lost[0]: 1,
            answer["run_id"]: 2,
        }
        assert [kept["run_id"] for kept in sink.feedback.values()] == [answer["run_id"]]
        assert {run["extra"]["metadata"]["thread_id"] for run in traces.values()} == {talk.session_id}


SETTINGS = load_settings(_env_file=None, langsmith_tracing=True, langsmith_api_key=KEY)


def test_the_mask_that_is_installed_lets_nothing_through() -> None:
    refuse_leaking(SETTINGS, TraceMask(frozenset()))


class _ThatForgets(TraceMask):
    """Lets one part of a run through."""

    def __init__(self, part: str) -> None:
        super().__init__(frozenset())
        self._part = part

    def __call__(self, payload: dict[str, Any]) -> dict[str, Any]:
        return payload if self._part in payload else super().__call__(payload)


@pytest.mark.parametrize(
    ("key", "part"), [("status", "inputs"), ("application", "outputs"), ("city", "metadata"), ("error", "error")]
)
def test_a_mask_that_forgets_something_stops_the_start(key: str, part: str) -> None:
    with pytest.raises(StartRefused, match=rf"^LANGSMITH_TRACING: .* the {part} of a run$"):
        refuse_leaking(SETTINGS, _ThatForgets(key))


@pytest.mark.parametrize(("masks", "part"), [("masked_name", "name"), ("masked_tag", "tags")])
def test_so_do_names_and_tags(masks: str, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masked_client, masks, str)
    with pytest.raises(StartRefused, match=f"the {part} of a run$"):
        refuse_leaking(SETTINGS, TraceMask(frozenset()))


def test_a_client_that_sends_what_it_should_drop_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masked_client.MaskedClient, "_filter_new_token_events", lambda _self, events: events)
    with pytest.raises(StartRefused, match=r"the events of a run$"):
        refuse_leaking(SETTINGS, TraceMask(frozenset()))


def test_what_waits_at_the_exit_is_sent_or_counted_as_lost() -> None:
    """Of a LangSmith that takes connections and says nothing, in the time that there is."""
    for endpoint, outcome in ((langsmith_sink, "sent"), (silent, "lost")):
        with endpoint() as opened:
            url = opened if isinstance(opened, str) else opened.url
            settings = SETTINGS.model_copy(update={"langsmith_endpoint": url})
            outcomes: Counter[str] = Counter()
            client = masked_client.open_client(settings, TraceMask(frozenset()))
            thumbs = Thumbs(
                client, "esoteric", lambda one, counted=outcomes: counted.update([one]), lambda _error: None
            )
            for _ in range(5):
                thumbs.send(str(uuid4()), "up")
            started = time.monotonic()
            thumbs.close(1.0)
            assert time.monotonic() - started < 3
            client.close(timeout=0)
        assert outcomes[outcome] >= 4  # one may be on its way
        assert set(outcomes) == {outcome}
