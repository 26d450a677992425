"""Tries that are a person's, not a session's: a new session or a new application gives no fresh ones.

They are counted by the PAN, by the phone and by the session, each as a keyed hash; whichever has the most counts.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Literal, cast

from agents.verifying.visit import Visit
from tools.attempts import Attempt, AttemptKind

TRIES = 3
SENDS_A_DAY = 6  # to one phone, until a code is answered rightly
PERIOD = timedelta(hours=24)


async def is_locked(visit: Visit) -> bool:
    """Whether this PAN, phone or session has used up its tries within the last 24 hours."""
    if visit.now.get("identity_rounds"):  # an officer gave fresh tries
        await _note(visit, "fresh", f"round {visit.now['identity_rounds']}")
    return any(attempt.kind == "lock" for attempt in _standing(await _attempts(visit)))


async def failed(visit: Visit, kind: AttemptKind, which: str) -> int:
    """Count a failure and lock at the last try; the tries left. `which` names it within the application."""
    await _note(visit, kind, which)
    left = TRIES - _most(_standing(await _attempts(visit)), kind)
    if left <= 0:
        await lock(visit, which)
    return max(left, 0)


async def lock(visit: Visit, which: str) -> None:
    await _note(visit, "lock", which)


async def may_send(visit: Visit) -> bool:
    """Whether the phone may be sent one more code today, whatever session asks for it."""
    phones = _seals(visit, "phone")
    sent = [attempt for attempt in _standing(await _attempts(visit)) if attempt.ref in phones]
    return _most(sent, "send") < SENDS_A_DAY


async def sent(visit: Visit, which: str) -> None:
    await _note(visit, "send", which)


async def passed(visit: Visit) -> None:
    """The person is who they say: earlier failures count no more. One code sent and answered leaves nothing to undo."""
    standing = _standing(await _attempts(visit))
    refs = [attempt.ref for attempt in standing]
    if any(attempt.kind != "send" for attempt in standing) or len(refs) != len(set(refs)):
        await _note(visit, "fresh", "passed")


def _refs(visit: Visit) -> list[str]:
    return [*_seals(visit, "pan"), *_seals(visit, "phone"), *_seals(visit, "session")]


def _seals(visit: Visit, of: Literal["pan", "phone", "session"]) -> tuple[str, ...]:
    """Under every key: a new one gives no new tries."""
    value = visit.context.session_id if of == "session" else cast(str, visit.now[of])
    return visit.services.sealer.seals(f"tries by {of}", value)


async def _attempts(visit: Visit) -> list[Attempt]:
    if visit.attempts is None:
        since = visit.services.clock.now() - PERIOD
        visit.attempts = await visit.services.attempts.since(_refs(visit), since)
    return visit.attempts


async def _note(visit: Visit, kind: AttemptKind, which: str) -> None:
    services = visit.services
    key = services.sealer.seal("attempt", f"{visit.now['application_id']}:{kind}:{which}")
    await services.attempts.note(key, kind, _refs(visit), services.clock.now())
    visit.attempts = None


def _standing(attempts: Iterable[Attempt]) -> list[Attempt]:
    """Those of each reference that came after it last got fresh tries."""
    standing: list[Attempt] = []
    for attempt in attempts:
        if attempt.kind == "fresh":
            standing = [earlier for earlier in standing if earlier.ref != attempt.ref]
        else:
            standing.append(attempt)
    return standing


def _most(attempts: Iterable[Attempt], kind: AttemptKind) -> int:
    """The largest number about any one reference."""
    refs = [attempt.ref for attempt in attempts if attempt.kind == kind]
    return max((refs.count(ref) for ref in refs), default=0)
