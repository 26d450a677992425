"""Slips that are pictures: drawn anew by one confined process, read by an engine in a second, understood in a third.

The engine sees only our own greyscale picture, never the upload. What it reads counts only where it is sure of the
figures and they add up; everything else is for a person.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import Final

from tools.confined import answer_of
from tools.documents.kinds import DocumentKind

ENGINE: Final = "tesseract"
PICTURES: Final = "tools.documents.picture_program"
RECOGNITION: Final = "tools.documents.ocr_program"
PICTURE_SECONDS: Final = 10.0
RECOGNITION_SECONDS: Final = 15.0
MOST_PICTURE: Final = 16 * 1024 * 1024
MOST_TABLE: Final = 1024 * 1024
_LANGUAGE = re.compile(r"[a-z]{3}")
_WANTED: Final = ("eng", "hin")
_HEADER = re.compile(rb"P5 (\d{1,5}) (\d{1,5}) 255\n")


@dataclass(frozen=True, slots=True)
class OcrEngine:
    """An engine on this machine: where it is and which of our languages it knows, English first."""

    path: str
    languages: tuple[str, ...]


def find_engine(path: str | None = None) -> OcrEngine | None:
    """The engine of this machine, if it is there, knows English and can be confined here. Blocks for a moment."""
    found = path or shutil.which(ENGINE)
    if found is None or os.name != "posix":
        return None
    asked = [found, "--list-langs"]
    try:
        said = subprocess.run(asked, capture_output=True, text=True, timeout=10, check=True, env={})  # noqa: S603  fixed words
    except (OSError, subprocess.SubprocessError):
        return None
    known = {line.strip() for line in said.stdout.splitlines() if _LANGUAGE.fullmatch(line.strip())}
    return OcrEngine(found, tuple(name for name in _WANTED if name in known)) if "eng" in known else None


def redraw(data: bytes, kind: DocumentKind) -> bytes | None:
    """The upload as a greyscale picture (PGM) of our own making; None when it is none that could be read."""
    drawn = answer_of(PICTURES, data, kind, wall_seconds=PICTURE_SECONDS, most=MOST_PICTURE)
    header = _HEADER.match(drawn)
    if header is None or len(drawn) - header.end() != int(header[1]) * int(header[2]):
        return None
    return drawn


def recognise(picture: bytes, engine: OcrEngine, languages: tuple[str, ...]) -> bytes:
    """The engine's table of words, b"" when it failed or took too long."""
    asked = (engine.path, "+".join(languages))
    return answer_of(RECOGNITION, picture, *asked, wall_seconds=RECOGNITION_SECONDS, most=MOST_TABLE)
