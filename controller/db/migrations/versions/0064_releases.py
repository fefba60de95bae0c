"""Releases for edges, their roll-out, the orders to edges, and what edges report."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant, Serial

revision = "0064"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "releases",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("system", sa.String(40), nullable=False),
        sa.Column("architecture", sa.String(40), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("minimum_edge", sa.String(40), nullable=False),
        sa.Column("minimum_controller", sa.String(40), nullable=False),
        sa.Column("file", sa.LargeBinary, nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("added_by", sa.String(200), nullable=False),
    )
    op.create_table(
        "release_parts",
        sa.Column("sha256", sa.String(64), sa.ForeignKey("releases.sha256", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "rollouts",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("stage", sa.Integer, nullable=False),
        sa.Column("soak_hours", sa.Integer, nullable=False),
        sa.Column("opens", sa.String(5), nullable=False),
        sa.Column("closes", sa.String(5), nullable=False),
        sa.Column("first", sa.String(81), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("started_by", sa.String(200), nullable=False),
    )
    op.create_table(
        "edge_updates",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("edge", sa.String(40), primary_key=True),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("system", sa.String(40), nullable=False),
        sa.Column("architecture", sa.String(40), nullable=False),
        sa.Column("phase", sa.String(40), nullable=False),
        sa.Column("number", Serial, nullable=False),
        sa.Column("received", sa.Integer, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("ordered_number", Serial, nullable=False, server_default="0"),
        sa.Column("ordered", sa.String(64)),
        sa.Column("rollout", sa.String(36)),
        sa.Column("windows_end", Instant()),
        sa.Column("told", sa.LargeBinary),
        sa.ForeignKeyConstraint(["site", "edge"], ["edges.site", "edges.id"], ondelete="CASCADE"),
    )
