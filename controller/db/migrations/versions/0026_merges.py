"""Parties that were merged."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merges",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("from_party", sa.String(40), nullable=False),
        sa.Column("into_party", sa.String(40), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("merged_at", Instant(), nullable=False),
        sa.Column("merged_by", sa.String(200), nullable=False),
        sa.Column("undone_at", Instant()),
        sa.Column("undone_by", sa.String(200), nullable=False, server_default=sa.text("''")),
        sa.PrimaryKeyConstraint("id", name="pk_merges"),
    )
    op.create_index("ix_merges_from_party", "merges", ["from_party"])
    op.create_index("ix_merges_into_party", "merges", ["into_party"])
