"""What a site has set for its alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert_rules",
        sa.Column("site", sa.String(40), sa.ForeignKey("sites.id"), primary_key=True),
        sa.Column("code", sa.String(40), primary_key=True),
        sa.Column("off", sa.Boolean(), nullable=False),
        sa.Column("raise_after_s", sa.Integer()),
        sa.Column("clear_after_s", sa.Integer()),
    )
