"""The house's parts as they are, watched: providers, carriers, the press. Neither they nor the agents know of it."""

import logging
from collections.abc import Awaitable
from typing import TypeVar

from agents.services import Printer
from server.faults import fault
from server.observing.observer import Observer
from tools.letter import LetterContent
from tools.mail import Carrier, MailError, Message
from tools.providers.protocols import (
    BureauReport,
    CreditBureau,
    CustomerRecord,
    CustomerRecords,
    IdentityRegister,
    OfferMart,
    PreapprovedOffer,
    Providers,
    RegisteredPerson,
    ScreeningList,
    VideoKyc,
)

log = logging.getLogger("esoteric.effects")

R = TypeVar("R")


class _Watched:
    """Asks another for an answer and tells how that went."""

    def __init__(self, observer: Observer, provider: str) -> None:
        self._observer, self._provider = observer, provider

    async def _answer(self, asked: Awaitable[R]) -> R:
        return await self._observer.watched(asked, "provider", self._done, provider=self._provider)

    def _done(self, outcome: str, seconds: float) -> None:
        self._observer.metrics.provider(self._provider, outcome, seconds)


class _Register(_Watched):
    def __init__(self, part: IdentityRegister, observer: Observer) -> None:
        super().__init__(observer, "register")
        self._part = part

    async def find(self, pan: str) -> RegisteredPerson | None:
        return await self._answer(self._part.find(pan))


class _Records(_Watched):
    def __init__(self, part: CustomerRecords, observer: Observer) -> None:
        super().__init__(observer, "records")
        self._part = part

    async def record(self, customer_id: str) -> CustomerRecord:
        return await self._answer(self._part.record(customer_id))


class _Offers(_Watched):
    def __init__(self, part: OfferMart, observer: Observer) -> None:
        super().__init__(observer, "offers")
        self._part = part

    async def offer(self, customer_id: str) -> PreapprovedOffer | None:
        return await self._answer(self._part.offer(customer_id))


class _Bureau(_Watched):
    def __init__(self, part: CreditBureau, observer: Observer) -> None:
        super().__init__(observer, "bureau")
        self._part = part

    async def pull(self, pan: str, *, inquiry: str) -> BureauReport:
        return await self._answer(self._part.pull(pan, inquiry=inquiry))


class _Screening(_Watched):
    def __init__(self, part: ScreeningList, observer: Observer) -> None:
        super().__init__(observer, "screening")
        self._part = part

    async def is_listed(self, person: RegisteredPerson) -> bool:
        return await self._answer(self._part.is_listed(person))


class _VideoKyc(_Watched):
    def __init__(self, part: VideoKyc, observer: Observer) -> None:
        super().__init__(observer, "video_kyc")
        self._part = part

    async def verify(self, person_id: str) -> bool:
        return await self._answer(self._part.verify(person_id))


def watched_providers(providers: Providers, observer: Observer) -> Providers:
    return Providers(
        register=_Register(providers.register, observer),
        records=_Records(providers.records, observer),
        offers=_Offers(providers.offers, observer),
        bureau=_Bureau(providers.bureau, observer),
        screening=_Screening(providers.screening, observer),
        video_kyc=_VideoKyc(providers.video_kyc, observer),
    )


class WatchedCarrier:
    def __init__(self, carrier: Carrier, observer: Observer) -> None:
        self._carrier = carrier
        self._metrics = observer.metrics

    async def send(self, message: Message) -> None:
        try:
            await self._carrier.send(message)
        except MailError as error:
            self._metrics.mail(message.channel, "failed")
            log.warning("carrier.failed", extra={"channel": message.channel, **fault(error)})
            raise
        self._metrics.mail(message.channel, "sent")
        log.info("carrier.sent", extra={"channel": message.channel})


class WatchedPrinter:
    def __init__(self, printer: Printer, observer: Observer) -> None:
        self._printer = printer
        self._metrics = observer.metrics

    async def __call__(self, content: LetterContent) -> bytes:
        outcome = "failed"
        try:
            pdf = await self._printer(content)
            outcome = "printed"
        finally:
            self._metrics.letter(outcome)
        log.info("letter.printed")
        return pdf
