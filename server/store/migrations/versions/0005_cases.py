"""Cases for review and what officers did with them."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    pass
