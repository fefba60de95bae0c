"""Codes that were given anew stand on the record, and a booking's codes say since when they are others."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "new_codes",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("edge", sa.String(40)),
        sa.Column("bookings", sa.Integer(), nullable=False),
        sa.Column("doors", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"]),
    )
    op.create_index("ix_new_codes_site_id", "new_codes", ["site", "id"])
    op.add_column("codes", sa.Column("changed_at", Instant()))


def downgrade() -> None:
    op.drop_column("codes", "changed_at")
    op.drop_table("new_codes")
