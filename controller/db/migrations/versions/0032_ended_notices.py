"""Notices that joined a newer one have ended, so that they are deleted in time."""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE notices SET ended_at = due_at WHERE state = 'skipped' AND ended_at IS NULL")
