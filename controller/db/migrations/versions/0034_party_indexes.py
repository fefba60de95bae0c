"""Indexes by which merging and forgetting a party find its quotes, allowances and feeds."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

TABLES = ("quotes", "allowance_uses", "feeds")


def upgrade() -> None:
    for table in TABLES:
        op.create_index(f"ix_{table}_party", table, ["party"])
