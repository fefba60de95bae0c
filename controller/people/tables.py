"""Who may sign in, who is signed in, and who wrote what."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from controller.database import Instant, Serial, metadata

users = Table(
    "users",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("name_key", String(600), nullable=False, unique=True),  # case-folded, which may be longer
    Column("password_hash", String(200), nullable=False),
    Column("created_at", Instant, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("user_id", String(36), ForeignKey("users.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("name_key", String(600), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Instant, nullable=False, index=True),
    Column("blocked_until", Instant, nullable=False),
)

writes = Table(
    "writes",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("act", String(40), nullable=False),
    Column("site", String(40)),
    Column("thing", String(200), nullable=False),
    Index("ix_writes_site_at", "site", "at"),
)
