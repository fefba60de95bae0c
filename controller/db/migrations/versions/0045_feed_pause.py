"""A feed can be paused."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feeds", sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.false()))
