"""Sessions are listed newest first, by assistant, by tenant and by capability."""

from alembic import op

revision = "0016"
down_revision = "0015"

TABLE = "sessions"
INDEXES = {
    "sessions_by_assistant": ["assistant", "created_at", "session_id"],
    "sessions_by_tenant": ["tenant", "assistant", "created_at", "session_id"],
    "sessions_by_capability": ["assistant", "capability_hash"],
}


def upgrade() -> None:
    context = op.get_context()
    if context.dialect.name != "postgresql":
        for name, columns in INDEXES.items():
            op.create_index(name, TABLE, columns, unique=False)
        return
    with context.autocommit_block():  # while others write
        for name, columns in INDEXES.items():
            op.drop_index(name, TABLE, if_exists=True)  # half built, when a try before this one was cut short
            op.create_index(name, TABLE, columns, unique=False, postgresql_concurrently=True)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, TABLE)
