"""The program that becomes the OCR engine: `python -m tools.documents.ocr_program ENGINE LANGUAGES`.

A greyscale picture of our own making on standard input, words with their places (TSV) on standard output. Confined
before the engine starts; see `exec_confinement`.
"""

import os
import sys
from typing import Final

from tools.documents.exec_confinement import confine_for_exec

CPU_SECONDS: Final = 12
MEMORY_BYTES: Final = 768 * 1024 * 1024
# Automatic segmentation off: a slip is one block of lines, and columns are ours to find.
_ASKED: Final = (
    "--psm",
    "6",
    "--oem",
    "1",
    "--dpi",
    "300",
    "-c",
    "tessedit_create_tsv=1",
    "-c",
    "tessedit_create_txt=0",
)


def main() -> None:
    engine, languages = sys.argv[1:]
    confine_for_exec(cpu_seconds=CPU_SECONDS, memory_bytes=MEMORY_BYTES)
    environment = {"OMP_THREAD_LIMIT": "1", "LC_ALL": "C.UTF-8"}
    os.execve(engine, [engine, "stdin", "stdout", "-l", languages, *_ASKED], environment)  # noqa: S606  no shell, fixed words


if __name__ == "__main__":
    main()
