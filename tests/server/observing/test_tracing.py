"""Traces against a LangSmith of our own: named, grouped, without a person in them; dead or off, nobody notices."""

import contextlib
import re
import statistics
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableLambda
from langsmith.utils import get_env_var

from server.observing.tracing import tracing
from server.settings import Settings, SettingsError, load_settings
from tests.answering import refusing, silent
from tests.driver import Conversation, Json, answer_next, converse, customers
from tests.langsmith_sink import Sink, langsmith_sink
from tests.server.observing.journey import KEY, thumb, traced
from tests.service import service_in_thread, start_process, stop_process

CUSTOMER = "C03"
NODES = {"understand", "sales", "kyc", "underwriting", "sanction", "letter", "reply"}
TURNS = 12
EXIT_SECONDS = 12.0  # of a whole process on a busy machine


@pytest.fixture
def sink() -> Iterator[Sink]:
    with langsmith_sink() as running:
        yield running


def test_a_whole_conversation_leaves_no_trace_of_the_person(sink: Sink, data_dir: Path) -> None:
    person = customers()[CUSTOMER]
    with service_in_thread(data_dir, **traced(sink)) as service, Conversation(service) as conversation:
        conversation.say(f"Hi, I am {person['name']} from {person['city']}, I want 4.5 lakh for 24 months for surgery")
        conversation.say(
            f"My salary is {person['declared_income']} at {person['employer']}, EMI {person['existing_emi']}"
        )
        conversation.say(f"Write to {person['email']} or Flat 7, Lotus Enclave, Kothrud {person['pincode']}")
        conversation.say(f"Aadhaar is {person['aadhaar_like']}")
        converse(conversation, CUSTOMER, until="otp")
        code = conversation.code()
        last = converse(conversation, CUSTOMER)
        roots = sink.wait_for_roots(len(conversation.answers))
    assert last["loan_application"]["status"] == "sanctioned"
    assert len(roots) == len(conversation.answers)

    letter_id = last["loan_application"]["sanction_letter_url"].rpartition("/")[2]
    planted = {code, letter_id, "Lotus", "Enclave", "Kothrud", "surgery", *secrets_of(person)}
    offer = last["loan_application"]["offer"]
    planted |= {figure for name in ("amount", "emi") for figure in figures(offer[name])}
    assert [secret for secret in planted if occurs(secret, sink.raw)] == []


