"""Who runs a session's turns, by a lease with a growing fence; their order by a number from the session."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

# Only turns that wait need a number: those before are over. One that its customer spoke after waits no longer.
_NUMBER = """
    UPDATE turns SET seq = (
        SELECT count(*) FROM turns other WHERE other.session_id = turns.session_id AND {waits}
        AND (other.accepted_at < turns.accepted_at OR (other.accepted_at = turns.accepted_at
            AND other.turn_id <= turns.turn_id))
    )
    WHERE {this_waits}
"""
_WAITS = """
    {0}.status = 'accepted' AND NOT EXISTS (
        SELECT 1 FROM turns later WHERE later.session_id = {0}.session_id
        AND later.accepted_at > {0}.accepted_at AND later.status = 'done'
    )
"""
_COUNT = """
    UPDATE sessions SET accepted_seq = (SELECT max(seq) FROM turns WHERE turns.session_id = sessions.session_id)
    WHERE session_id IN (SELECT session_id FROM turns WHERE seq > 0)
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # In the order of a turn's last transaction: the other way round each would hold what the other waits for.
        op.execute("LOCK TABLE turns, sessions")
    op.add_column("sessions", sa.Column("fence", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("sessions", sa.Column("owner", sa.String(length=32), nullable=True))
    op.add_column("sessions", sa.Column("lease_until", sa.BigInteger(), nullable=True))
    op.add_column("sessions", sa.Column("accepted_seq", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("sessions", sa.Column("finished_seq", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("turns", sa.Column("seq", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("turns", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("turns", sa.Column("unheard", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("turns", sa.Column("cancel_asked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(_NUMBER.format(waits=_WAITS.format("other"), this_waits=_WAITS.format("turns")))
    op.execute("UPDATE turns SET attempts = 1 WHERE seq > 0")
    op.execute(_COUNT)


def downgrade() -> None:
    with op.batch_alter_table("turns") as table:
        for name in ("cancel_asked", "unheard", "attempts", "seq"):
            table.drop_column(name)
    with op.batch_alter_table("sessions") as table:
        for name in ("finished_seq", "accepted_seq", "lease_until", "owner", "fence"):
            table.drop_column(name)
