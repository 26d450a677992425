"""Which documents were seen before, by keyed hash."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    pass
