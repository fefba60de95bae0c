"""The tables of closing."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from controller.db.engine import NAMES_ACTOR, Instant, metadata

closure_batches = Table(
    "closure_batches",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), ForeignKey("sites.id"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("reason", String(200), nullable=False),
    Column("state", String(10), nullable=False),  # a controller.closures.model.BatchState
    Column("claimed_at", Instant, nullable=False),
    Column("closure", String(36)),
    Column("override", String(36)),
    Column("written", Text),  # the closure, JSON as in controller.hours.model.Closure
    Column("replaced", Text),  # the closure before the change, JSON as in controller.hours.model.Closure
    Column("steps", Text, nullable=False),  # JSON as in controller.closures.model.Step
    Column("reopened_at", Instant),
    Column("shut_again", String(36)),
    Column("undone_at", Instant),
    Index("ix_closure_batches_site", "site", "made_at"),
)
