"""By which channels each person wants which notices."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_preferences",
        sa.Column("person", sa.LargeBinary(16), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("choice", sa.String(4), nullable=False),
        sa.PrimaryKeyConstraint("person", "kind", name="pk_notice_preferences"),
    )
