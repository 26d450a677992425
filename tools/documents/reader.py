"""Reading uploads without holding up the conversations: few at once, the next wait, the rest are turned away."""

import asyncio
from typing import Final

from tools.documents.child import read_salary_slip
from tools.documents.kinds import DocumentKind
from tools.documents.ocr import OcrEngine
from tools.documents.slip import SlipReading

AT_ONCE: Final = 2
MOST_WAITING: Final = 6


class ReadersBusy(Exception):
    """As many files wait already as may; try again in some seconds."""


class DocumentReader:
    """Hands files to child processes, `AT_ONCE` at a time. A reading goes on when its caller leaves."""

    def __init__(self, engine: OcrEngine | None = None) -> None:
        """Without an OCR `engine`, pictures are left to a person."""
        self.engine = engine
        self._readers = asyncio.Semaphore(AT_ONCE)
        self._readings: set[asyncio.Task[SlipReading]] = set()

    async def read(self, data: bytes, *, kind: DocumentKind) -> SlipReading:
        """Raises ReadersBusy."""
        if len(self._readings) >= AT_ONCE + MOST_WAITING:
            raise ReadersBusy
        reading = asyncio.create_task(self._in_turn(data, kind))
        self._readings.add(reading)
        reading.add_done_callback(self._readings.discard)
        return await asyncio.shield(reading)

    async def _in_turn(self, data: bytes, kind: DocumentKind) -> SlipReading:
        async with self._readers:
            return await asyncio.to_thread(read_salary_slip, data, kind=kind, engine=self.engine)
