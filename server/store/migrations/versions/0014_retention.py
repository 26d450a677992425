"""What the retention rules look for."""

from alembic import op

revision = "0014"
down_revision = "0013"

INDEXES = {
    "sessions_by_status": ("sessions", ["status", "active_at"]),
    "document_marks_by_day": ("document_marks", ["seen_on"]),
    "applications_by_day": ("applications", ["applied_on"]),
}


def upgrade() -> None:
    context = op.get_context()
    if context.dialect.name != "postgresql":
        for name, (table, columns) in INDEXES.items():
            op.create_index(name, table, columns, unique=False)
        return
    with context.autocommit_block():  # while others write
        for name, (table, columns) in INDEXES.items():
            op.drop_index(name, table, if_exists=True)  # half built, when a try before this one was cut short
            op.create_index(name, table, columns, unique=False, postgresql_concurrently=True)


def downgrade() -> None:
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table)
