"""What happened in a finished turn, for readers that come back. Turns from before this have no record."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    # No table is copied or rewritten for a nullable column, however many turns there are.
    op.add_column("turns", sa.Column("events", sa.LargeBinary(), nullable=True))
    op.add_column("turns", sa.Column("last_event_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("turns") as table:
        table.drop_column("last_event_id")
        table.drop_column("events")
