"""What is wrong with a trial's outcome: nothing may be lost, doubled or stuck, and every stream is one stream."""

import time
from collections import Counter
from collections.abc import Iterator

from server.store.outbox import CLAIM_SECONDS
from tests.faults.replica_trial import ERASED_EVERY, Conversation, Outcome
from tests.faults.stage import Stage
from tests.faults.streams import differences

UPLOADED = "[Salary slip uploaded]"
# What no fault of a replica excuses. The transaction of one that is paused is ended by Postgres, which it then notices.
NEVER = ("turn.broke", "request.broke", "outbox.broke", "audit.row_lost", "exception.uncaught", "service.cannot_listen")
OF_A_SESSION = ("sessions", "turns", "messages", "effects", "outbox", "letters", "key_facts", "documents")
ALL_SESSIONS = "SELECT DISTINCT session_id FROM {}"
LONGEST_EXIT = 30.0  # seconds from SIGTERM


def findings(outcome: Outcome, stage: Stage) -> list[str]:
    """One line each; none when all is well."""
    return [
        *_of_customers(outcome),
        *_of_the_world(outcome),
        *_of_the_ledger(outcome, stage),
        *_of_the_logs(outcome),
        *(f"SIGTERM took {seconds:.1f} s" for seconds in outcome.exits if seconds > LONGEST_EXIT),
    ]


def _of_customers(outcome: Outcome) -> Iterator[str]:
    for one in outcome.conversations:
        name = one.customer.reading.name
        if one.gave_up:
            yield one.gave_up
            continue
        if one.session["awaiting"] or one.session["loan_application"]["status"] not in {"sanctioned", "completed"}:
            yield f"{name}: ended as {one.session['loan_application']['status']}"
        if not one.letter.startswith(b"%PDF-"):
            yield f"{name}: no letter"
        yield from (f"{name}: {problem}" for problem in _of_the_transcript(one))
        yield from (f"{name}: two answers to one message" for told in one.customer.said if _differ(told.answers))
        yield from _of_the_streams(one)
        if one.number % ERASED_EVERY == 0 and not one.erased:
            yield f"{name}: was not erased everywhere"


def _differ(answers: list[dict[str, object]]) -> bool:
    return any(answer != answers[0] for answer in answers)


def _of_the_transcript(one: Conversation) -> Iterator[str]:
    """Each message stands once, in the order sent, the answer that the customer got right behind it."""
    greeting, *rest = one.transcript
    if greeting["role"] != "assistant":
        yield "no greeting"
    asked = [message for message in rest[::2] if message["content"] != UPLOADED]
    uploads = len(rest[::2]) - len(asked)
    if [message["role"] for message in rest] != ["user", "assistant"] * (len(rest) // 2):
        yield "the transcript does not alternate"
    if [message["message_id"] for message in asked] != [told.message_id for told in one.customer.said]:
        yield "the transcript has not each message once in the order sent"
    if uploads > one.customer.uploads or (one.customer.uploads and not uploads):
        yield f"{uploads} uploads are on record of {one.customer.uploads}"
    replies = {message["message_id"]: message["content"] for message in rest[1::2]}
    for told in one.customer.said:
        if any(replies.get(told.message_id) != answer["message"] for answer in told.answers):
            yield "another reply is on record than was told"


def _of_the_streams(one: Conversation) -> Iterator[str]:
    """Every reader saw the one stream, and in it each turn ends once."""
    whole = one.whole
    assert whole is not None
    yield from whole.wrong
    if doubled := [message for message, times in Counter(whole.ends()).items() if times > 1]:
        yield f"{len(doubled)} turns ended twice"
    if missing := {told.message_id for told in one.customer.said} - set(whole.ends()):
        yield f"{len(missing)} turns have no end in the stream"
    for reading in filter(None, (one.customer.reading, one.watched)):
        yield from reading.wrong
        yield from differences(reading, whole)


def _of_the_world(outcome: Outcome) -> Iterator[str]:
    """One pull an application, each message handed to a carrier once, one code and one mail with the letter."""
    if doubled := [pull for pull, times in Counter(outcome.pulls).items() if times > 1]:
        yield f"the bureau was asked twice for {len(doubled)} applications"
    if len(set(outcome.pulls)) != len(outcome.conversations):
        yield f"{len(set(outcome.pulls))} applications were asked about, not {len(outcome.conversations)}"
    if doubled := [name for name, times in Counter(path.name for path in outcome.mails).items() if times > 1]:
        yield f"{len(doubled)} messages were handed over twice"


def _of_the_ledger(outcome: Outcome, stage: Stage) -> Iterator[str]:
    if stuck := stage.rows("SELECT status, count(*) FROM turns WHERE status <> 'done' GROUP BY status"):
        yield f"turns without an answer: {stuck}"
    letters = Counter(session for (session,) in stage.rows("SELECT session_id FROM letters"))
    erased = {one.customer.session_id for one in outcome.conversations if one.erased}
    if left := {table for table in OF_A_SESSION if erased & {row[0] for row in stage.rows(ALL_SESSIONS.format(table))}}:
        yield f"erased sessions are still in {sorted(left)}"
    sanctioned = {one.customer.session_id for one in outcome.conversations if one.letter} - erased
    if set(letters) != sanctioned or set(letters.values()) - {1}:
        yield f"{sum(letters.values())} letters of {len(sanctioned)} sessions"
    if undone := stage.rows("SELECT state, count(*) FROM effects WHERE state <> 'done' GROUP BY state"):
        yield f"effects without an end: {undone}"
    # What a replica had taken on to send when it died is sent by another once that claim has run out.
    deadline = time.monotonic() + CLAIM_SECONDS + 30
    while stage.rows("SELECT count(*) FROM outbox WHERE state = 'waiting'") != [(0,)] and time.monotonic() < deadline:
        time.sleep(0.5)
    if unsent := stage.rows("SELECT state, count(*) FROM outbox WHERE state <> 'sent' GROUP BY state"):
        yield f"messages not handed over: {unsent}"


def _of_the_logs(outcome: Outcome) -> Iterator[str]:
    for path in outcome.logs:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        for event in NEVER:
            if found := [line for line in lines if f'"event":"{event}"' in line]:
                yield f"{path.name}: {event} {len(found)} times: {found[0][:1500]}"
        if any("Traceback" in line for line in lines):
            yield f"{path.name}: a traceback"
