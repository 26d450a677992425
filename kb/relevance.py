"""Whether a clause that was found is about the question at all."""

from collections.abc import Callable, Mapping, Sequence

from kb.clauses import Clause
from kb.corpora import Bounds


class Relevance:
    """Judges the clauses of one corpus. `elsewhere` are those that it is not about but sounds like."""

    def __init__(self, bounds: Bounds, clauses: Sequence[Clause], elsewhere: Sequence[Clause]) -> None:
        self._bounds = bounds
        self._document = {clause.id: clause.document for clause in clauses}
        self._elsewhere = tuple(clause.id for clause in elsewhere)

    def relevant(self, found: Sequence[str], nearest: Mapping[str, float], cover: Callable[[str], float]) -> set[str]:
        """Those of the clauses found that are near enough, and not far behind the best one unless they stand in its
        document; none where the question is nearer to something elsewhere. `nearest` are cosines by clause, empty
        without vectors; `cover` gives the coverage."""
        near = {clause_id: nearest.get(clause_id, 0.0) if nearest else cover(clause_id) for clause_id in found}
        if not near:
            return set()
        elsewhere = (nearest.get(clause_id, 0.0) if nearest else cover(clause_id) for clause_id in self._elsewhere)
        best = max(near, key=near.__getitem__)
        if near[best] < max(elsewhere, default=0.0):
            return set()
        last, document = near[best] - self._bounds.behind, self._document[best]
        least = self._bounds.cosine if nearest else self._bounds.coverage
        return {
            clause_id
            for clause_id, nearness in near.items()
            if nearness >= least and (nearness >= last or self._document[clause_id] == document)
        }
