"""Attempts to prove an identity, by keyed hash."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "identity_attempts",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("key", "ref"),
    )
    op.create_index("identity_attempts_by_ref", "identity_attempts", ["ref", "at"], unique=False)
    op.create_index("identity_attempts_by_time", "identity_attempts", ["at"], unique=False)


def downgrade() -> None:
    op.drop_table("identity_attempts")
