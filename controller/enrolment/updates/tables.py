"""The tables of releases for edges, of the roll-out of one, and of what each edge was told and says."""

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Integer, LargeBinary, String, Table, Text

from controller.db.engine import NAMES_ACTOR, Instant, Serial, metadata

releases = Table(
    "releases",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("version", String(40), nullable=False),
    Column("system", String(40), nullable=False),
    Column("architecture", String(40), nullable=False),
    Column("size", Integer, nullable=False),
    Column("minimum_edge", String(40), nullable=False),
    Column("minimum_controller", String(40), nullable=False),
    Column("file", LargeBinary, nullable=False),  # as its maker signed it
    Column("added_at", Instant, nullable=False),
    Column("added_by", String(200), nullable=False, info=NAMES_ACTOR),
)

release_parts = Table(
    "release_parts",
    metadata,
    Column("sha256", String(64), ForeignKey("releases.sha256", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
"""A package in parts of ``UPDATE_PART`` bytes, as edges get them. In the database, for all controllers."""

rollouts = Table(
    "rollouts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("version", String(40), nullable=False),
    Column("state", String(10), nullable=False),
    Column("stage", Integer, nullable=False),
    Column("soak_hours", Integer, nullable=False),
    Column("opens", String(5), nullable=False),  # wall time of each site, such as 02:00
    Column("closes", String(5), nullable=False),
    Column("first", String(81), nullable=False),  # SITE/EDGE, or empty
    Column("why", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("started_by", String(200), nullable=False, info=NAMES_ACTOR),
)

edge_updates = Table(
    "edge_updates",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("edge", String(40), primary_key=True),
    Column("version", String(40), nullable=False),
    Column("system", String(40), nullable=False),
    Column("architecture", String(40), nullable=False),
    Column("phase", String(40), nullable=False),
    Column("number", Serial, nullable=False),
    Column("received", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("ordered_number", Serial, nullable=False, server_default="0"),
    Column("ordered", String(64)),  # which release; null: none
    Column("rollout", String(36)),
    Column("windows_end", Instant),
    Column("told", LargeBinary),  # the order, unsigned
    ForeignKeyConstraint(["site", "edge"], ["edges.site", "edges.id"], ondelete="CASCADE"),
)
"""``since``: since when the edge says this phase. ``number``: of the latest order that it has."""
