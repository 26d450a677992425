"""The consent ledger and the audit log."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    pass
