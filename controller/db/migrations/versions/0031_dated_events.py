"""Runs of edges as our clock knows them, and the events that were dated by them because the edge's time was wrong."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant, Serial

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edge_runs",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("edge", sa.String(40), primary_key=True),
        sa.Column("boot", sa.String(36), primary_key=True),
        sa.Column("mono_ms", Serial, nullable=False),
        sa.Column("earliest", Instant(), nullable=False),
        sa.Column("latest", Instant(), nullable=False),
        sa.Column("wrong_from", Instant()),
        sa.Column("wrong_until", Instant()),
    )
    op.add_column("events", sa.Column("told_at", Instant()))
    op.add_column("events", sa.Column("error_s", sa.Double()))


def downgrade() -> None:
    op.drop_column("events", "error_s")
    op.drop_column("events", "told_at")
    op.drop_table("edge_runs")
