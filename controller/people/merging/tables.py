"""Parties that were merged."""

from sqlalchemy import Column, String, Table, Text, text

from controller.db.engine import NAMES_ACTOR, Instant, metadata

merges = Table(
    "merges",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("from_party", String(40), nullable=False, index=True),
    Column("into_party", String(40), nullable=False, index=True),
    Column("document", Text, nullable=False),  # JSON: what moved, by ids, and how it was right after
    Column("merged_at", Instant, nullable=False),
    Column("merged_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("undone_at", Instant),
    Column("undone_by", String(200), nullable=False, server_default=text("''"), info=NAMES_ACTOR),
)
