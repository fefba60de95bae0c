"""The hours' tables. What is read and written as a whole is one JSON document, in the words of ``hours.model``."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Table,
    Text,
)

from controller.db.engine import Instant, metadata

site_hours = Table(
    "site_hours",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("timetable", Text, nullable=False),  # a Timetable, without its doors
    Column("terms", Text, nullable=False),  # a list of Term
)

space_hours = Table(
    "space_hours",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("space", String(40), primary_key=True),
    Column("windows", Text, nullable=False),  # a list of Window
    ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"], ondelete="CASCADE"),
)

closures = Table(
    "closures",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), ForeignKey("sites.id"), nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("whole_days", Boolean, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("spaces", Text, nullable=False),  # a list of ids; empty: the whole site
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(200), nullable=False),
    CheckConstraint("ends > starts", name="window"),
    Index("ix_closures_site_ends", "site", "ends"),
)

free_doors = Table(
    "free_doors",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("door", String(40), primary_key=True),
    ForeignKeyConstraint(["site", "door"], ["doors.site", "doors.id"]),
)
