"""The opening hours' tables: the week, the dates that differ, the doors that stand unlocked."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    String,
    Table,
)

from controller.database import metadata

weekly_spans = Table(
    "weekly_spans",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("weekday", Integer, primary_key=True),
    Column("opens", Integer, primary_key=True),
    Column("closes", Integer, nullable=False),
    Column("mode", String(20), nullable=False),
    CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    CheckConstraint("0 <= opens AND opens < closes AND closes <= 1440", name="order"),
)

other_days = Table(
    "other_days",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("date", Date, primary_key=True),
    Column("note", String(200), nullable=False),
)

other_day_spans = Table(
    "other_day_spans",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("date", Date, primary_key=True),
    Column("opens", Integer, primary_key=True),
    Column("closes", Integer, nullable=False),
    Column("mode", String(20), nullable=False),
    ForeignKeyConstraint(["site", "date"], ["other_days.site", "other_days.date"]),
    CheckConstraint("0 <= opens AND opens < closes AND closes <= 1440", name="order"),
)

free_doors = Table(
    "free_doors",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("door", String(40), primary_key=True),
    ForeignKeyConstraint(["site", "door"], ["doors.site", "doors.id"]),
)
