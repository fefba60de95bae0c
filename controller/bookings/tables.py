"""Bookings' tables. That no two claims of one atom overlap is a constraint of the database: an exclusion
constraint on PostgreSQL, triggers on SQLite (migration 0002)."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from controller.database import Instant, Serial, metadata

CLAIM_OVERLAP = "claims_no_overlap"
"""Name of the constraint and of what the triggers raise."""

series = Table(
    "series",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), nullable=False),
    Column("space", String(40), nullable=False),
    Column("title", String(200), nullable=False),
    Column("first_starts", String(19), nullable=False),  # wall time of the site
    Column("first_ends", String(19), nullable=False),
    Column("until", Date, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
    ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"]),
)

bookings = Table(
    "bookings",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), nullable=False),
    Column("space", String(40), nullable=False),
    Column("series_id", String(36), ForeignKey("series.id"), index=True),
    Column("title", String(200), nullable=False),
    Column("contact_name", String(200), nullable=False),
    Column("contact_phone", String(200), nullable=False),
    Column("people", Integer),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("cancelled_at", Instant),
    Column("let_in_at", Instant),  # when its code was last accepted, and where
    Column("let_in_door", String(40)),
    Column("arrived_at", Instant),
    Column("counted_in", Serial, nullable=False),
    Column("link_hash", LargeBinary(32), nullable=False, unique=True),  # SHA-256 of the door page's token
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"]),
    CheckConstraint("ends > starts", name="window"),
    CheckConstraint("counted_in >= 0", name="counted_in"),
    Index("ix_bookings_site_starts", "site", "starts"),
    Index("ix_bookings_site_let_in_at", "site", "let_in_at"),
)

claims = Table(
    "claims",
    metadata,
    Column("booking_id", String(36), ForeignKey("bookings.id"), primary_key=True),
    Column("atom", String(81), primary_key=True),  # site/space: what cannot be divided further
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    CheckConstraint("ends > starts", name="window"),
    Index("ix_claims_atom_starts", "atom", "starts"),
)

booking_log = Table(
    "booking_log",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("booking_id", String(36), ForeignKey("bookings.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("what", String(40), nullable=False),
    Column("why", String(2000), nullable=False),
)
