"""How the guy's reply leaves: as it was composed, or in a model's words."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from agents.speaking import in_chunks


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply as composed from voiced lines and knowledge; complete as it stands.

    heard     what was said to him, facts about the person masked
    passages  the clauses behind it, nothing beyond which may be stated as fact
    name      the person's name where the text holds it
    before    what he said before in this conversation as far as it is kept, newest last
    used      keys of the lines and, where a model spoke, of the sentences said in all of it
    free      the part of the text that a model may put into its own words: an opinion, small talk. Whatever is a
              promise, a refusal, a source, a word on the person's data or a question for it is said as it stands.
    """

    text: str
    heard: str
    passages: Sequence[str] = ()
    name: str | None = None
    before: Sequence[str] = ()
    used: Collection[str] = ()
    free: str = ""


class GuySpeaker(Protocol):
    """Turns a draft into text. The chunks of one call, joined, are the reply; None takes back all chunks before it."""

    def speak(self, draft: Draft) -> AsyncIterator[str | None]: ...


class DraftSpeaker:
    """The embedded default: the draft as it stands."""

    async def speak(self, draft: Draft) -> AsyncIterator[str | None]:
        for chunk in in_chunks(draft.text):
            yield chunk
