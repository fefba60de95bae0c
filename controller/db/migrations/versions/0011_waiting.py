"""The waiting list."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant, Serial

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "waits",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("party", sa.String(40)),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("spaces", sa.String(2000), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("state_at", Instant(), nullable=False),
        sa.Column("offered_until", Instant()),
        sa.Column("booking", sa.String(36)),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("turn", Serial, nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"]),
        sa.ForeignKeyConstraint(["booking"], ["bookings.id"]),
    )
    op.create_index("ix_waits_site_state", "waits", ["site", "state"])
    op.create_index("ix_waits_booking", "waits", ["booking"])


def downgrade() -> None:
    op.drop_table("waits")
