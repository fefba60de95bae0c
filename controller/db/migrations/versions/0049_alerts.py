"""Alerts from when they begin until they are cleared, with who has seen them."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant, Serial

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("edge", sa.String(40), nullable=False),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("since", Instant()),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("report", Serial),
        sa.Column("momentary", sa.Boolean(), nullable=False),
        sa.Column("raised_at", Instant()),
        sa.Column("over_since", Instant()),
        sa.Column("cleared_at", Instant()),
        sa.Column("acknowledged_at", Instant()),
        sa.Column("acknowledged_by", sa.String(200), nullable=False),
        sa.Column("snoozed_until", Instant()),
    )
    op.create_index("ix_alerts_site", "alerts", ["site", "begun_at"])
    op.create_index("ix_alerts_cleared_at", "alerts", ["cleared_at"])
    open_ones = sa.text("cleared_at IS NULL")
    op.create_index(
        "ix_alerts_uncleared",
        "alerts",
        ["site", "kind", "edge", "about"],
        unique=True,
        sqlite_where=open_ones,
        postgresql_where=open_ones,
    )
