"""Compares what clients sent and were told with what the service kept and what the outside world was asked.

Nothing here asks the service to vouch for itself: the ledger, the transcript, the effects, the call logs of providers
and the mails that left are read for themselves, and have to agree.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
OVER = frozenset({"done", "cancelled"})
DIFFERS = re.compile(r"/api/v1/letters/[\w-]+|\b(EF-)?[0-9A-F]{16}\b|\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[0-9a-f]{32}\b")


@dataclass
class Sent:
    """One message of a client, and every answer it was told: the first one and those to its retries."""

    message_id: str
    text: str
    answers: list[Json] = field(default_factory=list)
    refused: str = ""  # the problem's code, when the service refused it for good: it must have left no turn
    given_up: bool = False  # the client never heard, and asked no more


@dataclass
class History:
    """What one session's clients know. `streams` are the frames of each stream that was read, in order."""

    session_id: str
    sent: list[Sent] = field(default_factory=list)
    streams: list[list[Json]] = field(default_factory=list)

    def add(self, message_id: str, text: str) -> Sent:
        self.sent.append(Sent(message_id, text))
        return self.sent[-1]


@dataclass
class Evidence:
    """What is on record of one session. Rows are dictionaries of their columns; `mails` are those that left."""

    turns: list[Json]
    transcript: list[Json]
    effects: list[Json] = field(default_factory=list)
    letters: list[Json] = field(default_factory=list)
    mails: list[Json] = field(default_factory=list)
    pulls: list[str] = field(default_factory=list)
    view: Json = field(default_factory=dict)


def violations(history: History, evidence: Evidence, undisturbed: Evidence | None = None) -> list[str]:
    """Every law that does not hold, in words; none if all is well. `undisturbed` is a run in which nothing broke."""
    found = [
        *_every_message_answered(history, evidence),
        *_once_in_the_transcript(history, evidence),
        *_in_the_order_of_acceptance(evidence),
        *_same_answer_to_retries(history),
        *_the_answer_on_record(history, evidence),
        *_effects_once(evidence),
        *_streams_whole(history),
    ]
    if undisturbed is not None:
        found += _same_end(evidence, undisturbed)
    return found


def _every_message_answered(history: History, evidence: Evidence) -> Iterable[str]:
    status = {turn["message_id"]: turn["status"] for turn in evidence.turns}
    for message_id, number in Counter(turn["message_id"] for turn in evidence.turns).items():
        if number > 1:
            yield f"{message_id}: {number} turns"
    for turn in evidence.turns:
        if turn["status"] not in OVER:
            yield f"{turn['message_id']}: stuck in {turn['status']}"
    for sent in history.sent:
        if sent.refused and sent.message_id in status:
            yield f"{sent.message_id}: refused ({sent.refused}), yet there is a turn"
        if sent.answers and status.get(sent.message_id) not in OVER:
            yield f"{sent.message_id}: answered, yet the ledger says {status.get(sent.message_id)}"
        if not sent.answers and not sent.refused and not sent.given_up:
            yield f"{sent.message_id}: no answer"
    known = {sent.message_id for sent in history.sent}
    for message_id in status.keys() - known:
        if not _of_the_house(message_id):
            yield f"{message_id}: a turn that nobody asked for"


def _once_in_the_transcript(history: History, evidence: Evidence) -> Iterable[str]:
    said = Counter(entry["message_id"] for entry in evidence.transcript if entry["role"] == "user")
    told = Counter(entry["message_id"] for entry in evidence.transcript if entry["role"] == "assistant")
    for message_id, number in (said + told).items():
        if max(said[message_id], told[message_id]) > 1:
            yield f"{message_id}: {number} entries in the transcript"
    for turn in evidence.turns:
        if turn["status"] == "done" and told[turn["message_id"]] != 1:
            yield f"{turn['message_id']}: done, yet its reply is not in the transcript"
    for sent in history.sent:
        if any(not answer.get("cancelled") for answer in sent.answers) and said[sent.message_id] != 1:
            yield f"{sent.message_id}: answered, yet not in the transcript"
    sent_ids = {sent.message_id for sent in history.sent}
    for message_id in said:
        if message_id not in sent_ids and not _of_the_house(message_id):
            yield f"{message_id}: in the transcript, yet nobody sent it"


def _in_the_order_of_acceptance(evidence: Evidence) -> Iterable[str]:
    """By the ledger's own order: `seq` where it has one, else the time of acceptance."""
    rank = {turn["message_id"]: turn.get("seq") or turn["accepted_at"] for turn in evidence.turns}
    told = [entry["message_id"] for entry in evidence.transcript if entry["message_id"] in rank]
    ranks = [rank[message_id] for message_id in told]
    if ranks != sorted(ranks):
        yield f"answered out of order: {told}"


