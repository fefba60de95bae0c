"""What changes of hours, policy and building did to bookings that stand is kept, until somebody decides on it."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "impacts",
        sa.Column("booking_id", sa.String(36), sa.ForeignKey("bookings.id"), primary_key=True),
        sa.Column("cause", sa.String(10), primary_key=True),
        sa.Column("site", sa.String(40), sa.ForeignKey("sites.id"), nullable=False),
        sa.Column("text", sa.String(2000), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("kept_at", Instant()),
        sa.Column("kept_by", sa.String(200)),
    )
    op.create_index("ix_impacts_site", "impacts", ["site"])


def downgrade() -> None:
    op.drop_table("impacts")
