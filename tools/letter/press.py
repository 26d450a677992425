"""Printing letters in a process of their own: a letter is fifty milliseconds of pure computing.

In the service's process that time would be taken from every conversation under way, since Python runs one thread at a
time.
"""

import asyncio
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from tools.letter.content import LetterContent


class LetterPress:
    """One printing process, started by `warm_up` or the first letter.

    Should it die, the letter at hand is printed in a thread and the next one by a new process.
    """

    def __init__(self) -> None:
        self._pool = _new_pool()

    async def __call__(self, content: LetterContent) -> bytes:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, _print, content)
        except BrokenProcessPool:
            self._pool = _new_pool()
            return await print_in_thread(content)

    async def warm_up(self) -> None:
        """Start the process and its fonts before the first customer waits for them."""
        try:
            await asyncio.get_running_loop().run_in_executor(self._pool, _load)
        except BrokenProcessPool:
            self._pool = _new_pool()

    def processes(self) -> list[int]:
        """The process ids at work, for whoever watches them."""
        return list(self._pool._processes or {})

    async def close(self) -> None:
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)


async def print_in_thread(content: LetterContent) -> bytes:
    """The same without a process to look after, where letters are few."""
    return await asyncio.to_thread(_print, content)


def _new_pool() -> ProcessPoolExecutor:
    # spawn: a forked child would inherit the event loop's sockets and the database's locks.
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def _print(content: LetterContent) -> bytes:
    from tools.letter.render import render_letter  # the printing process alone needs the PDF library

    return render_letter(content)


def _load() -> None:
    from tools.letter.typeface import register_fonts

    register_fonts()
