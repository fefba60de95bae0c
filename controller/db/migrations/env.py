"""Run by Alembic: the migrations on the connection that `migrate` opened and commits."""

from alembic import context
from sqlalchemy import Connection

from controller.db.engine import metadata

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=False,  # the caller's transaction is the only one
)
context.run_migrations()
