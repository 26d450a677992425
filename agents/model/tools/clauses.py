"""Clauses of the knowledge base that answer a question."""

from pydantic import Field

from agents.consulting import clause_line
from agents.model.tools.view import Arguments, Lookup, Result, View
from kb.search import Passage

MOST_FOUND = 3
LONGEST_QUERY = 200


class SearchKnowledge(Arguments):
    query: str = Field(min_length=2, max_length=LONGEST_QUERY, description="a question in plain English")


async def clauses_for(question: str, view: View) -> list[Result]:
    """Only those that the knowledge base itself holds relevant."""
    found = await view.knowledge.search(question, MOST_FOUND)
    return [_clause(passage) for passage in found if passage.relevant]


async def search_knowledge(view: View, arguments: SearchKnowledge) -> list[Result]:
    return await clauses_for(arguments.query, view)


def _clause(passage: Passage) -> Result:
    return Result(passage.id, {"title": passage.title, "text": passage.text}, (clause_line(passage),))


LOOKUP = Lookup(
    "Clauses about the loan, its costs, the process, the customer's data and rights. Each result is one clause.",
    SearchKnowledge,
    search_knowledge,
)
