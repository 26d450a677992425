"""A key for each session, and the personal under it."""

import sqlalchemy as sa
from alembic import context, op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
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
    connection = op.get_bind()
    known = connection.execute(sa.text("SELECT session_id FROM sessions")).scalars().all()
    for session_id in known:
        context.config.attributes["vault"].create(connection, session_id)


def downgrade() -> None:
    op.drop_table("session_keys")
