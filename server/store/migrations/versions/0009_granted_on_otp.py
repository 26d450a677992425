"""What was sanctioned on OTP e-KYC alone, for its yearly cap."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    with op.batch_alter_table("applications") as table:
        table.add_column(sa.Column("otp_granted", sa.Integer(), nullable=True))
        table.add_column(sa.Column("granted_on", sa.String(length=10), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("applications") as table:
        table.drop_column("granted_on")
        table.drop_column("otp_granted")
