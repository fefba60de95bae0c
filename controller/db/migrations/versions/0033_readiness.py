"""A row that is written to see whether the database takes writes."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "readiness",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", Instant(), nullable=False),
    )
    op.bulk_insert(table, [{"id": 1, "at": datetime(2000, 1, 1, tzinfo=UTC)}])


def downgrade() -> None:
    op.drop_table("readiness")
