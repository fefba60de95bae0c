"""Notices that tell of several bookings that were changed together."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_bundles",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("batch", sa.String(36), nullable=False),
        sa.Column("text", sa.String(400), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
    )
    op.create_index("ix_notice_bundles_batch", "notice_bundles", ["batch"])
    op.create_table(
        "bundled_bookings",
        sa.Column("bundle", sa.String(36), sa.ForeignKey("notice_bundles.id"), primary_key=True),
        sa.Column("booking_id", sa.String(36), primary_key=True),
    )
    op.create_index("ix_bundled_bookings_booking_id", "bundled_bookings", ["booking_id"])
