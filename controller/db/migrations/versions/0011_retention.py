"""When each kind of data was last looked through for what is to be deleted."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retention_runs",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("ran_at", Instant(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name="pk_retention_runs"),
    )
