"""Passkeys, and the challenges that were used up."""

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, Table

from controller.db.engine import Instant, metadata

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("user_id", String(36), ForeignKey("users.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("credential_id", LargeBinary(1023), nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant),
)

used_challenges = Table(
    "used_challenges",
    metadata,
    Column("challenge_hash", LargeBinary(32), primary_key=True),
    Column("expires_at", Instant, nullable=False, index=True),
)
"""A challenge carries its end and our signature, so only one that was used has to be known."""
