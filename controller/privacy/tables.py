"""When each kind of data was last looked through, and how much was deleted."""

from sqlalchemy import Column, Integer, String, Table, Text

from controller.db.engine import Instant, metadata

retention_runs = Table(
    "retention_runs",
    metadata,
    Column("kind", String(40), primary_key=True),
    Column("ran_at", Instant, nullable=False),
    Column("removed", Integer, nullable=False),  # rows in that run
    Column("failure", Text),  # what could not be done; null: nothing
)
