"""Bringing the vector store in line with the clauses: only what changed is embedded."""

from collections.abc import Sequence
from dataclasses import dataclass

from kb.clauses import Clause
from kb.store import ClauseStore


@dataclass(frozen=True, slots=True)
class IngestReport:
    """How many clauses were new, reworded (or embedded by another model), gone, and as they were."""

    added: int
    changed: int
    removed: int
    unchanged: int


def synchronise(store: ClauseStore, clauses: Sequence[Clause], model: str) -> IngestReport:
    """Make the store hold exactly these clauses, embedded by this model. Repeating it changes nothing.

    Raises StoreUnavailable.
    """
    stored = store.digests()
    if any(used != model for _, used in stored.values()):
        # Vectors of two models do not compare and may differ in width, which a collection keeps for good.
        store.reset()
        known, stored = set(stored), {}
    else:
        known = set(stored)
    wanted = {clause.id: (clause.digest, model) for clause in clauses}
    stale = [clause for clause in clauses if stored.get(clause.id) != wanted[clause.id]]
    gone = known - set(wanted)
    if stale:
        store.put(stale, model)
    if gone & set(stored):
        store.remove(sorted(gone & set(stored)))
    added = sum(clause.id not in known for clause in stale)
    return IngestReport(added, len(stale) - added, len(gone), len(wanted) - len(stale))
