"""What Alembic runs: the steps, on the connection and in the transaction that db/schema.py opened."""

from alembic import context

from db.tables import Row

context.configure(connection=context.config.attributes["connection"], target_metadata=Row.metadata)
with context.begin_transaction():
    context.run_migrations()
