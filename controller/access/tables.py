"""Access's tables. That no two bookings hold one code at one door at one time is a constraint of the database:
an exclusion constraint on PostgreSQL, triggers on SQLite (migration 0002)."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Table,
)

from controller.database import Instant, metadata

CODE_OVERLAP = "code_claims_no_overlap"
"""Name of the constraint and of what the triggers raise."""

grants = Table(
    "grants",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("booking_id", String(36), nullable=False, index=True),
    Column("site", String(40), nullable=False),
    Column("door", String(40), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("code_key", LargeBinary(32), nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("hold_s", Double),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),  # null while it is wanted
    Column("on_version", BigInteger),  # the first plan that has it
    Column("on_at", Instant),
    Column("off_version", BigInteger),  # the first plan that no longer has it
    Column("off_at", Instant),
    ForeignKeyConstraint(["site", "door"], ["doors.site", "doors.id"]),
    CheckConstraint("ends > starts", name="window"),
    Index("ix_grants_site_door_ends", "site", "door", "ends"),
)
lingering = Index(
    "ix_grants_lingering",
    grants.c.site,
    sqlite_where=grants.c.ended_at.is_not(None) & grants.c.off_at.is_(None),
    postgresql_where=grants.c.ended_at.is_not(None) & grants.c.off_at.is_(None),
)

code_claims = Table(
    "code_claims",
    metadata,
    Column("grant_id", String(36), ForeignKey("grants.id"), primary_key=True),
    Column("booking_id", String(36), nullable=False, index=True),
    Column("site", String(40), nullable=False),
    Column("door", String(40), nullable=False),
    Column("code_key", LargeBinary(32), nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    CheckConstraint("ends > starts", name="window"),
    Index("ix_code_claims_site_code_key", "site", "code_key"),
)

codes = Table(
    "codes",
    metadata,
    Column("booking_id", String(36), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),  # with code.key, bound to the booking
)
