"""Printing letters in a process of their own: a letter is thirty milliseconds of pure computing.

In the service's process that time would be taken from every conversation under way, since Python runs one thread at a
time.
"""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from typing import Any

from tools.letter import LetterContent, Paper
from tools.signing.identity import NoSigner, SigningIdentity
from tools.signing.note import SignatureNote

NICENESS = 10


class LetterPress:
    """One printing process, started by `warm_up` or the first letter; with an identity it signs sanction letters too.

    Should it die, the letter at hand is printed in a thread and the next one by a new process.
    """

    def __init__(self, identity: SigningIdentity | None = None) -> None:
        self._identity = identity
        self._pool: ProcessPoolExecutor | None = None
        self._starting = threading.Lock()

    @property
    def signs(self) -> bool:
        return self._identity is not None

    async def __call__(self, content: Paper) -> bytes:
        try:
            pdf: bytes = await self._run(_print, content, self._identity)
        except BrokenProcessPool:
            await self.close()
            return await print_in_thread(content, self._identity)
        return pdf

    async def warm_up(self) -> None:
        """Start the process and its fonts before the first customer waits for them."""
        try:
            await self._run(_load, self._identity is not None)
        except BrokenProcessPool:
            await self.close()

    async def close(self) -> None:
        with self._starting:
            pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(pool.shutdown, cancel_futures=True)

    async def _run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        # Handing over may start the process, which blocks for a moment.
        return await asyncio.wrap_future(await asyncio.to_thread(self._hand_over, work, *arguments))

    def _hand_over(self, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        with self._starting:
            if self._pool is None:
                # spawn: a forked child would inherit the event loop's sockets and the database's locks.
                self._pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=_start)
            return self._pool.submit(work, *arguments)


class SignedOnly:
    """A press without a signer, from which no sanction letter comes: it would be taken for a forged one."""

    def __init__(self, press: LetterPress) -> None:
        self._press = press

    async def __call__(self, content: Paper) -> bytes:
        """Raises NoSigner."""
        if isinstance(content, LetterContent):
            raise NoSigner
        return await self._press(content)


async def print_in_thread(content: Paper, identity: SigningIdentity | None = None) -> bytes:
    """The same without a process to look after, where letters are few."""
    return await asyncio.to_thread(_print, content, identity)


def _print(content: Paper, identity: SigningIdentity | None) -> bytes:
    from tools.letter.render import render  # the printing process alone needs the PDF library

    pdf = render(content)
    if identity is None or not isinstance(content, LetterContent):
        return pdf
    from tools.signing.signer import sign

    days = content.issued_on, content.valid_until
    return sign(pdf, identity, SignatureNote(content.letter_number, *days, content.verification_code))


def _start() -> None:
    """Yield to the conversations, and end with the service: killed, it cannot close its press."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICENESS)
    service = parent_process()

    def wait() -> None:
        if service is not None:
            service.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _load(signing: bool) -> None:
    from tools.letter.typeface import register_fonts

    register_fonts()
    if signing:
        from tools.signing.warming import a_signed_letter

        a_signed_letter()
