"""Runs `pdf_text` on a file and waits for it, no longer than the limit."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.documents import pdf_text

WALL_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class PdfText:
    """Text by page, or a problem code when the file was refused or broke its reader."""

    texts: tuple[str, ...] = ()
    pages: int = 0
    producer: str = ""
    problem: str | None = None


def extract_text(data: bytes, *, wall_seconds: float = WALL_SECONDS) -> PdfText:
    """Text of a PDF, read in a child process. Problems: encrypted, too_many_pages, active_content, unreadable."""
    program = Path(pdf_text.__file__)
    try:
        done = subprocess.run(  # noqa: S603 - fixed program, no shell, data on standard input
            [sys.executable, "-I", str(program)],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=wall_seconds,
            env=_environment(),
            check=True,
        )
        found = json.loads(done.stdout)
        return PdfText(
            texts=tuple(str(text) for text in found["texts"]),
            pages=int(found["pages"]),
            producer=str(found["producer"]),
            problem=found["problem"] if found["problem"] is None else str(found["problem"]),
        )
    except (subprocess.SubprocessError, OSError, ValueError, KeyError, TypeError):
        return PdfText(problem="unreadable")


def _environment() -> dict[str, str]:
    """Nothing of ours: secrets live in the environment. Windows cannot start Python without SYSTEMROOT."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ} | {"PYTHONUTF8": "1"}
