"""Paired screens for a wall: the sites whose alerts each shows."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("displays", sa.Column("sites", sa.Text))
