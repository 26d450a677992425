"""Cases for review and what officers did with them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("sessions", sa.Column("reviewed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("officers", sa.Column("own_refs", _json(), nullable=True))
    op.create_table(
        "cases",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.Column("application_id", sa.String(length=32), nullable=False),
        sa.Column("open_application", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reasons", _json(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("refs", _json(), nullable=False),
        sa.Column("facts", _json(), nullable=False),
        sa.Column("opened_at", sa.String(length=32), nullable=False),
        sa.Column("due_on", sa.String(length=10), nullable=False),
        sa.Column("closed_at", sa.String(length=32), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.session_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id"),
        sa.UniqueConstraint("open_application"),
    )
    op.create_index("cases_by_session", "cases", ["session_id"], unique=False)
    op.create_index("cases_by_due", "cases", ["state", "due_on"], unique=False)
    op.create_table(
        "case_acts",
        sa.Column("act_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("act_key", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("officer", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("details", _json(), nullable=False),
        sa.Column("told", _json(), nullable=True),
        sa.Column("delivered_at", sa.String(length=32), nullable=True),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("act_id"),
        sa.UniqueConstraint("case_id", "act_key"),
        sa.UniqueConstraint("case_id", "version"),
    )


def downgrade() -> None:
    op.drop_table("case_acts")
    op.drop_table("cases")
    op.drop_column("officers", "own_refs")
    op.drop_column("sessions", "reviewed")


def _json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
