"""A key for each session, and the personal under it. Back and forth it is one way: what is sealed stays so."""

import sqlalchemy as sa
from alembic import context, op

from server.store.migrations.sealing import give_keys, lock_tables, seal_checkpoints, seal_columns

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    lock_tables(op.get_bind())
    op.create_table(
        "session_keys",
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.session_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("session_id"),
    )
    op.create_index("session_keys_by_key", "session_keys", ["key_id"], unique=False)
    op.add_column("sessions", sa.Column("status", sa.String(length=32), nullable=True))
    connection, vault = op.get_bind(), context.config.attributes["vault"]
    give_keys(connection, vault)
    seal_columns(connection, vault)
    seal_checkpoints(connection, vault)


def downgrade() -> None:
    raise NotImplementedError("what is sealed stays so")
