"""How people give a name, an address and an income, or refuse them: rows, and how many of them are read right.

`python -m tests.agents.hedge_fund_guy.ways` prints the counts. The rules were written with `ways.jsonl`; the rows of
`ways_unseen.jsonl` were written without looking at the rules, and measured before these were mended by them.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agents.hedge_fund_guy.reading.rules import RulesReader

LISTS = ("ways", "ways_unseen")


def rows(name: str) -> list[dict[str, Any]]:
    file = Path(__file__).parent / f"{name}.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def wrong(reader: RulesReader, name: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The rows read otherwise than they say, with what was read."""
    for row in rows(name):
        read = dict(reader.read_now(row["text"], row.get("asked")))
        if any(read[part] != row[part] for part in ("facts", "declined", "broken", "intent") if part in row):
            yield row, read


def main() -> None:
    reader = RulesReader()
    for name in LISTS:
        failed = list(wrong(reader, name))
        missed = Counter(row["kind"] for row, _ in failed)
        for kind, count in Counter(row["kind"] for row in rows(name)).items():
            print(f"{name:12} {kind:8} {count - missed[kind]:3} of {count:3}")
        for row, read in failed:
            print("   ", row, "was read as", read)


if __name__ == "__main__":
    main()
