"""People whom somebody put on the list of calls by hand, and calls that nobody answered."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "manual_calls",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("site", sa.String(40), sa.ForeignKey("sites.id"), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("phone", sa.String(200), nullable=False),
        sa.Column("why", sa.String(200), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("called_at", Instant()),
        sa.Column("called_by", sa.String(200), nullable=False),
    )
    op.create_index("ix_manual_calls_site", "manual_calls", ["site", "due_at"])
    op.create_table(
        "unanswered_calls",
        sa.Column("call", sa.String(36), primary_key=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", Instant(), nullable=False),
    )
