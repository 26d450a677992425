"""The press prints what the renderer would, in another process, and survives that process."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest_asyncio

from tests.samples import letter_content
from tools.letter.press import LetterPress, print_in_thread
from tools.letter.render import render_letter


@pytest_asyncio.fixture
async def press() -> AsyncIterator[LetterPress]:
    made = LetterPress()
    yield made
    await made.close()


async def test_prints_the_same_bytes(press: LetterPress) -> None:
    content = letter_content()
    in_process, in_thread = await asyncio.gather(press(content), print_in_thread(content))
    assert in_process == in_thread == render_letter(content)


async def test_goes_on_after_its_process_was_killed(press: LetterPress) -> None:
    await press.warm_up()
    (printing,) = press.processes()
    os.kill(printing, signal.SIGKILL)
    assert (await press(letter_content())).startswith(b"%PDF")
    assert (await press(letter_content())).startswith(b"%PDF")
    assert printing not in press.processes()
