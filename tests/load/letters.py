"""How long letters take: to print, to sign, to verify.

    python -m tests.load.letters [--times 200] [--opened 40]

Prints p50, p95 and the longest in milliseconds. `press` is what a customer waits for: the press process prints and
signs in one visit. `confined` is a check of a file that is on no record, with the start of the program that opens it;
a file on record needs its digest alone. On a busy machine believe the processor time, which is that of this process
alone, without the press and the confined program.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from server.store.acts import ActsWriter
from server.store.database import Database
from server.store.ledgers import SqlPapers
from server.store.letters import LetterRecords
from server.store.sessions import Sessions
from tests.keys import vault
from tests.samples import letter_content
from tools.letter import LetterContent
from tools.letter.press import LetterPress
from tools.letter.render import render_letter
from tools.sealing import Sealer
from tools.signing.checker import check_file
from tools.signing.examining import examine
from tools.signing.identity import passing_identity
from tools.signing.note import SignatureNote
from tools.signing.signer import sign
from tools.signing.verifiable import verifiable


def told(name: str, seconds: list[float], processor: float) -> None:
    ordered = sorted(1000 * one for one in seconds)
    p50, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    figures = f"p50 {p50:7.2f}, p95 {p95:7.2f}, longest {ordered[-1]:7.2f} ms"
    print(f"  {name:34} {len(ordered):4} times: {figures}; processor {1000 * processor / len(ordered):6.2f} ms")


def timed(name: str, times: int, work: Callable[[], object]) -> None:
    work()
    taken, spent = [], time.process_time()
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    told(name, taken, time.process_time() - spent)


async def timed_async(name: str, times: int, work: Callable[[], Awaitable[object]]) -> None:
    await work()
    taken, spent = [], time.process_time()
    for _ in range(times):
        begun = time.perf_counter()
        await work()
        taken.append(time.perf_counter() - begun)
    told(name, taken, time.process_time() - spent)


async def waited_for(content: LetterContent, press: LetterPress, times: int) -> None:
    await press.warm_up()
    await timed_async("press: print and sign", times, lambda: press(content))
    await press.close()


async def on_record(content: LetterContent, pdf: bytes, times: int) -> None:
    with tempfile.TemporaryDirectory(prefix="esoteric-letters-") as folder:
        database = Database.sqlite(Path(folder) / "esoteric.db", vault=vault())
        await database.migrate()
        sessions = Sessions(database, ActsWriter(database, [b"k" * 32]))
        await sessions.create("one", "loan", "Hello", {}, "2026-12-01T10:00:00+00:00")
        _, record = verifiable(content, Sealer(b"k" * 32), "")
        await SqlPapers(database).keep_letter("one", "letter", pdf, record)
        records = LetterRecords(database)
        assert await records.by_file(pdf) and await records.by_code(record.code)
        await timed_async("verify: a file on record", times, lambda: records.by_file(pdf))
        await timed_async("verify: a code", times, lambda: records.by_code(record.code))
        await database.close()


def main(times: int, opened: int) -> None:
    identity = passing_identity()
    content, record = verifiable(letter_content(), Sealer(b"k" * 32), "https://loans.example.com/verify")
    note = SignatureNote(content.letter_number, content.issued_on, content.valid_until, record.code)
    plain = render_letter(content)
    signed = sign(plain, identity, note)
    print(f"A letter of {len(plain) // 1024} KB, {len(signed) // 1024} KB signed")
    timed("print", times, lambda: render_letter(content))
    timed("sign", times, lambda: sign(plain, identity, replace(note)))
    asyncio.run(waited_for(content, LetterPress(identity), times))
    known = {identity.fingerprint}
    timed("verify: the signature", times, lambda: asyncio.run(examine(signed, known)))
    asyncio.run(on_record(content, signed, times))
    assert check_file(signed, known).unaltered
    timed("verify: confined, with its start", opened, lambda: check_file(signed, known))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--opened", type=int, default=40)
    chosen = parser.parse_args()
    main(chosen.times, chosen.opened)
