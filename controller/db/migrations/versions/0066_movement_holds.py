"""Hold times of movement sensors, learned each night."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant, Serial

revision = "0066"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "movement_holds",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("edge", sa.String(40), primary_key=True),
        sa.Column("device", sa.String(40), primary_key=True),
        sa.Column("since", Instant(), primary_key=True),
        sa.Column("hold_s", sa.Double, nullable=False),
        sa.Column("spells", Serial, nullable=False),
    )
