"""Offers that undoing what freed their time takes back."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("waits", sa.Column("undo_batch", sa.String(36), nullable=False, server_default=sa.text("''")))
