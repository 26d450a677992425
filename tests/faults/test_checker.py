"""The checker must be able to fail: each doctored history breaks one law, and just that one is named."""

import copy
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.faults.checker import Evidence, History, broken_in, violations


@dataclass
class Record:
    history: History
    evidence: Evidence


def sound() -> Record:
    """Two messages, each answered, the first one twice; a code, a letter and its mail."""
    history = History("s")
    replies = {"m-0": "How much?", "m-1": "Your loan is sanctioned."}
    for message_id, reply in replies.items():
        history.add(message_id, "words").answers.append({"message": reply})
    history.sent[0].answers.append({"message": "How much?"})
    history.streams.append(
        [
            {"type": "node", "content": "sales", "event_id": 1},
            {"type": "message", "content": "How ", "event_id": 2},
            {"type": "message", "content": "much?", "event_id": 3},
            {"type": "end", "content": "How much?", "event_id": 4},
        ]
    )
    transcript = [{"role": "assistant", "content": "Hello", "message_id": "greeting"}]
    for message_id, reply in replies.items():
        transcript.append({"role": "user", "content": "words", "message_id": message_id})
        transcript.append({"role": "assistant", "content": reply, "message_id": message_id})
    evidence = Evidence(
        turns=[
            {"message_id": "m-0", "status": "done", "accepted_at": "2026-12-01T10:00:00", "seq": 1},
            {"message_id": "m-1", "status": "done", "accepted_at": "2026-12-01T09:00:00", "seq": 2},
        ],
        transcript=transcript,
        effects=[{"key": "bureau:EF-0", "state": "done", "done_at": "then"}],
        letters=[{"letter_id": "l"}],
        mails=[{"id": "1", "channel": "sms", "subject": ""}, {"id": "2", "channel": "email", "subject": "Letter"}],
        pulls=["bureau:EF-0"],
        view={"awaiting": [], "loan_application": {"status": "sanctioned"}},
    )
    return Record(history, evidence)


def lost(record: Record) -> None:
    del record.evidence.turns[1]
    del record.evidence.transcript[3:]


def stuck(record: Record) -> None:
    record.evidence.turns[1]["status"] = "accepted"


def twice_in_the_ledger(record: Record) -> None:
    record.evidence.turns.append(record.evidence.turns[0])


def twice_in_the_transcript(record: Record) -> None:
    record.evidence.transcript += record.evidence.transcript[1:3]


def out_of_order(record: Record) -> None:
    record.evidence.transcript[1:] = record.evidence.transcript[3:] + record.evidence.transcript[1:3]


def never_answered(record: Record) -> None:
    record.history.sent[1].answers.clear()


def another_answer_to_a_retry(record: Record) -> None:
    record.history.sent[0].answers[1] = {"message": "How long?"}


def told_what_is_not_on_record(record: Record) -> None:
    record.history.sent[1].answers = [{"message": "Your loan is refused."}]


def reply_not_kept(record: Record) -> None:
    del record.evidence.transcript[-1]


def nobody_sent_it(record: Record) -> None:
    del record.history.sent[1]


def refused_and_yet_done(record: Record) -> None:
    record.history.sent[1].answers, record.history.sent[1].refused = [], "session_busy"


def pulled_twice(record: Record) -> None:
    record.evidence.pulls *= 2


def two_letters(record: Record) -> None:
    record.evidence.letters.append({"letter_id": "m"})


def mailed_twice(record: Record) -> None:
    record.evidence.mails.append(record.evidence.mails[1])


def mailed_under_two_ids(record: Record) -> None:
    record.evidence.mails.append(record.evidence.mails[1] | {"id": "3"})


def effect_left_open(record: Record) -> None:
    record.evidence.effects[0]["state"] = "started"


def event_repeated(record: Record) -> None:
    record.history.streams[0].insert(2, record.history.streams[0][1])


def chunk_missed(record: Record) -> None:
    del record.history.streams[0][1]


DOCTORED: dict[Callable[[Record], None], str] = {
    lost: "answered, yet the ledger says None",
    stuck: "stuck in accepted",
    twice_in_the_ledger: "2 turns",
    twice_in_the_transcript: "entries in the transcript",
    out_of_order: "out of order",
    never_answered: "no answer",
    another_answer_to_a_retry: "different answers",
    told_what_is_not_on_record: "something else",
    reply_not_kept: "its reply is not in the transcript",
    nobody_sent_it: "nobody",
    refused_and_yet_done: "refused (session_busy)",
    pulled_twice: "asked 2 times",
    two_letters: "2 letters",
    mailed_twice: "sent 2 times",
    mailed_under_two_ids: "2 mails with the subject",
    effect_left_open: "begun and never ended",
    event_repeated: "event 2 after 2",
    chunk_missed: "the chunks are not the reply",
}


def test_a_sound_record_breaks_nothing() -> None:
    record = sound()
    assert violations(record.history, record.evidence, record.evidence) == []


@pytest.mark.parametrize("doctor", DOCTORED, ids=lambda doctor: doctor.__name__)
def test_a_doctored_record_is_found_out(doctor: Callable[[Record], None]) -> None:
    record = sound()
    doctor(record)
    found = violations(record.history, record.evidence)
    assert any(DOCTORED[doctor] in line for line in found), found


def test_a_reset_takes_the_chunks_before_it_back() -> None:
    frames = [
        {"type": "message", "content": "Ho", "event_id": 1},
        {"type": "reset", "content": "", "event_id": 2001},
        {"type": "message", "content": "How much?", "event_id": 2002},
        {"type": "end", "content": "How much?", "event_id": 2003},
    ]
    assert list(broken_in(frames)) == []


@pytest.mark.parametrize("what", ["view", "transcript", "letters", "pulls", "mails"])
def test_another_end_than_undisturbed(what: str) -> None:
    record, other = sound(), sound().evidence
    changed = copy.deepcopy(getattr(other, what))
    if isinstance(changed, dict):
        changed["awaiting"] = ["pan"]
    else:
        changed.pop()
    setattr(other, what, changed)
    assert violations(record.history, record.evidence, other)


def test_what_differs_between_sessions_is_the_same_end() -> None:
    record, other = sound(), sound().evidence
    record.evidence.view["letter"] = "/api/v1/letters/a-B_c"
    other.view["letter"] = "/api/v1/letters/d-E_f"
    record.evidence.view["application"], other.view["application"] = "EF-0123456789ABCDEF", "EF-FEDCBA9876543210"
    assert violations(record.history, record.evidence, other) == []
