"""Counters that do not tell in from out: their totals of a day, and what they counted during a hand count."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Serial

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("base_passages", "top_passages"):
        op.add_column("counter_days", sa.Column(name, Serial, nullable=False, server_default="0"))
    op.add_column("hand_counts", sa.Column("counted_passages", Serial, nullable=False, server_default="0"))
