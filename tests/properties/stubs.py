"""Providers, clock and parts of the machine's own: they count, break when told to, and crash the process once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from agents.speaking import Line, Speaker
from tests.server.parts import Crash
from tools.clock import Clock
from tools.providers.protocols import (
    BureauReport,
    CustomerRecord,
    NoOutcome,
    PreapprovedOffer,
    ProviderUnavailable,
    RegisteredPerson,
    UnusableAnswer,
)
from tools.providers.simulated import SimulatedProviders


class MovingClock:
    """A clock whose business date is moved by hand; its time of day goes on with it, so that locks run out."""

    def __init__(self, start: date) -> None:
        self.start, self.day = start, start

    @property
    def as_of(self) -> date:
        return self.day

    def now(self) -> datetime:
        return datetime.now(UTC) + (self.day - self.start)

    def today(self) -> date:
        return self.day

    def stamp(self) -> datetime:
        return Clock.stamp(self)  # type: ignore[arg-type]

    def forward(self, days: int) -> None:
        self.day += timedelta(days=days)


@dataclass
class Stub:
    """All providers. `fault` is by provider: "down" or "lies" (an answer that its adapter would not believe)."""

    people: SimulatedProviders
    fault: dict[str, str] = field(default_factory=dict)
    inquiries: list[str] = field(default_factory=list)  # as asked
    pulled: list[str] = field(default_factory=list)  # as answered

    def _check(self, name: str) -> None:
        match self.fault.get(name):
            case "down":
                raise ProviderUnavailable(name)
            case "lies":
                raise UnusableAnswer(name)

    async def find(self, pan: str) -> RegisteredPerson | None:
        self._check("register")
        return await self.people.find(pan)

    async def record(self, customer_id: str) -> CustomerRecord:
        self._check("records")
        return await self.people.record(customer_id)

    async def offer(self, customer_id: str) -> PreapprovedOffer | None:
        self._check("offers")
        return await self.people.offer(customer_id)

    async def is_listed(self, person: RegisteredPerson) -> bool:
        self._check("screening")
        return await self.people.is_listed(person)

    async def pull(self, pan: str, *, inquiry: str) -> BureauReport:
        self.inquiries.append(inquiry)
        self._check("bureau")
        self.pulled.append(inquiry)
        return await self.people.pull(pan, inquiry=inquiry)

    async def inquire(self, pan: str, *, inquiry: str) -> BureauReport | NoOutcome:
        self._check("bureau")
        return await self.people.inquire(pan, inquiry=inquiry)


@dataclass
class Armed:
    """Where the process is to end next: the part, its method, before or after it did its work."""

    at: tuple[str, str, str] | None = None
    struck: list[tuple[str, str, str]] = field(default_factory=list)

    def strikes(self, part: str, method: str, when: str) -> bool:
        if self.at != (part, method, when):
            return False
        self.struck.append((part, method, when))
        self.at = None
        return True


class Crashable:
    """A part that ends the process where `armed` says."""

    def __init__(self, name: str, part: object, armed: Armed) -> None:
        self._name, self._part, self._armed = name, part, armed

    def __getattr__(self, method: str) -> Any:
        found = getattr(self._part, method)
        return self._watched(found, method) if callable(found) else found

    def _watched(self, found: Callable[..., Awaitable[Any]], method: str) -> Callable[..., Awaitable[Any]]:
        async def call(*args: Any, **named: Any) -> Any:
            if self._armed.strikes(self._name, method, "before"):
                raise Crash
            result = await found(*args, **named)
            if self._armed.strikes(self._name, method, "after"):
                raise Crash
            return result

        return call


@dataclass
class Spoken:
    """The lines that the code let be said last, whoever put them in words."""

    lines: list[Line] = field(default_factory=list)
    language: str = "en"


class HeardSpeaker:
    """A speaker that notes what it is given."""

    def __init__(self, speaker: Speaker, spoken: Spoken) -> None:
        self._speaker, self._spoken = speaker, spoken

    async def speak(self, lines: Any, language: str, heard: str | None = None) -> Any:
        self._spoken.lines, self._spoken.language = list(lines), language
        async for chunk in self._speaker.speak(lines, language, heard):
            yield chunk
