"""Closures with what was decided about the bookings in them, so that all of it can be undone within the hour."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "closure_batches",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("site", sa.String(40), sa.ForeignKey("sites.id"), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("claimed_at", Instant(), nullable=False),
        sa.Column("closure", sa.String(36)),
        sa.Column("override", sa.String(36)),
        sa.Column("written", sa.Text()),
        sa.Column("replaced", sa.Text()),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("reopened_at", Instant()),
        sa.Column("shut_again", sa.String(36)),
        sa.Column("undone_at", Instant()),
    )
    op.create_index("ix_closure_batches_site", "closure_batches", ["site", "made_at"])
