"""What users have seen of a morning, on whatever device."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "morning_seen",
        sa.Column("user_id", sa.String(36), sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("site", sa.String(40), sa.ForeignKey("sites.id"), primary_key=True),
        sa.Column("key", sa.String(1000), primary_key=True),
        sa.Column("until", Instant(), nullable=False),
    )
