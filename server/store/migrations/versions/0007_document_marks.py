"""Which documents were seen before, by keyed hash."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "document_marks",
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("person_ref", sa.String(length=32), nullable=False),
        sa.Column("seen_on", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("mark", "person_ref"),
    )


def downgrade() -> None:
    op.drop_table("document_marks")
