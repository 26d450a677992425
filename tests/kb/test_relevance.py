"""Which clauses are about a question, by hand-made nearness."""

from collections.abc import Callable

import pytest

from kb.clauses import Clause
from kb.corpora import Bounds
from kb.relevance import Relevance

RATES, MORE_RATES, GOLD = (
    Clause(clause_id, clause_id, "Text.", document)
    for clause_id, document in (("rates.a", "Rates"), ("rates.b", "Rates"), ("macro.gold", "Macro"))
)
PHYSICS = Clause("elsewhere.physics", "Physics", "Text.", "Elsewhere")
FOUND = ["rates.a", "rates.b", "macro.gold"]
JUDGE = Relevance(Bounds(cosine=0.4, coverage=0.5, behind=0.2), [RATES, MORE_RATES, GOLD], [PHYSICS])


def covering(share: float) -> Callable[[str], float]:
    return lambda _: share


def by_vectors(a: float, b: float, gold: float, physics: float = 0.0) -> set[str]:
    nearest = {"rates.a": a, "rates.b": b, "macro.gold": gold, "elsewhere.physics": physics}
    return JUDGE.relevant(FOUND, nearest, covering(1.0))


@pytest.mark.parametrize(
    ("cosines", "relevant"),
    [
        ((0.6, 0.5, 0.5), {"rates.a", "rates.b", "macro.gold"}),
        ((0.3, 0.2, 0.1), set()),
        ((0.45, 0.39, 0.44), {"rates.a", "macro.gold"}),
        # Far behind the best: of its document alone.
        ((0.9, 0.5, 0.6), {"rates.a", "rates.b"}),
        # Nearer to something elsewhere than to the best.
        ((0.6, 0.5, 0.5, 0.61), set()),
        ((0.6, 0.5, 0.5, 0.59), {"rates.a", "rates.b", "macro.gold"}),
    ],
)
def test_by_vectors(cosines: tuple[float, ...], relevant: set[str]) -> None:
    assert by_vectors(*cosines) == relevant


def test_without_vectors_it_goes_by_words() -> None:
    covered = {"rates.a": 0.6, "rates.b": 0.4, "macro.gold": 0.55, "elsewhere.physics": 0.3}
    assert JUDGE.relevant(FOUND, {}, covered.__getitem__) == {"rates.a", "macro.gold"}
    assert JUDGE.relevant(FOUND, {}, (covered | {"elsewhere.physics": 0.7}).__getitem__) == set()


def test_without_bounds_on_the_distance_or_an_elsewhere_all_that_is_near_counts() -> None:
    judge = Relevance(Bounds(cosine=0.4, coverage=0.5), [RATES, MORE_RATES, GOLD], [])
    nearest = {"rates.a": 1.0, "rates.b": 0.4, "macro.gold": 0.41}
    assert judge.relevant(FOUND, nearest, covering(0.0)) == set(FOUND)
    assert judge.relevant(["rates.a", "unseen.by.vectors"], {"rates.a": 0.3}, covering(1.0)) == set()


def test_nothing_found_is_nothing_relevant() -> None:
    assert JUDGE.relevant([], {}, covering(1.0)) == set()
