"""Problems that people of bookings report, with their photographs."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "problem_reports",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("site", sa.String(40), sa.ForeignKey("sites.id"), nullable=False),
        sa.Column("space", sa.String(40), nullable=False),
        sa.Column("booking_id", sa.String(36), sa.ForeignKey("bookings.id"), nullable=False),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.Column("reported_at", Instant(), nullable=False),
        sa.Column("reported_by", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(40)),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("done_at", Instant()),
        sa.Column("done_by", sa.String(200), nullable=False),
    )
    op.create_index("ix_problem_reports_booking_id", "problem_reports", ["booking_id"])
    op.create_index("ix_problem_reports_site", "problem_reports", ["site", "reported_at"])
    op.create_table(
        "problem_photos",
        sa.Column("report", sa.String(36), sa.ForeignKey("problem_reports.id"), primary_key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
