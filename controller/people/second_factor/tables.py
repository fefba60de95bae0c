"""Second factors: the secret of an authenticator app, recovery codes, and sign-ins that wait for their second step."""

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, Table

from controller.db.engine import Instant, metadata

second_factors = Table(
    "second_factors",
    metadata,
    Column("user_id", String(36), ForeignKey("users.id"), primary_key=True),
    Column("sealed_secret", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("confirmed_at", Instant),  # null until its first code was right
    Column("last_step", Integer, nullable=False),  # of the code that was used last: none works twice
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("user_id", String(36), ForeignKey("users.id"), primary_key=True),
    Column("code_hash", LargeBinary(32), primary_key=True),
)
"""Those that are unused."""

pending_sign_ins = Table(
    "pending_sign_ins",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("user_id", String(36), ForeignKey("users.id"), nullable=False, index=True),
    Column("method", String(10), nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)
"""The first step was right, the second has not been taken."""
