"""How long what is kept, as `retention.toml` says."""

import tomllib
from dataclasses import dataclass
from importlib import resources

NO_STATUS = "none"


@dataclass(frozen=True, slots=True)
class Conversations:
    """Sessions whose application has one of `statuses` go after so many days without a turn; None: they stay."""

    name: str
    statuses: tuple[str, ...]
    days: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table that go after so many days."""

    table: str
    days: int
    source: str


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """`with_the_session` and `for_good` name the tables that no rule of their own speaks of."""

    conversations: tuple[Conversations, ...]
    rows: tuple[Rows, ...]
    with_the_session: frozenset[str]
    for_good: frozenset[str]

    def keeping(self, *names: str) -> frozenset[str]:
        """The statuses of these conversations."""
        return frozenset(status for rule in self.conversations if rule.name in names for status in rule.statuses)


def read_retention() -> RetentionRules:
    """Raises KeyError or TypeError for a file that is not what it should be."""
    document = tomllib.loads(resources.files("kb").joinpath("retention.toml").read_text(encoding="utf-8"))
    elsewhere = document["elsewhere"]
    return RetentionRules(
        tuple(
            Conversations(name, tuple(rule["statuses"]), rule.get("days"), rule["source"])
            for name, rule in document["conversations"].items()
        ),
        tuple(Rows(table, rule["days"], rule["source"]) for table, rule in document["rows"].items()),
        frozenset(elsewhere["with_the_session"]),
        frozenset(elsewhere["for_good"]),
    )
