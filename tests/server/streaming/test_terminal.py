"""`esoteric chat` against a service that goes away in between, or in the middle of an answer."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest
import websockets

from server.commands.chat import _Line
from tests.service import COMMAND, clean_environment, start_process, stop_process


def test_the_conversation_goes_on_when_the_service_is_back(data_dir: Path, tmp_path: Path) -> None:
    service = start_process(data_dir)
    command = [str(COMMAND), "chat", "--url", service.base_url]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean_environment(tmp_path)
    ) as chat:
        assert chat.stdin is not None and chat.stdout is not None
        chat.stdin.write("I need 3 lakh\n")
        chat.stdin.flush()
        while "₹3,00,000" not in chat.stdout.readline():
            pass
        stop_process(service, kill=True)
        service = start_process(data_dir, service.port)
        try:
            told, _ = chat.communicate("My name is Aarav Mehta\n", timeout=60)
        finally:
            stop_process(service)
        assert "Aarav" in told and chat.returncode == 0


async def test_an_answer_that_is_cut_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    """A server that cuts after each frame, and tells the rest to whoever says where it left off."""
    frames = [{"type": "message", "content": word, "event_id": number} for number, word in enumerate("abcde", 1)]
    frames.append({"type": "end", "content": "abcde", "event_id": 6})
    asked: list[str] = []

    async def cut(socket: websockets.ServerConnection) -> None:
        after = json.loads(await socket.recv())["last_event_id"]
        asked.append(json.loads(await socket.recv())["message_id"])
        await socket.send(json.dumps(frames[after]))
        await socket.close()

    async with websockets.serve(cut, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        line = _Line(f"ws://127.0.0.1:{port}", {})
        line.waits = (0.0,) * 6
        await asyncio.wait_for(line.say("Hi"), 20)
        await line.close()
    assert capsys.readouterr().out == "abcde\n\n"
    assert (len(asked), len(set(asked))) == (6, 1)
