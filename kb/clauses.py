"""Reading the knowledge base's documents.

A document is a Markdown file with one `# Title` line, then clauses. A clause is a second-level heading that ends in
its identifier, the paragraphs under it, and a list of questions that it answers:

    ## Processing fee {#fees.processing}

    The processing fee is ...

    - How much is the file charge?

Identifiers are stable: answers, tests and the vector store refer to them. The questions are indexed beside the text and
never shown: a customer's question is nearer to another question than to a sentence of the answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TITLE = re.compile(r"# (?P<title>\S.*)")
_HEADING = re.compile(r"## (?P<title>\S.*?) \{#(?P<id>[a-z0-9-]+(?:\.[a-z0-9-]+)+)\}")


class ClauseError(ValueError):
    """A document cannot be read; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One self-contained statement; `document` is the title of the file it stands in."""

    id: str
    title: str
    text: str
    document: str
    asked: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        return f"{self.document} · {self.id}"

    @property
    def entries(self) -> dict[str, str]:
        """What is indexed, by entry identifier: the clause itself and each question that it answers.

        The clause goes in with its headings, which carry words that the text leaves out.
        """
        questions = {f"{self.id}#{number}": question for number, question in enumerate(self.asked, 1)}
        return {self.id: f"{self.document}: {self.title}. {self.text}", **questions}


def clause_of(entry_id: str) -> str:
    """Identifier of the clause that an entry belongs to."""
    return entry_id.partition("#")[0]


def load_clauses(directory: Path) -> tuple[Clause, ...]:
    """All clauses of the `*.md` files in a directory, by file name and then as written.

    Raises ClauseError for a malformed document, a repeated identifier or a directory without clauses.
    """
    found: dict[str, Clause] = {}
    for path in sorted(directory.glob("*.md")):
        for line, clause in _read(path):
            if clause.id in found:
                raise ClauseError(f"{path.name}:{line}: clause {clause.id} is there already")
            found[clause.id] = clause
    if not found:
        raise ClauseError(f"no clauses in {directory}")
    return tuple(found.values())


def _read(path: Path) -> Iterator[tuple[int, Clause]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    title = _TITLE.fullmatch(lines[0].strip()) if lines else None
    if title is None:
        raise ClauseError(f"{path.name}:1: a document starts with '# Title'")
    starts = [number for number, line in enumerate(lines) if line.startswith("## ")]
    stray = next((n for n, line in enumerate(lines[1 : starts[0] if starts else None], 2) if line.strip()), None)
    if stray is not None:
        raise ClauseError(f"{path.name}:{stray}: text outside a clause")
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        heading = _HEADING.fullmatch(lines[start].strip())
        if heading is None:
            raise ClauseError(f"{path.name}:{start + 1}: a clause starts with '## Title {{#topic.clause}}'")
        body = lines[start + 1 : end]
        questions = tuple(line.removeprefix("- ").strip() for line in body if line.startswith("- "))
        text = " ".join(" ".join(line for line in body if not line.startswith("- ")).split())
        if not text:
            raise ClauseError(f"{path.name}:{start + 1}: clause {heading['id']} has no text")
        yield start + 1, Clause(heading["id"], heading["title"], text, title["title"], questions)
