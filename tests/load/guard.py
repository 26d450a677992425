"""What the guard costs: how long until words are shown, beside a bare stream, and its computing for a reply.

    python -m tests.load.guard [--rounds 15] [--first-ms 200] [--token-ms 20]

A local server speaks Groq's protocol at the pace given. Bare is the first word off the wire, guarded the first words
that a customer would read: a sentence is checked as a whole, so it waits for its end. Both in turns, in one process.
"""

import argparse
import asyncio
import time
from collections.abc import AsyncIterator
from statistics import median

from agents.model.asking import Ask
from agents.model.draft import runs_of
from agents.model.prompts import load_prompt
from agents.speaking import Line, line, phrasebook
from tests.agents.model_parts import Parts, check_reply, model_over_loopback
from tests.groq_server import Answer, Body, text

CHECKS = 200
Case = tuple[str, tuple[Line, ...], tuple[str, ...]]
TENURE = line("ask.loan_term_months", min_months=12, max_months=60)
CASES: tuple[Case, ...] = (
    (
        "en",
        (line("noted.desired_amount", value=300_000), line("ask.applicant_name")),
        ("Your sister's wedding, how lovely!", "I can help you with a ₹3,00,000 loan.", "May I know your name?"),
    ),
    (
        "hinglish",
        (line("noted.desired_amount", value=300_000), line("ask.applicant_name")),
        ("Behen ki shaadi, bahut khushi ki baat hai!", "₹3,00,000 ke loan mein madad karenge.", "Aapka naam kya hai?"),
    ),
    (
        "hi",
        (line("noted.applicant_name", value="Aarav Mehta"), TENURE),
        ("धन्यवाद, [NAME_1] जी!", "आप 12 से 60 महीनों में से कितने महीनों में लोन चुकाना चाहेंगे?"),
    ),
)


def paced(words: str, *, first: float, pause: float) -> Answer:
    """The words of a stream, the first after `first` seconds, the others `pause` seconds apart."""

    async def answer(body: Body) -> AsyncIterator[bytes]:
        parts = text(words)(body)
        yield await anext(parts)  # the head
        wait = first
        async for part in parts:
            await asyncio.sleep(wait)
            wait = pause
            yield part

    return answer


async def first_word(parts: Parts, seconds: float) -> float:
    began = time.perf_counter()
    words = parts.model.write(Ask("phrase", load_prompt("speaking"), {"say": "hello"}, seconds))
    found = 0.0
    async for piece in words:
        if piece.strip() and not found:
            found = time.perf_counter() - began
    return found


async def first_shown(parts: Parts, language: str, lines: tuple[Line, ...]) -> float:
    began = time.perf_counter()
    found = 0.0
    async for chunk in parts.speaker.speak(lines, language):
        assert chunk is not None, "taken back: the guard refused a sentence of this bench"
        found = found or time.perf_counter() - began
    return found


def computing(language: str, lines: tuple[Line, ...], sentences: tuple[str, ...]) -> float:
    """Processor seconds of the guard over one reply."""
    (run,) = runs_of(lines, phrasebook(language))
    assert run.draft
    began = time.process_time()
    for _ in range(CHECKS):
        check_reply(run.draft, language, sentences)
    return (time.process_time() - began) / CHECKS


async def measure(rounds: int, first: float, pause: float) -> None:
    print(f"{rounds} rounds, first word after {first * 1000:.0f} ms, then one each {pause * 1000:.0f} ms; medians")
    print(f"{'language':10} {'bare ms':>8} {'shown ms':>9} {'added ms':>9} {'words held':>11} {'guard CPU ms':>13}")
    async with model_over_loopback() as parts:
        for language, lines, sentences in CASES:
            parts.groq.on_text = paced(" ".join(sentences), first=first, pause=pause)
            bare, shown = [], []
            for _ in range(rounds):
                bare.append(await first_word(parts, 10))
                shown.append(await first_shown(parts, language, lines))
            added = median(shown) - median(bare)
            held = len(sentences[0].split())
            cpu = computing(language, lines, sentences)
            print(
                f"{language:10} {median(bare) * 1000:8.1f} {median(shown) * 1000:9.1f} {added * 1000:9.1f}"
                f" {held:11} {cpu * 1000:13.2f}"
            )


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    given.add_argument("--rounds", type=int, default=15)
    given.add_argument("--first-ms", type=float, default=200)
    given.add_argument("--token-ms", type=float, default=20)
    args = given.parse_args()
    asyncio.run(measure(args.rounds, args.first_ms / 1000, args.token_ms / 1000))


if __name__ == "__main__":
    main()
