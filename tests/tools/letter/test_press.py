"""The press prints what the renderer would, in another process, and survives that process."""

import asyncio
import multiprocessing
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

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


def test_ends_with_a_service_that_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "service.py"
    program.write_text(
        "import asyncio, multiprocessing, os, signal\n"
        "from tools.letter.press import LetterPress\n"
        "async def main():\n"
        "    await LetterPress().warm_up()\n"
        "    print(multiprocessing.active_children()[0].pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "if __name__ == '__main__':\n"
        "    asyncio.run(main())\n"
    )
    killed = subprocess.run([sys.executable, program], stdout=subprocess.PIPE, text=True, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 10
    while Path(f"/proc/{int(killed.stdout)}").exists():
        assert time.monotonic() < deadline, "the press outlived its service"
        time.sleep(0.05)


async def test_closing_twice_or_unused_is_harmless(press: LetterPress) -> None:
    await press.close()
    assert (await press(letter_content())).startswith(b"%PDF")
    await press.close()
    assert multiprocessing.active_children() == []