def _same_answer_to_retries(history: History) -> Iterable[str]:
    for sent in history.sent:
        if len({answer.get("message") for answer in sent.answers}) > 1:
            yield f"{sent.message_id}: different answers to the same message"


def _the_answer_on_record(history: History, evidence: Evidence) -> Iterable[str]:
    replies = {entry["message_id"]: entry["content"] for entry in evidence.transcript if entry["role"] == "assistant"}
    for sent in history.sent:
        for answer in sent.answers:
            if not answer.get("cancelled") and answer.get("message") != replies.get(sent.message_id):
                yield f"{sent.message_id}: told something else than the transcript holds"
                break


def _effects_once(evidence: Evidence) -> Iterable[str]:
    for pull, number in Counter(evidence.pulls).items():
        if number > 1:
            yield f"the bureau was asked {number} times for {pull.partition(':')[0]}"
    for mail, number in Counter(mail["id"] for mail in evidence.mails).items():
        if number > 1:
            yield f"{mail}: sent {number} times"
    for what, number in Counter(_content(mail) for mail in evidence.mails if mail["channel"] == "email").items():
        if number > 1:
            yield f"{number} mails with the subject {what[1]!r}"
    for effect in evidence.effects:
        if effect.get("state", "done") == "started" or ("state" not in effect and not effect["done_at"]):
            yield f"{effect['key'].partition(':')[0]}: begun and never ended"
    if len(evidence.letters) > 1:
        yield f"{len(evidence.letters)} letters"


def _streams_whole(history: History) -> Iterable[str]:
    for frames in history.streams:
        yield from broken_in(frames)


def broken_in(frames: Sequence[Json]) -> Iterable[str]:
    """What is wrong with the frames that one reader saw: ids that do not grow, a reply that is not its chunks."""
    newest, chunks = 0, ""
    for frame in frames:
        if frame["type"] == "error" and frame.get("code") not in {"turn_failed", None}:
            continue  # about the connection, not the session: it carries the id of the last event
        if frame["event_id"] <= newest:
            yield f"event {frame['event_id']} after {newest}"
        newest = frame["event_id"]
        match frame["type"]:
            case "message":
                chunks += frame["content"]
            case "reset" | "error":
                chunks = ""
            case "end":
                if not frame.get("cancelled") and chunks and chunks != frame["content"]:
                    yield f"event {frame['event_id']}: the chunks are not the reply"
                chunks = ""


def _same_end(evidence: Evidence, undisturbed: Evidence) -> Iterable[str]:
    ours, theirs = normalised(evidence.view), normalised(undisturbed.view)
    if ours != theirs:
        yield f"another end than without a fault: {_difference(ours, theirs)}"
    if [normalised(entry["content"]) for entry in evidence.transcript] != [
        normalised(entry["content"]) for entry in undisturbed.transcript
    ]:
        yield "another conversation than without a fault"
    if len(evidence.letters) != len(undisturbed.letters):
        yield f"{len(evidence.letters)} letters, without a fault {len(undisturbed.letters)}"
    if len(evidence.pulls) != len(undisturbed.pulls):
        yield f"{len(evidence.pulls)} inquiries, without a fault {len(undisturbed.pulls)}"
    if sorted(map(_kind, evidence.mails)) != sorted(map(_kind, undisturbed.mails)):
        yield f"mails {sorted(map(_kind, evidence.mails))}, without a fault {sorted(map(_kind, undisturbed.mails))}"


def normalised(value: Any) -> Any:
    """Without what is another one in each session: the ids of applications, offers and letters."""
    if isinstance(value, str):
        return DIFFERS.sub("ID", value)
    if isinstance(value, dict):
        return {key: normalised(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [normalised(inner) for inner in value]
    return value


def _difference(ours: Any, theirs: Any) -> str:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        names = [name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)]
        return ", ".join(f"{name}: {_difference(ours.get(name), theirs.get(name))}" for name in sorted(names))
    return f"{ours!r} for {theirs!r}"[:200]


def _of_the_house(message_id: str) -> bool:
    """Turns that no client's message made: the greeting, an officer's act, an upload's own id."""
    return message_id == "greeting" or not message_id.startswith("m-")


def _content(mail: Json) -> tuple[str, str]:
    return mail["channel"], str(mail.get("subject", ""))


def _kind(mail: Json) -> tuple[str, str]:
    return _content(mail)
