"""What became of each effect; messages that wait for their carrier; one valid letter for an application."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_VALID = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    op.add_column("effects", sa.Column("state", sa.String(length=8), nullable=False, server_default="started"))
    op.add_column("effects", sa.Column("request_hash", sa.String(length=64), nullable=True))
    op.execute("UPDATE effects SET state = 'done' WHERE done_at IS NOT NULL")
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.BigInteger(), nullable=False),
        sa.Column("give_up_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("sent_at", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.session_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("outbox_by_session", "outbox", ["session_id"], unique=False)
    op.create_index("outbox_by_next_try", "outbox", ["state", "channel", "next_try"], unique=False)
    op.add_column("letter_records", sa.Column("application_id", sa.String(length=32), nullable=True))
    op.create_index(
        "letter_records_one_valid",
        "letter_records",
        ["application_id"],
        unique=True,
        sqlite_where=_VALID,
        postgresql_where=_VALID,
    )


def downgrade() -> None:
    op.drop_index("letter_records_one_valid", "letter_records")
    with op.batch_alter_table("letter_records") as table:
        table.drop_column("application_id")
    op.drop_table("outbox")
    with op.batch_alter_table("effects") as table:
        table.drop_column("request_hash")
        table.drop_column("state")
