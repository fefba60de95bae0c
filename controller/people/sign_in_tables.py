"""What users sign in by: accounts at OpenID providers, passkeys, second factors; and what of them was used up."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table, UniqueConstraint

from controller.db.engine import Instant, metadata

user_accounts = Table(
    "user_accounts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("user_id", String(36), ForeignKey("users.id"), nullable=False, index=True),
    Column("issuer", String(500), nullable=False),
    Column("subject", String(255), nullable=False),  # as the issuer calls them, for ever
    Column("label", String(200), nullable=False),  # the provider's name of the account
    Column("linked_at", Instant, nullable=False),
    Column("last_used_at", Instant, nullable=False),
    UniqueConstraint("issuer", "subject", name="uq_user_accounts_subject"),
)

finished_flows = Table(
    "finished_flows",
    metadata,
    Column("state_hash", LargeBinary(32), primary_key=True),
    Column("expires_at", Instant, nullable=False, index=True),
)
"""Sign-ins by a provider that have come back, so that none does so twice."""


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
