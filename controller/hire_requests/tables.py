"""Hire requests, and the texts of the hire terms that were accepted."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table, Text

from controller.db.engine import Instant, metadata

hire_requests = Table(
    "hire_requests",
    metadata,
    Column("id", String(36), primary_key=True),  # also of its mail, which is deleted before it
    Column("site", String(40), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # who asks for what; empty once it is confirmed
    Column("address_digest", LargeBinary(32)),
    Column("terms_version", String(12), nullable=False),
    Column("accepted_at", Instant, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("confirmed_at", Instant),  # null: nobody has shown yet that the address is theirs
    Column("booking_id", String(36), ForeignKey("bookings.id"), unique=True),
    Column("party", String(40), ForeignKey("parties.id"), index=True),
    Index("ix_hire_requests_site", "site", "made_at"),
)

hire_terms = Table(
    "hire_terms",
    metadata,
    Column("version", String(12), primary_key=True),
    Column("terms", Text, nullable=False),
)
"""Each text that was accepted, once."""
