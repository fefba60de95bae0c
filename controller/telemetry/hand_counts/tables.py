"""The table of hand counts."""

from sqlalchemy import Column, ForeignKey, Index, String, Table

from controller.db.engine import Instant, Serial, metadata

hand_counts = Table(
    "hand_counts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), ForeignKey("sites.id"), nullable=False),
    Column("edge", String(40), nullable=False),
    Column("counter", String(40), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant),
    Column("ins", Serial, nullable=False),
    Column("outs", Serial, nullable=False),
    Column("counted_ins", Serial, nullable=False),
    Column("counted_outs", Serial, nullable=False),
    Column("counted_passages", Serial, nullable=False, server_default="0"),
    Index("ix_hand_counts_site", "site", "counter"),
)
"""Whom a person counted at a counter, and whom it counted in that time; without an end while they count."""
