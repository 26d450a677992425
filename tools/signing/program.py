"""The program that opens a letter to be checked: the file on standard input, what it shows as JSON on standard output.

Runs as a process of its own (`python -m tools.signing.program FINGERPRINT...`), confined before it reads a byte. Any
failure at the file is an exit status other than 0.
"""

import asyncio
import json
import logging
import sys

from tools.documents.confinement import confine
from tools.signing.examining import examine
from tools.signing.finding import Finding
from tools.signing.warming import a_signed_letter

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 6  # of which loading takes most


def main() -> None:
    logging.disable(logging.CRITICAL)  # pyHanko tells of hostile files at length
    loop = asyncio.new_event_loop()  # it opens a socket for itself, which is forbidden later
    try:
        letter, known = a_signed_letter()
        loop.run_until_complete(examine(letter, (known,)))  # loads all that it needs, for nothing can be loaded later
        confine(MEMORY_BYTES, CPU_SECONDS)
        data = sys.stdin.buffer.read()
        json.dump(as_claims(loop.run_until_complete(examine(data, sys.argv[1:]))), sys.stdout)
    finally:
        loop.close()


def as_claims(finding: Finding) -> dict[str, str | None]:
    return {"problem": finding.problem, "note": None if finding.note is None else str(finding.note)}


if __name__ == "__main__":
    main()
