"""Many at once: one message sent ten times, different ones from two tabs, cancels and erasures in between."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx

from tests.driver import Conversation
from tests.faults.checker import Sent
from tests.faults.clients import Talker, Transport
from tests.faults.injecting import Fault, as_environment
from tests.faults.matrix import POSTGRES, case, cases
from tests.faults.stage import Stage
from tests.service import Service

AT_ONCE = 10
Json = dict[str, Any]


@cases(
    row="one message ten times at once",
    injections={"over REST": "rest", "over SSE": "sse"},
    fast=["over REST"],
)
def doubled(stage: Stage, transport: Transport) -> None:
    """One turn, and ten times the same answer."""
    service = stage.thread()
    with Talker([service.base_url], transport) as talker:
        for text in ("I need 3 lakh", "My name is Aarav Mehta", "36 months"):
            sent = talker.history.add(f"m-{text[:6]}", text)
            others = [Talker([service.base_url], transport, history=talker.history) for _ in range(AT_ONCE)]
            _all_ask(others, sent)
            assert len(sent.answers) == AT_ONCE
        talker.check(stage, sanctioned=False)
        assert len(talker.get("/messages")["messages"]) == 1 + 2 * 3


@case(row="one message ten times at once", injection="through two replicas", backends=POSTGRES, fast=True)
def doubled_across(stage: Stage) -> None:
    urls = _two_replicas(stage)
    with Talker(urls) as talker:
        for text in ("I need 3 lakh", "My name is Aarav Mehta", "36 months"):
            sent = talker.history.add(f"m-{text[:6]}", text)
            others = [Talker([urls[number % 2]], history=talker.history) for number in range(AT_ONCE)]
            _all_ask(others, sent)
        talker.check(stage, sanctioned=False)
        assert len(talker.get("/messages")["messages"]) == 1 + 2 * 3


@case(row="one message ten times at once", injection="over ten WebSockets")
def doubled_on_sockets(stage: Stage) -> None:
    service = stage.thread()
    first = Conversation(service, "websocket")
    sockets = [first] + [Conversation(service, "websocket", session_id=first.session_id) for _ in range(AT_ONCE - 1)]
    answers = _at_once([partial(one.say, "I need 3 lakh", "m-0") for one in sockets])
    assert len({answer["message"] for answer in answers}) == 1
    assert len(first.transcript()) == 3
    for one in sockets:
        assert sum(frame["type"] == "end" and frame["message_id"] == "m-0" for frame in one.frames) == 1
        one.close()


@case(row="one message ten times at once", injection="while its turn waits at the register")
def doubled_while_it_runs(stage: Stage) -> None:
    """Retries that come while the turn runs wait for it."""
    server = stage.providers()
    replica = stage.replica(wrapped=True, start=False)
    replica.start(**as_environment([Fault("register.find", "stall", nth=1, seconds=1.0)]))
    with Talker([replica.base_url]) as talker:
        talker.converse(until="phone")
        words = talker.next_words()
        assert words
        sent = talker.history.add("m-phone", words)
        others = [Talker([replica.base_url], history=talker.history) for _ in range(AT_ONCE)]
        _all_ask(others, sent)
        assert len(talker.mails("sms")) <= 1
        talker.converse()
        talker.check(stage, server.pulls)


@case(row="one id, two messages", injection="at once, twenty times", fast=True)
def reused(stage: Stage) -> None:
    """One of the two is taken, the other refused with 409; the same one ever after."""
    service = stage.thread()
    for number in range(20):
        with Conversation(service) as conversation:
            texts = (f"I need {100 + number} thousand", "My name is Aarav Mehta")
            bodies = [{"message": text, "message_id": "m-0", "session_id": conversation.session_id} for text in texts]
            clients = [service.client(), service.client()]
            pairs = zip(clients, bodies, strict=True)
            told = _at_once([partial(client.post, "/api/v1/chat", json=body) for client, body in pairs])
            assert sorted(answer.status_code for answer in told) == [200, 409]
            taken = texts[[answer.status_code for answer in told].index(200)]
            said = [entry["content"] for entry in conversation.transcript() if entry["role"] == "user"]
            assert said == [taken]


@case(row="two messages from two tabs", injection="in one process")
def two_tabs(stage: Stage) -> None:
    _two_tabs(stage, [stage.thread().base_url])


@case(row="two messages from two tabs", injection="through two replicas", backends=POSTGRES, fast=True)
def two_tabs_across(stage: Stage) -> None:
    _two_tabs(stage, _two_replicas(stage))


def _two_tabs(stage: Stage, urls: list[str]) -> None:
    """Both are answered, in some order, and both are in the state."""
    for _ in range(10):
        with Talker(urls[:1]) as one, Talker(urls[-1:], history=one.history) as other:
            _ = one.session_id
            _at_once([lambda: one.say("I need 3 lakh"), lambda: other.say("My name is Aarav Mehta")])
            assert one.get("")["awaiting"] == ["loan_term_months", "purpose"]
            one.check(stage, sanctioned=False)


@case(row="many messages at once", injection="twenty different ones from ten clients")
def many(stage: Stage) -> None:
    """All are answered, one after the other, in the order in which they were accepted."""
    service = stage.thread()
    with Talker([service.base_url]) as talker:
        _ = talker.session_id
        others = [Talker([service.base_url], history=talker.history) for _ in range(10)]
        amounts = [150 + number for number in range(20)]
        pairs = zip(others * 2, amounts, strict=True)
        _at_once([partial(other.say, f"I need {amount} thousand") for other, amount in pairs])
        for other in others:
            other.close()
        talker.check(stage, sanctioned=False)
        last = [entry["content"] for entry in talker.get("/messages")["messages"] if entry["role"] == "user"][-1]
        assert f"{talker.get('')['loan_application']['desired_amount'] // 1000}" in last


@case(row="a second message while one runs", injection="refused by the sender's own wish", fast=True)
def refused_when_busy(stage: Stage) -> None:
    """409 and nothing written; the first goes on and is answered."""
    replica = stage.replica(wrapped=True, start=False)
    replica.start(**as_environment([Fault("turns.finish", "stall", nth=2, seconds=2.0)]))
    with Talker([replica.base_url]) as talker:
        talker.say("I need 3 lakh")
        slow = threading.Thread(target=talker.say, args=("My name is Aarav Mehta",))
        slow.start()
        _until(lambda: stage.rows("SELECT count(*) FROM turns WHERE status = 'accepted'") == [(1,)])
        body = {"message": "36 months", "message_id": "m-refused", "session_id": talker.session_id}
        answer = httpx.post(f"{replica.base_url}/api/v1/chat", json=body | {"when_busy": "refuse"}, trust_env=False)
        slow.join()
        assert (answer.status_code, answer.json()["code"]) == (409, "session_busy")
        assert not stage.rows("SELECT 1 FROM turns WHERE message_id = 'm-refused'")
        assert talker.http.post(f"{replica.base_url}/api/v1/chat", json=body | {"when_busy": "refuse"}).is_success
        talker.history.add("m-refused", "36 months").answers.append({"message": _reply(talker, "m-refused")})
        talker.check(stage, sanctioned=False)


@case(row="a cancel at any moment", injection="forty cancels")
def cancelled(stage: Stage) -> None:
    """The turn ends once, cancelled or done, and says which; the next message finds the state that was told."""
    service = stage.thread()
    with Conversation(service, "websocket") as conversation:
        outcomes: Counter[bool] = Counter()
        for number in range(40):
            assert conversation._socket is not None
            canceller = threading.Thread(target=_cancel_soon, args=(conversation, stage.random.random() * 0.012))
            canceller.start()
            before = len(conversation.frames)
            answer = conversation.say(f"I need {100 + number} thousand", f"m-{number}")
            canceller.join()
            ends = [frame for frame in conversation.frames[before:] if frame["type"] == "end"]
            assert len(ends) == 1, ends
            outcomes[bool(answer.get("cancelled"))] += 1
            amount = conversation.session()["loan_application"]["desired_amount"]
            assert amount == answer["loan_application"]["desired_amount"]
        told = {entry["message_id"] for entry in conversation.transcript() if entry["role"] == "user"}
        assert len(told) == outcomes[False]
        assert stage.rows("SELECT count(*) FROM turns WHERE status = 'accepted'") == [(0,)]


@case(row="an erasure at any moment", injection="thirty sessions in mid-turn")
def erased(stage: Stage) -> None:
    """Whatever the turn does, nothing of the session is left, and no later message finds it."""
    service = stage.thread()
    for _ in range(30):
        client = service.client()
        session_id = client.post("/api/v1/sessions").json()["session_id"]
        talking = threading.Thread(target=_talk_on, args=(service, session_id))
        talking.start()
        time.sleep(stage.random.random() * 0.03)
        assert client.delete(f"/api/v1/sessions/{session_id}").is_success
        talking.join()
        assert client.get(f"/api/v1/sessions/{session_id}").status_code == 404
        for table in ("turns", "messages", "effects", "letters", "key_facts", "outbox", "session_keys"):
            assert not [row for row in stage.table(table) if row["session_id"] == session_id], table
        found = stage.rows("SELECT count(*) FROM checkpoints WHERE thread_id = ?", (session_id,))
        assert found == [(0,)], "checkpoints are left"


def _all_ask(talkers: list[Talker], sent: Sent) -> None:
    _at_once([partial(talker.ask, sent) for talker in talkers])
    for talker in talkers:
        talker.close()


def _talk_on(service: Service, session_id: str) -> None:
    client = service.client()
    for text in ("I need 3 lakh", "My name is Aarav Mehta", "36 months", "a wedding"):
        answer = client.post("/api/v1/chat", json={"message": text, "session_id": session_id})
        if answer.status_code != 200:
            assert answer.status_code in {404, 500, 503}, answer.text
            return


def _cancel_soon(conversation: Conversation, seconds: float) -> None:
    time.sleep(seconds)
    assert conversation._socket is not None
    conversation._socket.send('{"type": "cancel"}')


def _two_replicas(stage: Stage) -> list[str]:
    shared = {"SECRET_KEY": "one secret for the replicas of this test"}
    replicas = [stage.replica(folder=stage.new_folder(f"replica-{n}"), start=False, **shared) for n in (1, 2)]
    for replica in replicas:
        replica.start()
    return [replica.base_url for replica in replicas]


def _at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """All of them, each in a thread of its own, from one moment on; what they return."""
    barrier = threading.Barrier(len(acts))

    def act(one: Callable[[], Any]) -> Any:
        barrier.wait(30)
        return one()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(act, acts))


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)


def _reply(talker: Talker, message_id: str) -> str:
    entries: list[Json] = talker.get("/messages")["messages"]
    return next(one["content"] for one in entries if one["message_id"] == message_id and one["role"] == "assistant")
