"""A reply in runs: some in the model's words, the others as they stand."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Generic, TypeVar

from agents.model.asking import Model, ModelFailed
from agents.model.figures import Unfit
from agents.model.sentences import joined
from agents.speaking import in_chunks

D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Run(Generic[D]):
    """Text that leaves together. `draft` is what the model gets, None for text said as it stands."""

    text: str
    draft: D | None


async def speak_runs(
    runs: Sequence[Run[D]],
    *,
    model: Model,
    phrased: Callable[[D, float], AsyncGenerator[str]],
    whole: Callable[[], str],
    seconds: float,
    tries: int,
) -> AsyncIterator[str | None]:
    """The reply in chunks, None where all chunks before are taken back.

    `phrased` gives a draft's sentences in the model's words, within so many seconds, or raises ModelFailed, Unfit. A
    run that fails before any of it has left is said as it stands; after that the reply is taken back and `whole` is
    said. Either way it is complete within `seconds` of model time. At most `tries` runs are the model's.
    """
    deadline = asyncio.get_running_loop().time() + seconds
    text = ""
    for number, run in enumerate(runs):
        last = number == len(runs) - 1
        begun = False
        if run.draft and tries and model.is_available:
            tries -= 1
            try:
                left = deadline - asyncio.get_running_loop().time()
                async with aclosing(phrased(run.draft, left)) as sentences:
                    async for sentence in sentences:
                        begun = True
                        gap = joined(text, sentence)[len(text) :]
                        text += gap
                        for chunk in in_chunks(gap):
                            yield chunk
                continue
            except (ModelFailed, Unfit):
                tries = 0
                if begun:
                    yield None
                    for chunk in in_chunks(whole()):
                        yield chunk
                    return
        plain = joined(text, run.text)[len(text) :]
        plain = plain.rstrip() if last else plain
        plain = plain if text else plain.lstrip()
        text += plain
        for chunk in in_chunks(plain):
            yield chunk
