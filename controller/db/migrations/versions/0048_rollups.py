"""Figures per 5 minutes, hour, day and month, and what their coverage needs."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant, Serial

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_events_site_at", "events", ["site", "at"])
    op.create_table(
        "rollups",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("step", sa.String(8), primary_key=True),
        sa.Column("measurement", sa.String(40), primary_key=True),
        sa.Column("at", Instant(), primary_key=True),
        sa.Column("device", sa.String(40), primary_key=True),
        sa.Column("field", sa.String(40), primary_key=True),
        sa.Column("place", sa.String(40), primary_key=True),
        sa.Column("edge", sa.String(40), primary_key=True),
        sa.Column("n", Serial, nullable=False),
        sa.Column("total", Serial, nullable=False),
        sa.Column("least", Serial, nullable=False),
        sa.Column("most", Serial, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rollup_series",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("edge", sa.String(40), primary_key=True),
        sa.Column("device", sa.String(40), primary_key=True),
        sa.Column("measurement", sa.String(40), primary_key=True),
        sa.Column("place", sa.String(40), primary_key=True),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
    )
    op.create_table(
        "blind_marks",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("edge", sa.String(40), primary_key=True),
        sa.Column("log", sa.String(32), primary_key=True),
        sa.Column("seq", Serial, primary_key=True, autoincrement=False),
        sa.Column("device", sa.String(40), nullable=False),
        sa.Column("fault", sa.String(200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
    )
