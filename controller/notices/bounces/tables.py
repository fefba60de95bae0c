"""Addresses whose mail comes back."""

from sqlalchemy import Column, String, Table, UniqueConstraint

from controller.db.engine import Instant, metadata

bounced_addresses = Table(
    "bounced_addresses",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), nullable=False),  # empty: mails about accounts
    Column("address_key", String(320), nullable=False),
    Column("contact_address", String(320), nullable=False),
    Column("at", Instant, nullable=False),
    Column("reply", String(500), nullable=False),
    Column("party", String(40), index=True),
    Column("cleared_at", Instant),
    UniqueConstraint("site", "address_key", name="uq_bounced_addresses"),
)
"""One that was cleared stays, so that a mail that was on its way before does not mark it again when it comes back."""
