"""Secrets that doors had are kept, so that codes of that time are recognised."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "old_secrets",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("door", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("offline", sa.LargeBinary()),
        sa.Column("since", Instant()),
        sa.Column("until", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"]),
    )


def downgrade() -> None:
    op.drop_table("old_secrets")