def test_runs_are_named_and_grouped_by_session(sink: Sink, data_dir: Path) -> None:
    with service_in_thread(data_dir, **traced(sink)) as service:
        sessions = []
        for _ in range(2):
            with Conversation(service) as conversation:
                converse(conversation, "C01")
                sessions.append(conversation.session_id)
        roots = sink.wait_for_roots(2 * len(conversation.answers))
    assert {root["name"] for root in roots} == {"loan turn"}
    assert {root["session_name"] for root in roots} == {"esoteric"}
    for name in ("thread_id", "session_id"):
        grouped = [root["extra"]["metadata"][name] for root in roots]
        assert {session: grouped.count(session) for session in sessions} == dict.fromkeys(sessions, len(roots) // 2)
    runs = sink.runs.values()
    assert {run["name"] for run in runs if run["name"] == run["extra"]["metadata"].get("langgraph_node")} == NODES
    assert all(run["end_time"] for run in runs)
    decided = next(run for run in runs if run["name"] == "underwriting")
    assert decided["outputs"]["application"]["decision"]["decision"] == "APPROVE"


def test_off_means_off_whatever_langsmith_reads_itself(
    sink: Sink, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
        monkeypatch.setenv(name, "true")
    monkeypatch.setenv("LANGSMITH_ENDPOINT", sink.url)
    monkeypatch.setenv("LANGSMITH_API_KEY", KEY)
    forget_environment()
    try:
        settings: dict[str, Any] = {
            "langsmith_tracing": False,
            "langsmith_api_key": KEY,
            "langsmith_endpoint": sink.url,
        }
        with service_in_thread(data_dir, **settings) as service, Conversation(service) as conversation:
            conversation.say("I need 3 lakh")
        time.sleep(0.5)
    finally:
        monkeypatch.undo()
        forget_environment()
    assert sink.received == []


async def test_a_model_and_an_exception_are_masked_too(sink: Sink) -> None:
    reply = AIMessage(
        "Dear Meera Nair, your PAN ZZZPM1101A is noted",
        tool_calls=[{"name": "note", "args": {"income": 61234}, "id": "call_1"}],
    )

    async def answer(asked: str) -> str:
        model = GenericFakeChatModel(messages=iter([reply]))
        async for _ in model.astream(asked):
            pass
        raise ValueError(f"cannot take {asked}")

    config: Any = {
        "run_name": "canary",
        "metadata": {"session_id": "meera@example.com", "phone": "9000000001"},
        "configurable": {"thread_id": "meera@example.com", "city": "Kochi"},
    }
    async with tracing(settings_for(sink), lambda _outcome: None):
        with pytest.raises(ValueError, match="cannot take"):
            await RunnableLambda(answer).ainvoke("Meera Nair earns 61234 in Kochi", config)
    runs = list(sink.runs.values())
    assert {run["name"] for run in runs} == {"canary", "GenericFakeChatModel"}
    failed = next(run for run in runs if run["name"] == "canary")
    assert failed["error"].startswith("ValueError\n")
    assert "test_tracing.py" in failed["error"]
    planted = ("Meera", "Nair", "ZZZPM1101A", "61234", "9000000001", "Kochi", "example.com")
    assert [secret for secret in planted if occurs(secret, sink.raw)] == []


@pytest.mark.parametrize("wrong", [{"langsmith_tracing": True}, {"langsmith_endpoint": "localhost:9"}])
def test_wrong_settings_are_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=r"^LANGSMITH_(API_KEY|ENDPOINT): "):
        load_settings(_env_file=None, **wrong)


def test_a_key_alone_turns_nothing_on() -> None:
    assert not load_settings(_env_file=None, langsmith_api_key=KEY).langsmith_tracing


@pytest.mark.parametrize("endpoint", ["refusing", "silent", "stalling"])
def test_a_dead_endpoint_slows_neither_a_turn_nor_the_exit(endpoint: str, data_dir: Path) -> None:
    """Refuses; accepts and says nothing; answers what it is asked first and then takes the traces without an end."""
    with ENDPOINTS[endpoint]() as url:
        environment = {"LANGSMITH_TRACING": "true", "LANGSMITH_API_KEY": KEY, "LANGSMITH_ENDPOINT": url}
        service = start_process(data_dir, None, **environment)
        try:
            with Conversation(service) as conversation:
                times = [timed_turn(conversation) for _ in range(TURNS)]
                times.append(timed_thumb(conversation))
        except BaseException:
            stop_process(service, kill=True)
            raise
        started = time.monotonic()
        stop_process(service)
        took = time.monotonic() - started
    # A connection that is waited for would take the client's two or five seconds, a retry more.
    assert statistics.median(times) < 0.5
    assert max(times) < 1.5
    assert took < EXIT_SECONDS


@contextlib.contextmanager
def stalling() -> Iterator[str]:
    released = threading.Event()
    with langsmith_sink(hold_posts=released) as sink:
        try:
            yield sink.url
        finally:
            released.set()


ENDPOINTS = {"refusing": refusing, "silent": silent, "stalling": stalling}


def timed_turn(conversation: Conversation) -> float:
    started = time.monotonic()
    if conversation.answers:
        answer_next(conversation, "C01") if conversation.awaiting else conversation.say("thank you")
    else:
        conversation.say("Hi")
    return time.monotonic() - started


def timed_thumb(conversation: Conversation) -> float:
    started = time.monotonic()
    thumb(conversation, "up")
    return time.monotonic() - started


def settings_for(sink: Sink) -> Settings:
    return load_settings(_env_file=None, **traced(sink))


def forget_environment() -> None:
    """LangSmith remembers what it read of the environment."""
    get_env_var.cache_clear()  # type: ignore[attr-defined]


def secrets_of(person: Json) -> set[str]:
    """Everything the records hold of a person, in the ways people write it."""
    born = date.fromisoformat(person["dob"])
    phone = re.sub(r"\D", "", person["phone"])[-10:]
    spoken = {word for name in ("name", "employer", "city") for word in person[name].split() if len(word) > 3}
    sums = {figure for name in ("declared_income", "household_annual_income") for figure in figures(person[name])}
    days = {born.isoformat(), f"{born:%d/%m/%Y}", f"{born:%d-%m-%Y}", f"{born:%-d %B %Y}"}
    ids = {person["pan"], person["aadhaar_like"], person["email"], person["pincode"], phone}
    return spoken | sums | days | ids


def figures(amount: int) -> set[str]:
    """A sum of five digits and more, plain and in Indian groups."""
    plain = str(amount)
    grouped = re.sub(r"(?<=\d)(?=(\d\d)*\d{3}$)", ",", plain)
    return {plain, grouped}


def occurs(secret: str, raw: bytes) -> bool:
    """As a word or number of its own: digits may stand inside a random id by chance."""
    word = re.escape(secret.encode())
    return re.search(rb"(?<![0-9a-z])" + word + rb"(?![0-9a-z])", raw, re.IGNORECASE) is not None
