"""The estate's tables."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    String,
    Table,
    false,
    text,
    true,
)

from controller.db.engine import Instant, metadata
from controller.people.tables import NAMES_PARTY

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
    Column("organisation", String(40), info=NAMES_PARTY),
    # Another one after each change of what bookings are judged by: estate, hours, policy, tariffs.
    Column("revision", Integer, nullable=False, server_default="0"),
)

edges = Table(
    "edges",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("name", String(200), nullable=False),
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
    Column("code_length", Integer, nullable=False, server_default="6"),
    Column("passback", String(4), nullable=False, server_default="off"),
    # What codes are hashed with and what offline codes are made from, and those that will take their place; all sealed
    # with code.key.
    Column("secret", LargeBinary, nullable=False),
    Column("offline", LargeBinary),
    Column("next_secret", LargeBinary),
    Column("next_offline", LargeBinary),
    ForeignKeyConstraint(["site", "edge"], ["edges.site", "edges.id"]),
)

old_secrets = Table(
    "old_secrets",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("door", String(40), primary_key=True),  # it may be gone
    Column("name", String(16), primary_key=True),  # as plans name the secret
    Column("secret", LargeBinary, nullable=False),
    Column("offline", LargeBinary),
    Column("since", Instant),  # null: since the door was made
    Column("until", Instant, nullable=False),
)
"""Secrets that doors had, sealed as the present ones are, as long as a plan is kept that may have been made with them:
only with them is a code of that time recognised."""

spaces = Table(
    "spaces",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("capacity", Integer),
    Column("floor_area_m2", Double),
    Column("kind", String(10), nullable=False, server_default="room"),
    Column("pool_size", Integer),
    Column("floor", String(40)),
    Column("description", String(2000), nullable=False, server_default=text("''")),
    Column("step_free", Boolean, nullable=False, server_default=false()),
    Column("noise", String(10), nullable=False, server_default="any"),
    Column("setup_min", Integer, nullable=False, server_default="0"),
    Column("cleardown_min", Integer, nullable=False, server_default="0"),
    Column("changeover_min", Integer, nullable=False, server_default="0"),
    Column("share_buffers", Boolean, nullable=False, server_default=true()),
    Column("default_layout", String(40)),
    Column("bookable", Boolean, nullable=False, server_default=true()),
    CheckConstraint("capacity >= 0", name="capacity"),
)

floors = Table(
    "floors",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("level", Integer, nullable=False),
)

layouts = Table(
    "layouts",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("space", String(40), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("capacity", Integer),
    Column("setup_min", Integer, nullable=False),
    Column("cleardown_min", Integer, nullable=False),
    ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"]),
    CheckConstraint("capacity >= 0", name="capacity"),
)

changeovers = Table(
    "changeovers",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("space", String(40), primary_key=True),
    Column("from_layout", String(40), primary_key=True),
    Column("to_layout", String(40), primary_key=True),
    Column("minutes", Integer, nullable=False),
    ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"]),
)

space_parts = Table(
    "space_parts",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("whole", String(40), primary_key=True),
    Column("part", String(40), primary_key=True),
    ForeignKeyConstraint(["site", "whole"], ["spaces.site", "spaces.id"]),
    ForeignKeyConstraint(["site", "part"], ["spaces.site", "spaces.id"]),
    CheckConstraint("whole <> part", name="apart"),
)

space_amenities = Table(
    "space_amenities",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("space", String(40), primary_key=True),
    Column("amenity", String(40), primary_key=True),
    ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"]),
)

equipment = Table(
    "equipment",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("count", Integer, nullable=False),
    Column("space", String(40)),
    CheckConstraint("count >= 0", name="count"),
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
