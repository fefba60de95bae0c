"""Counting by hand at a door."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant, Serial

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hand_counts",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("site", sa.String(40), sa.ForeignKey("sites.id"), nullable=False),
        sa.Column("edge", sa.String(40), nullable=False),
        sa.Column("counter", sa.String(40), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant()),
        sa.Column("ins", Serial, nullable=False),
        sa.Column("outs", Serial, nullable=False),
        sa.Column("counted_ins", Serial, nullable=False),
        sa.Column("counted_outs", Serial, nullable=False),
    )
    op.create_index("ix_hand_counts_site", "hand_counts", ["site", "counter"])
