"""Tablets and screens that are paired, and those that wait for their code to be typed."""

from sqlalchemy import Column, LargeBinary, String, Table, text

from controller.db.engine import NAMES_ACTOR, Instant, metadata

displays = Table(
    "displays",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), nullable=False, index=True),
    Column("kind", String(12), nullable=False),
    Column("space", String(40)),
    Column("name", String(200), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("code_digest", LargeBinary(32), unique=True),  # null once it is paired
    Column("code_until", Instant),
    Column("token_hash", LargeBinary(32), unique=True),  # null until then
    Column("paired_at", Instant),
    Column("last_seen_at", Instant),  # to the hour
    Column("expires_at", Instant, nullable=False, index=True),
    Column("address", String(45), nullable=False, server_default=text("''")),
    Column("browser", String(80), nullable=False, server_default=text("''")),
)
