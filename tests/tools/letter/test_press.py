"""The press prints what the renderer would, in another process, and survives that process."""

import asyncio
import multiprocessing
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
    (printing,) = multiprocessing.active_children()
    printing.kill()
    assert (await press(letter_content())).startswith(b"%PDF")
    assert (await press(letter_content())).startswith(b"%PDF")
    (successor,) = multiprocessing.active_children()
    assert successor.pid != printing.pid


async def test_closing_twice_or_unused_is_harmless(press: LetterPress) -> None:
    await press.close()
    assert (await press(letter_content())).startswith(b"%PDF")
    await press.close()
    assert multiprocessing.active_children() == []
