"""What an assistant needs of a knowledge base."""

from typing import Protocol

from kb.search import Passage


class Knowledge(Protocol):
    """Answers questions with clauses; never raises, answers nothing when it knows nothing."""

    async def search(self, query: str, top_k: int = 3) -> list[Passage]: ...
