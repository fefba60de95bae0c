"""Notices that tell all that is ahead, since their address is new."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notices", sa.Column("whole", sa.Boolean(), nullable=False, server_default=sa.false()))
