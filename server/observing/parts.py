"""The house's parts as they are, watched: providers, carriers, the press. Neither they nor the agents know of it."""

import logging
from collections.abc import Awaitable
from typing import TypeVar

from agents.services import Printer
from server.auditing import ProviderAudit
from server.faults import fault
from server.observing.observer import Observer
from tools.letter import Paper
from tools.mail import Carrier, MailError, Message
from tools.providers.protocols import (
    BureauReport,
    CkycRecord,
    CkycRegistry,
    CreditBureau,
    CustomerRecord,
    CustomerRecords,
    IdentityRegister,
    NoOutcome,
    OfferMart,
    PreapprovedOffer,
    Providers,
    RegisteredPerson,
    ScreeningList,
    VideoKyc,
    VideoOutcome,
)

log = logging.getLogger("esoteric.effects")

R = TypeVar("R")


class _Watched:
    """Asks another for an answer and tells how that went."""

    def __init__(self, observer: Observer, provider: str, audit: ProviderAudit | None) -> None:
        self._observer, self._provider, self._audit = observer, provider, audit

    async def _answer(self, asked: Awaitable[R], about: str | None = None) -> R:
        """`about` is what the question named the person by; the audit log gets its keyed hash."""
        told: tuple[str, float] = ("failed", 0.0)

        def done(outcome: str, seconds: float) -> None:
            nonlocal told
            told = outcome, seconds
            self._observer.metrics.provider(self._provider, outcome, seconds)

        try:
            return await self._observer.watched(asked, "provider", done, provider=self._provider)
        finally:
            if self._audit is not None:
                await self._audit.called(self._provider, about, *told)


class _Register(_Watched):
    def __init__(self, part: IdentityRegister, observer: Observer, audit: ProviderAudit | None) -> None:
        super().__init__(observer, "register", audit)
        self._part = part

    async def find(self, pan: str) -> RegisteredPerson | None:
        return await self._answer(self._part.find(pan), pan)


class _Records(_Watched):
    def __init__(self, part: CustomerRecords, observer: Observer, audit: ProviderAudit | None) -> None:
        super().__init__(observer, "records", audit)
        self._part = part

    async def record(self, customer_id: str) -> CustomerRecord:
        return await self._answer(self._part.record(customer_id), customer_id)


class _Offers(_Watched):
    def __init__(self, part: OfferMart, observer: Observer, audit: ProviderAudit | None) -> None:
        super().__init__(observer, "offers", audit)
        self._part = part

    async def offer(self, customer_id: str) -> PreapprovedOffer | None:
        return await self._answer(self._part.offer(customer_id), customer_id)


class _Bureau(_Watched):
    def __init__(self, part: CreditBureau, observer: Observer, audit: ProviderAudit | None) -> None:
        super().__init__(observer, "bureau", audit)
        self._part = part

    async def pull(self, pan: str, *, inquiry: str) -> BureauReport:
        return await self._answer(self._part.pull(pan, inquiry=inquiry), pan)

    async def inquire(self, pan: str, *, inquiry: str) -> BureauReport | NoOutcome:
        return await self._answer(self._part.inquire(pan, inquiry=inquiry), pan)


class _Screening(_Watched):
    def __init__(self, part: ScreeningList, observer: Observer, audit: ProviderAudit | None) -> None:
        super().__init__(observer, "screening", audit)
        self._part = part

    async def is_listed(self, person: RegisteredPerson) -> bool:
        return await self._answer(self._part.is_listed(person), person.customer_id)


class _VideoKyc(_Watched):
    def __init__(self, part: VideoKyc, observer: Observer, audit: ProviderAudit | None) -> None:
        super().__init__(observer, "video_kyc", audit)
        self._part = part

    async def call(self, person_id: str, *, attempt: int) -> VideoOutcome:
        return await self._answer(self._part.call(person_id, attempt=attempt), person_id)

    async def outcome_of(self, person_id: str, *, attempt: int) -> VideoOutcome | NoOutcome:
        return await self._answer(self._part.outcome_of(person_id, attempt=attempt), person_id)


class _Ckyc(_Watched):
    def __init__(self, part: CkycRegistry, observer: Observer, audit: ProviderAudit | None) -> None:
        super().__init__(observer, "ckyc", audit)
        self._part = part

    async def fetch(self, pan: str) -> CkycRecord | None:
        return await self._answer(self._part.fetch(pan), pan)


def watched_providers(providers: Providers, observer: Observer, audit: ProviderAudit | None = None) -> Providers:
    return Providers(
        register=_Register(providers.register, observer, audit),
        records=_Records(providers.records, observer, audit),
        offers=_Offers(providers.offers, observer, audit),
        bureau=_Bureau(providers.bureau, observer, audit),
        screening=_Screening(providers.screening, observer, audit),
        video_kyc=_VideoKyc(providers.video_kyc, observer, audit),
        ckyc=_Ckyc(providers.ckyc, observer, audit),
    )


class WatchedCarrier:
    def __init__(self, carrier: Carrier, observer: Observer) -> None:
        self._carrier = carrier
        self._metrics = observer.metrics

    async def send(self, message: Message) -> None:
        told = {"channel": message.channel, "session_id": message.session_id}
        try:
            await self._carrier.send(message)
        except MailError as error:
            self._metrics.mail(message.channel, "failed")
            log.warning("carrier.failed", extra=told | fault(error))
            raise
        self._metrics.mail(message.channel, "sent")
        log.info("carrier.sent", extra=told)


class WatchedPrinter:
    def __init__(self, printer: Printer, observer: Observer) -> None:
        self._printer = printer
        self._metrics = observer.metrics

    async def __call__(self, content: Paper) -> bytes:
        outcome = "failed"
        try:
            pdf = await self._printer(content)
            outcome = "printed"
        finally:
            self._metrics.letter(outcome)
        log.info("letter.printed")
        return pdf
