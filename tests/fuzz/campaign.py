"""Everything against a running service, judged: the corpus, and what chance makes of it."""

import random
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fuzz.bodies import may_be_meant
from tests.fuzz.frames import LOAN, Frames, Line, as_answer, faults_of, frame_corpus, handshake, handshakes, talk
from tests.fuzz.judge import Tally, faults, turns_in
from tests.fuzz.targets import Sent, Target, Visitor, corpus, targets, visitor
from tests.fuzz.wire import exchange
from tests.service import Service

CHATS = {"/api/v1/chat", "/api/chat"}
TALKS = CHATS | {"/api/v1/chat/stream", "/api/chat/stream", "/api/v1/sessions/{session_id}/documents"}


def http_corpus(
    service: Service,
    tally: Tally,
    found: Sequence[Target],
    *,
    share: int = 1,
    as_visitor: bool = False,
    timeless: bool = True,
) -> None:
    """Every route; of `share` inputs one. `as_visitor` brings a session's credential, else a developer calls."""
    for number, target in enumerate(found):
        who = visitor(service, target.sessions)
        if not as_visitor:
            who = Visitor(who.session_id, [])
        before, answered = turns_in(service.data_dir), 0
        for sent in list(corpus(target, who, service.port))[number % share :: share]:
            answer = exchange(service.port, sent.raw, ends=sent.ends)
            wrong = faults(answer, framing=sent.kind == "framing", timeless=timeless)
            good = 200 <= answer.status < 300
            if good and target.template in CHATS and _is_nonsense(sent):
                wrong.append("was accepted")
            tally.add(sent.kind, f"{target.name} {sent.name}", answer, wrong)
            answered += good and target.template in TALKS and target.method == "POST"
        begun = turns_in(service.data_dir) - before
        if begun != answered:
            tally.wrong.append(f"journal | {target.name} | {begun} turns for {answered} answers")


def _is_nonsense(sent: Sent) -> bool:
    field, _, name = sent.name.partition(": ")
    return sent.kind == "body" and field in {"message", "whole"} and not may_be_meant(field, name)


def socket_corpus(service: Service, tally: Tally, line: Line, *, share: int = 1, timeless: bool = True) -> None:
    """Handshakes and frames, on one session; what begins a turn on another, whose events this one does not see."""
    who, talker = visitor(service, line.sessions), visitor(service, line.sessions)
    for name, raw in list(handshakes(who, service.port, line.sockets))[::share]:
        answer = exchange(service.port, raw)
        # The upgrade itself is no error; a refused one has the shape of any other.
        tally.add("handshake", name, answer, [] if answer.status == 101 else faults(answer, timeless=timeless))
    openings = [handshake(f"{line.sockets}/{one.session_id}", service.port, one.headers) for one in (who, talker)]
    before, begun = turns_in(service.data_dir), 0
    for sent in list(frame_corpus())[::share]:
        heard = talk(service.port, openings[sent.starts > 0], sent)
        tally.add("frame", sent.name, as_answer(heard), faults_of(heard, sent, line))
        begun += sent.starts
    _settle(lambda: turns_in(service.data_dir) - before >= begun)
    if turns_in(service.data_dir) - before != begun:
        tally.wrong.append(f"journal | socket | {turns_in(service.data_dir) - before} turns for {begun} messages")


def _settle(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)


def mutations(service: Service, tally: Tally, *, seconds: float, seed: int, workers: int, save: Path) -> None:
    """Inputs of the corpus with bytes changed, dropped, doubled and mixed, until the time is up."""
    deadline = time.monotonic() + seconds
    who = visitor(service)
    pool = _pool(targets(service), who, service.port)
    frames = [sent.raw for sent in frame_corpus() if not sent.name.startswith("close ")]
    opening = handshake(f"{LOAN.sockets}/{who.session_id}", service.port, who.headers)

    def work(number: int) -> None:
        chance = random.Random(f"{seed} {number}")
        while time.monotonic() < deadline:
            if chance.random() < 0.2:
                raw = _mutated(chance.choice(frames), chance, frames)
                sent = Frames("mutated", raw, open_ended=True)
                heard = talk(service.port, opening, sent)
                # It may be a good message by now, or a close frame, whose code is repeated.
                found = [one for one in faults_of(heard, sent, LOAN) if one in {"no answer ever", "closed with 1011"}]
                tally.add("frame, mutated", "", as_answer(heard), found)
            else:
                raw = _mutated(chance.choice(pool), chance, pool)
                answer = exchange(service.port, raw, ends=True)
                found = faults(answer, framing=True, timeless=False)
                tally.add("mutated", "", answer, found)
            if found:
                save.mkdir(parents=True, exist_ok=True)
                (save / f"mutated-{abs(hash(raw)):x}").write_bytes(raw)

    with ThreadPoolExecutor(workers) as threads:
        for done in [threads.submit(work, number) for number in range(workers)]:
            done.result()


def _pool(found: Iterable[Target], who: Visitor, port: int) -> list[bytes]:
    plain = Visitor(who.session_id, [])
    made = [sent.raw for target in found if target.method != "DELETE" for sent in corpus(target, plain, port)]
    return [raw for raw in made if len(raw) < 20_000 and not raw.startswith(b"DELETE")]


def _mutated(raw: bytes, chance: random.Random, pool: list[bytes]) -> bytes:
    made = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(made) + 1)
        match chance.randrange(6):
            case 0 if at < len(made):
                made[at] ^= 1 << chance.randrange(8)
            case 1:
                made[at:at] = bytes([chance.choice((0, 10, 13, 32, 34, 37, 58, 92, 127, 128, 192, 255))])
            case 2:
                del made[at : at + chance.choice((1, 2, 8, 64))]
            case 3:
                made[at:at] = made[at : at + chance.choice((1, 4, 64, 1024))]
            case 4:
                other = chance.choice(pool)
                start = chance.randrange(len(other) + 1)
                made[at:at] = other[start : start + chance.choice((4, 32, 256))]
            case _:
                made[at:at] = str(chance.choice((-1, 0, 2**31, 2**63, 2**64, 10**30))).encode()
    return bytes(made[:60_000])
