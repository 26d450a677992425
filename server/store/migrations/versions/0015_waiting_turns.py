"""The turns that wait to be run are found by an index of theirs alone, whatever the planner believes of the others."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

NAME, TABLE, COLUMNS = "turns_waiting", "turns", ["session_id", "seq"]
WAITING = sa.text("status = 'accepted'")


def upgrade() -> None:
    context = op.get_context()
    if context.dialect.name != "postgresql":
        op.create_index(NAME, TABLE, COLUMNS, unique=False, sqlite_where=WAITING)
        op.drop_index("turns_by_status", TABLE)
        return
    with context.autocommit_block():  # while others write
        op.drop_index(NAME, TABLE, if_exists=True)  # half built, when a try before this one was cut short
        op.create_index(NAME, TABLE, COLUMNS, unique=False, postgresql_where=WAITING, postgresql_concurrently=True)
        op.drop_index("turns_by_status", TABLE, if_exists=True, postgresql_concurrently=True)


def downgrade() -> None:
    op.create_index("turns_by_status", TABLE, ["status"], unique=False)
    op.drop_index(NAME, TABLE)
