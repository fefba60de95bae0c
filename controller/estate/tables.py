"""The estate's tables."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    String,
    Table,
)

from controller.database import metadata

sites = Table(
    "sites",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("address", String(200), nullable=False),
    Column("phone", String(200), nullable=False),
    Column("latitude", Double),
    Column("longitude", Double),
)

edges = Table(
    "edges",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("public_key", LargeBinary(32), nullable=False, unique=True),
)

doors = Table(
    "doors",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("edge", String(40), nullable=False),
    Column("hold_s", Double, nullable=False),
    Column("held_after_s", Double, nullable=False),
    Column("counter", String(40)),
    Column("secret", LargeBinary, nullable=False),  # sealed with code.key
    ForeignKeyConstraint(["site", "edge"], ["edges.site", "edges.id"]),
)

spaces = Table(
    "spaces",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("capacity", Integer),
    Column("floor_area_m2", Double),
    CheckConstraint("capacity >= 0", name="capacity"),
)

space_doors = Table(
    "space_doors",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("space", String(40), primary_key=True),
    Column("door", String(40), primary_key=True),
    ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"]),
    ForeignKeyConstraint(["site", "door"], ["doors.site", "doors.id"]),
)
