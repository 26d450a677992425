"""Reading uploads without holding up the conversations."""

from functools import partial
from typing import Final

from tools.documents.child import read_salary_slip
from tools.documents.kinds import DocumentKind
from tools.documents.ocr import OcrEngine
from tools.documents.slip import SlipReading
from tools.few_at_once import FewAtOnce

AT_ONCE: Final = 2
MOST_WAITING: Final = 6


class DocumentReader:
    """Hands files to child processes, few at once."""

    def __init__(self, engine: OcrEngine | None = None) -> None:
        """Without an OCR `engine`, pictures are left to a person."""
        self.engine = engine
        self._readings = FewAtOnce[SlipReading](AT_ONCE, MOST_WAITING)

    async def read(self, data: bytes, *, kind: DocumentKind) -> SlipReading:
        """Raises TooBusy. A reading goes on when its caller leaves."""
        return await self._readings.run(partial(read_salary_slip, data, kind=kind, engine=self.engine))
