"""Bringing the vector store in line with the clauses: only what changed is embedded."""

from collections.abc import Sequence
from dataclasses import dataclass

from kb.clauses import Clause, clause_of
from kb.store import ClauseStore, digest_of


@dataclass(frozen=True, slots=True)
class IngestReport:
    """How many clauses were new, changed (reworded, or embedded by another model), gone, and as they were."""

    added: int
    changed: int
    removed: int
    unchanged: int


def synchronise(store: ClauseStore, clauses: Sequence[Clause], model: str) -> IngestReport:
    """Make the store hold exactly these clauses, embedded by this model. Repeating it changes nothing.

    Raises StoreUnavailable.
    """
    wanted = {entry_id: text for clause in clauses for entry_id, text in clause.entries.items()}
    stored = store.stored()
    before = {clause_of(entry_id) for entry_id in stored}
    if any(used != model for _, used in stored.values()):
        # Vectors of two models do not compare and may differ in width, which a collection keeps for good.
        store.reset()
        stored = {}
    stale = {entry_id: text for entry_id, text in wanted.items() if stored.get(entry_id) != (digest_of(text), model)}
    gone = stored.keys() - wanted.keys()
    if stale:
        store.put(stale, model)
    if gone:
        store.remove(sorted(gone))
    now = {clause.id for clause in clauses}
    touched = {clause_of(entry_id) for entry_id in stale.keys() | gone} & now
    return IngestReport(
        added=len(now - before),
        changed=len(touched & before),
        removed=len(before - now),
        unchanged=len(now - touched),
    )
