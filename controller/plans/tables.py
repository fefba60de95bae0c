"""The plans' tables. Every signed plan is kept, so that "why did it open" can be answered for the past."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from controller.db.engine import NAMES_ACTOR, Instant, Serial, metadata

plan_parts = Table(
    "plan_parts",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("packed", LargeBinary, nullable=False),
)
"""Parts of plans by the SHA-256 of their bytes, zlib-compressed, each once."""

plans = Table(
    "plans",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("edge", String(40), primary_key=True),
    Column("version", Serial, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("compiled_at", Instant, nullable=False),
    Column("horizon", Instant, nullable=False),
    Column("grants", Integer, nullable=False),
    Column("applied_at", Instant),
    Column("refused_at", Instant),
    Column("why", Text),
    Index(None, "compiled_at"),
)
"""``sealed``: the manifest in its envelope, as published. ``why``: what an edge refused it for."""

commands = Table(
    "commands",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), nullable=False),
    Column("edge", String(40), nullable=False),
    Column("door", String(40)),
    Column("kind", String(40), nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", String(200), nullable=False, info=NAMES_ACTOR),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("outcome", String(20)),
    Column("code", String(40)),
    Column("why", Text),
    Column("ended_at", Instant),
    Column("args", Text, nullable=False, server_default="{}"),
    Index("ix_commands_site_id", "site", "id"),
)
"""Commands: who asked for them, why, and the outcome."""

overrides = Table(
    "overrides",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), ForeignKey("sites.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("whole", Boolean, nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", String(200), nullable=False, info=NAMES_ACTOR),
    Column("made_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", String(200), info=NAMES_ACTOR),
    Column("ended_why", Text),
    CheckConstraint("ends > starts", name="order"),
    Index("ix_overrides_site_ends", "site", "ends"),
)
"""What was ordered of doors for a while, kept for good. ``whole``: of every door of the site, also one that is made
later. ``ended_at``: when somebody ended it early."""

override_doors = Table(
    "override_doors",
    metadata,
    Column("override", String(36), ForeignKey("overrides.id"), primary_key=True),
    Column("door", String(40), primary_key=True),
    Column("site", String(40), nullable=False),
    Column("on_version", Serial),
    Column("on_at", Instant),
    Column("off_version", Serial),
    Column("off_at", Instant),
    Index("ix_override_doors_site_door", "site", "door"),
)
"""Its state at each door: the plan that added or removed it there, and since when that plan is applied."""

restored = Table(
    "restored",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), ForeignKey("sites.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("decision", String(10)),
    Column("decision_id", String(36)),
    Column("decided_at", Instant),
    Column("decided_by", String(200), info=NAMES_ACTOR),
    Column("decided_why", Text),
    Index("ix_restored_site_ends", "site", "ends"),
)
"""What a door knew and the database, put back from a backup, did not; or the other way round (``gone``). Kept for good.
``decision``: null until a person decides."""

restored_pieces = Table(
    "restored_pieces",
    metadata,
    Column("entry", String(36), ForeignKey("restored.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("site", String(40), nullable=False),
    Column("edge", String(40), nullable=False),
    Column("door", String(40), nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("part", LargeBinary, nullable=False),
    Index("ix_restored_pieces_site_edge_ends", "site", "edge", "ends"),
)
"""Each of its grants, sessions, overrides and timelines, as a part of a plan that holds it alone."""
