"""Who a session belongs to, and access tokens that were taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("sessions", sa.Column("capability_hash", sa.LargeBinary(), nullable=True))
    op.add_column("sessions", sa.Column("tenant", sa.String(length=64), nullable=True))
    op.create_table(
        "revoked_tokens",
        sa.Column("jti", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("jti"),
    )


def downgrade() -> None:
    op.drop_table("revoked_tokens")
    op.drop_column("sessions", "tenant")
    op.drop_column("sessions", "capability_hash")
