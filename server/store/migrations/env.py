"""Alembic's entry: runs the migrations on the connection that `Database.migrate` hands over."""

from alembic import context

from server.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    transaction_per_migration=not connection.in_transaction(),  # a long step must not keep the locks of those before
)
with context.begin_transaction():
    context.run_migrations()
