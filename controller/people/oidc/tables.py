"""Accounts at OpenID providers by which users sign in, and sign-ins that were finished."""

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table, UniqueConstraint

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
