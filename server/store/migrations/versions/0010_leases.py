"""Who runs a session's turns, by a lease with a growing fence; checkpoints beside the journal."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
