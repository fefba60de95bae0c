"""The floor plan of each site, with the one before it."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "floor_plans",
        sa.Column("site", sa.String(40), sa.ForeignKey("sites.id"), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "floor_plan_drawings",
        sa.Column("site", sa.String(40), sa.ForeignKey("sites.id"), primary_key=True),
        sa.Column("shown", sa.Boolean(), primary_key=True),
        sa.Column("drawing", sa.Text(), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("dropped", sa.JSON(), nullable=False),
    )
