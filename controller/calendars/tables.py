"""Which event of which calendar became which booking, so that a second import finds it again."""

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, String, Table

from controller.database import metadata

imported = Table(
    "imported",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("space", String(40), primary_key=True),
    Column("uid", String(500), primary_key=True),
    Column("recurrence_id", String(16), primary_key=True),  # original start in UTC; empty if it comes once
    Column("booking_id", String(36), ForeignKey("bookings.id"), nullable=False, index=True),
    Column("fingerprint", String(64), nullable=False),
    ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"]),
)
