"""The guy's voice: lines out of pools, chosen by hash, no sentence twice in a conversation.

A pool is a table with `lines` and, where a talk may go on for ever, a `grammar`: lists of fragments, one of each of
which joined make a sentence. Lines come first, then the grammar's sentences, then `endless` ones, which count what was
said so far and so cannot repeat. The same seed and past give the same words.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from itertools import product
from math import gcd, prod
from string import Formatter
from typing import Any

from agents.hedge_fund_guy.counting import in_words

ENDLESS = "endless"
COUNT = "count"  # the placeholder of endless lines
_PACKAGE = "agents.hedge_fund_guy.lines"


@dataclass(frozen=True, slots=True)
class Pool:
    """Templates by key, and the fragments behind them. A key is made of the words: it outlives a reordering."""

    lines: Mapping[str, str]
    grammar: tuple[tuple[str, ...], ...] = ()

    @property
    def combinations(self) -> int:
        return prod(map(len, self.grammar)) if self.grammar else 0

    def combined(self, number: int) -> str:
        """One sentence of the grammar; neighbouring numbers share no fragment but the last one's."""
        parts = []
        for fragments in self.grammar:
            number, place = divmod(number, len(fragments))
            parts.append(fragments[place])
        return " ".join(parts)

    def sentences(self) -> Iterator[str]:
        """Every template that there is, lines first."""
        yield from self.lines.values()
        if self.grammar:
            yield from map(" ".join, product(*self.grammar))


def key_of(template: str) -> str:
    return blake2b(template.encode(), digest_size=4).hexdigest()


class Voice:
    """The voice in one turn. `used` grows by every line said; it belongs into the state."""

    def __init__(self, seed: str, used: Iterable[str] = (), pools: Mapping[str, Pool] | None = None) -> None:
        """`seed`: session and turn, such as `4f3a:7`."""
        self.used = list(used)
        self._known = set(self.used)
        self._seed = seed
        self._pools = read_pools() if pools is None else pools

    def say(self, pool: str, **facts: str) -> str:
        """A line of the pool that was not said yet, its placeholders filled. KeyError for an unknown pool or a
        missing fact."""
        template = self._fresh(pool)
        self.used.append(key := key_of(template))
        self._known.add(key)
        count = in_words(len(self.used))
        text = template.format(**{COUNT: count} | facts)
        # A name or a title may end in a full stop of its own.
        return text.replace("..", ".") if facts else text

    def _fresh(self, name: str) -> str:
        pool = self._pools[name]
        number = int.from_bytes(
            blake2b(f"{self._seed}:{name}:{len(self.used)}".encode(), digest_size=8).digest(), "big"
        )
        left = [template for key, template in pool.lines.items() if key not in self._known]
        if left:
            return left[number % len(left)]
        for template in _wander(pool, number):
            if key_of(template) not in self._known:
                return template
        endless = list(self._pools[ENDLESS].lines.values())
        return endless[number % len(endless)]


def _wander(pool: Pool, number: int) -> Iterator[str]:
    """Each sentence of a grammar once, in an order that `number` decides."""
    total = pool.combinations
    if not total:
        return
    step = number // total % total or 1
    while gcd(step, total) != 1:
        step += 1
    for turn in range(total):
        yield pool.combined((number + turn * step) % total)


@cache
def read_pools() -> Mapping[str, Pool]:
    """All pools by dotted name, such as `ask.name`."""
    tables: dict[str, Any] = {}
    for entry in sorted(files(_PACKAGE).iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            tables |= tomllib.loads(entry.read_text(encoding="utf-8"))
    fragments = tables.pop("fragments", {})
    return dict(_pools(tables, fragments))


def _pools(
    tables: Mapping[str, Any], fragments: Mapping[str, Sequence[str]], above: str = ""
) -> Iterator[tuple[str, Pool]]:
    for name, table in tables.items():
        if "lines" not in table:
            yield from _pools(table, fragments, f"{above}{name}.")
            continue
        grammar = (fragments[part] if isinstance(part, str) else part for part in table.get("grammar", ()))
        yield f"{above}{name}", Pool({key_of(line): line for line in table["lines"]}, tuple(map(tuple, grammar)))


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}
