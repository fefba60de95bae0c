"""The plans' tables. Every signed plan is kept, so that "why did it open" can be answered for the past."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text

from controller.database import Instant, Serial, metadata

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
    Column("actor", String(200), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("outcome", String(20)),
    Column("why", Text),
    Column("ended_at", Instant),
)
"""Momentary acts, who asked for them and why, and what came of them."""
