"""Sends what waits in the outbox, in the background: a carrier that is slow or out of order delays nobody's turn.

Each channel has a sender of its own, so that a mail server that hangs does not hold up the codes. A message that was
sent, and whose sending could not be noted any more, is sent once more under the same Message-ID.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator
from time import monotonic
from typing import Final, get_args

from server.faults import fault
from server.observing.metrics import Metrics
from server.observing.observer import Observer
from server.observing.parts import WatchedCarrier
from server.settings import Settings
from server.store.database import Database, StorageUnavailable
from server.store.ledgers import SqlPapers
from server.store.outbox import Claimed, Outbox
from tools.mail import Carrier, Channel, MailError, OutboxCarrier, RoutedCarrier, ready_to_send
from tools.papers import Papers
from tools.smtp import SmtpCarrier

log = logging.getLogger("esoteric.mailing")

POLL_SECONDS: Final = 2.0  # for what another process left, or what is due again
SEND_SECONDS: Final = 25.0
AT_ONCE: Final = 4
FIRST_PAUSE: Final = 2.0
LONGEST_PAUSE: Final = 600.0
BEHIND_SECONDS: Final = 60.0
MEASURE_SECONDS: Final = 10.0
LEAVING_SECONDS: Final = 3.0


class Mailing:
    """The outbox and its senders."""

    def __init__(
        self,
        outbox: Outbox,
        carrier: Carrier,
        papers: Papers,
        metrics: Metrics,
        files: OutboxCarrier,
        *,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self.outbox = outbox
        self._carrier = carrier
        self._papers = papers
        self._metrics = metrics
        self._files = files
        self._poll_seconds = poll_seconds
        self._measured = -MEASURE_SECONDS
        self._told = -BEHIND_SECONDS
        self._leaving = False
        self._away: set[str] = set()
        self._behind = False

    def delivers(self, channel: Channel) -> bool:
        """Whether the newest message went out, and none has waited for long."""
        return channel not in self._away and not self._behind

    @contextlib.asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """Send in the background. At the end what is on its way may arrive, for a moment; the rest waits."""
        senders = [
            asyncio.create_task(self._keep_sending(channel), name=f"outbox {channel}") for channel in get_args(Channel)
        ]
        try:
            yield
        finally:
            self._leaving = True
            for news in self.outbox.news.values():
                news.set()
            _, late = await asyncio.wait(senders, timeout=LEAVING_SECONDS)
            for sender in late:
                sender.cancel()
            await asyncio.gather(*senders, return_exceptions=True)

    async def send_waiting(self, channel: Channel) -> int:
        """Send what is due now; the number of messages."""
        count = 0
        while not self._leaving and (claimed := await self.outbox.claim(channel, AT_ONCE)):
            count += len(claimed)
            for outcome in await asyncio.gather(*map(self._send, claimed), return_exceptions=True):
                if outcome is not None:
                    raise outcome
        return count

    async def list_messages(self, session_id: str) -> list[dict[str, str]]:
        """What is kept of a session's messages, sent or not, oldest first."""
        return await self.outbox.list_messages(session_id)

    async def forget(self, session_id: str) -> None:
        """Nothing more is sent to this session, and what carriers here left of it is deleted."""
        await self.outbox.forget(session_id)
        await self._files.forget(session_id)

    async def measure(self) -> None:
        """How far the senders are behind, as figures and, when it is far, as a line of the log."""
        health = await self.outbox.health()
        self._metrics.outbox(health.waiting, health.oldest_seconds, health.failed)
        self._behind = health.oldest_seconds > BEHIND_SECONDS
        if self._behind and monotonic() - self._told >= BEHIND_SECONDS:
            self._told = monotonic()
            behind = {"waiting": health.waiting, "oldest_s": round(health.oldest_seconds)}
            log.warning("outbox.behind", extra=behind)

    async def _keep_sending(self, channel: Channel) -> None:
        news = self.outbox.news[channel]
        while not self._leaving:
            news.clear()
            try:
                await self.send_waiting(channel)
                if monotonic() - self._measured >= MEASURE_SECONDS:
                    self._measured = monotonic()
                    await self.measure()
            except StorageUnavailable as away:
                log.error("storage.unavailable", extra={"reason": str(away)})
            except Exception as error:  # noqa: BLE001  whatever broke, the next messages are sent
                log.error("outbox.broke", extra=fault(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), self._poll_seconds)

    async def _send(self, claimed: Claimed) -> None:
        posting = claimed.posting
        if claimed.is_shut and not claimed.too_late:
            await self.outbox.put_off(claimed, pause_after(claimed.tries))
            return
        if posting is None or claimed.too_late:
            await self._give_up(claimed, "unreadable" if posting is None else "too_late")
            return
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._carrier.send(await ready_to_send(posting, self._papers))
        except TimeoutError:
            self._metrics.mail(claimed.channel, "failed")
            about = {"channel": claimed.channel, "session_id": claimed.session_id, "reason": "slow"}
            log.warning("carrier.failed", extra=about)
            self._away.add(claimed.channel)
            await self.outbox.put_off(claimed, pause_after(claimed.tries))
        except MailError as error:
            await self._refused(claimed, error)
        else:
            self._away.discard(claimed.channel)
            await self._note_sent(claimed)

    async def _refused(self, claimed: Claimed, error: MailError) -> None:
        if error.retryable:
            self._away.add(claimed.channel)
            await self.outbox.put_off(claimed, pause_after(claimed.tries))
        else:
            await self._give_up(claimed, "refused")

    async def _give_up(self, claimed: Claimed, why: str) -> None:
        await self.outbox.give_up(claimed)
        self._metrics.mail(claimed.channel, why)
        log.error(
            "outbox.given_up", extra={"channel": claimed.channel, "session_id": claimed.session_id, "reason": why}
        )

    async def _note_sent(self, claimed: Claimed) -> None:
        if not await self.outbox.sent(claimed.id):  # its session was erased meanwhile
            await self._files.forget(claimed.session_id)


def pause_after(tries: int) -> float:
    """Seconds until the next try: twice as long each time, within bounds, and never the same for all."""
    longest = min(FIRST_PAUSE * (1 << min(tries - 1, 20)), LONGEST_PAUSE)
    return longest * random.uniform(0.5, 1.0)  # spreads load, guards nothing  # nosec B311


async def open_mailing(settings: Settings, database: Database, observer: Observer) -> Mailing:
    """SMS goes to files, which only tests and developers read; e-mail, too, where there is no mail server."""
    files = OutboxCarrier(settings.data_dir / "outbox", sender=settings.mail_from)
    carrier: Carrier = files
    if settings.smtp_url is not None:
        carrier = RoutedCarrier(sms=files, email=SmtpCarrier(settings.smtp_url.get_secret_value(), settings.mail_from))
    outbox = Outbox(database, keep_sent=settings.environment == "development")
    if settings.database_url is None:
        await outbox.free_claims()
    return Mailing(outbox, WatchedCarrier(carrier, observer), SqlPapers(database), observer.metrics, files)
