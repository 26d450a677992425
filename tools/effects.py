"""Acts upon the outside world, each done once.

A bureau pull, a one-time code, a letter or a mail is keyed by what it is, never by where in the graph it happens, so
that a turn can be run again after a fault without doing anything twice. The keys in use:

    bureau:{application}[:after:{day}]      a credit report; of an application, and anew where the last one was too old
    vcip:{application}:{try}                a video call
    otp:{application}:{phone}:{round}.{n}   a one-time code: the n-th to this phone in this round of tries
    letter:{offer}                          a sanction letter; of an application's letters one is valid at a time
    refusal:{decision}[-{appeal}]           a letter of refusal
    mail:{letter|refusal}:{letter id}       the mail that brings a letter
    mail:case:{act}                         the mail that tells an officer's decision
    lead:{session}                          a complete lead of the hedge fund guy, with the mail that brings it

An act that was begun and of which no end is on record is of one of two kinds. What stays in the house (a code made, a
letter printed) is repeatable: nothing of it leaves the house but by the record itself. What others do (a pull, a call)
is asked after first, and when nobody can tell what became of it, a person has to: it is never blindly repeated.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from tools.mail import Carrier, Posting, ready_to_send
from tools.papers import Papers

JsonDict = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Done:
    """What an act came to, and the messages it sends: they are on record together with it."""

    result: JsonDict = field(default_factory=dict)
    postings: Sequence[Posting] = ()


Became = Done | Literal["not_done", "not_known"]
Act = Callable[[], Awaitable[Done]]
Inquire = Callable[[], Awaitable[Became]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for under a business key. `request` has neither times nor texts that may be put otherwise later.

    An act that may have been done before without a record is inquired about, or repeated where that is harmless.
    """

    key: str
    request: Mapping[str, Any]
    inquire: Inquire | None = None
    repeatable: bool = False

    def canonical(self) -> str:
        """The request as one text, the same for equal requests."""
        return json.dumps(dict(self.request), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class OutcomeUnknown(Exception):
    """Nobody can tell whether the act under `key` was done. It stays so until a person has settled it."""

    def __init__(self, key: str) -> None:
        super().__init__("what became of an act is not known")
        self.key = key


class AnotherRequest(Exception):
    """Something else was asked for under the same key before."""


class EffectLedger(Protocol):
    """Remembers what was done under a business key."""

    async def once(self, session_id: str, asked: Asked, act: Act) -> JsonDict:
        """The result of `act`, run now if nothing was ever done under the key, else as it was the first time.

        Raises OutcomeUnknown, AnotherRequest and what `act` and the inquiry raise.
        """
        ...

    async def known(self, session_id: str, key: str) -> JsonDict | None:
        """The result of an act that was done; None for any other."""
        ...

    async def settle(self, session_id: str, key: str, *, done: bool) -> None:
        """A person's word on an act whose outcome is unknown: inquire again, or act again. Nothing for any other."""
        ...


async def what_became(asked: Asked) -> Became:
    """Of an act that was begun before."""
    if asked.repeatable:
        return "not_done"
    return await asked.inquire() if asked.inquire is not None else "not_known"


class MemoryEffects:
    """A ledger for one process, for Studio and tests. What an act sends goes to the carrier at once."""

    def __init__(self, carrier: Carrier, papers: Papers) -> None:
        self._carrier = carrier
        self._papers = papers
        self._done: dict[str, tuple[str, JsonDict]] = {}
        self._state: dict[str, Literal["started", "unknown"]] = {}

    async def once(self, session_id: str, asked: Asked, act: Act) -> JsonDict:  # noqa: ARG002  a key is of one session
        key, request = asked.key, asked.canonical()
        if key in self._done:
            before, result = self._done[key]
            if before != request:
                raise AnotherRequest
            return result
        state = self._state.get(key)
        became = await what_became(asked) if state == "started" else "not_done"
        if state == "unknown" or became == "not_known":
            self._state[key] = "unknown"
            raise OutcomeUnknown(key)
        self._state[key] = "started"
        done = await act() if became == "not_done" else became
        for posting in done.postings:
            await self._carrier.send(await ready_to_send(posting, self._papers))
        self._done[key] = request, done.result
        return done.result

    async def known(self, session_id: str, key: str) -> JsonDict | None:  # noqa: ARG002  likewise
        found = self._done.get(key)
        return found[1] if found else None

    async def settle(self, session_id: str, key: str, *, done: bool) -> None:  # noqa: ARG002  likewise
        if self._state.get(key) == "unknown":
            del self._state[key]
            if done:
                self._state[key] = "started"
