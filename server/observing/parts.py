"""The house's parts as they are, watched: providers, carriers, the press. Neither they nor the agents know of it."""

import logging
from collections.abc import Callable
from typing import Any

from agents.services import Printer
from server.faults import fault
from server.observing.observer import Observer
from tools.letter import LetterContent
from tools.mail import Carrier, MailError, Message
from tools.providers.protocols import (
    CreditBureau,
    CustomerRecords,
    IdentityRegister,
    OfferMart,
    Providers,
    ScreeningList,
    VideoKyc,
)

log = logging.getLogger("esoteric.effects")


def watched_providers(providers: Providers, observer: Observer) -> Providers:
    def call(provider: str, asked: Any) -> Any:
        def done(outcome: str, seconds: float) -> None:
            observer.metrics.provider(provider, outcome, seconds)

        return observer.watched(asked, "provider", done, provider=provider)

    return Providers(
        register=_Register(providers.register, call),
        records=_Records(providers.records, call),
        offers=_Offers(providers.offers, call),
        bureau=_Bureau(providers.bureau, call),
        screening=_Screening(providers.screening, call),
        video_kyc=_VideoKyc(providers.video_kyc, call),
    )


_Watch = Callable[[str, Any], Any]


class _Register:
    def __init__(self, part: IdentityRegister, watch: _Watch) -> None:
        self.find = watch("register", part.find)


class _Records:
    def __init__(self, part: CustomerRecords, watch: _Watch) -> None:
        self.record = watch("records", part.record)


class _Offers:
    def __init__(self, part: OfferMart, watch: _Watch) -> None:
        self.offer = watch("offers", part.offer)


class _Bureau:
    def __init__(self, part: CreditBureau, watch: _Watch) -> None:
        self.pull = watch("bureau", part.pull)


class _Screening:
    def __init__(self, part: ScreeningList, watch: _Watch) -> None:
        self.is_listed = watch("screening", part.is_listed)


class _VideoKyc:
    def __init__(self, part: VideoKyc, watch: _Watch) -> None:
        self.verify = watch("video_kyc", part.verify)


class WatchedCarrier:
    def __init__(self, carrier: Carrier, observer: Observer) -> None:
        self._carrier = carrier
        self._metrics = observer.metrics

    async def send(self, message: Message) -> None:
        try:
            await self._carrier.send(message)
        except MailError as error:
            self._metrics.mail(message.channel, "failed")
            log.warning("mail.failed", extra={"channel": message.channel, **fault(error)})
            raise
        self._metrics.mail(message.channel, "sent")
        log.info("mail.sent", extra={"channel": message.channel})


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
