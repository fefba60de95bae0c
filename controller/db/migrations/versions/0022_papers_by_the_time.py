"""Versions of edges' papers are times in milliseconds, which 32 bits do not hold. SQLite's integers do."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        for name in ("version", "held"):
            op.alter_column("edge_papers", name, type_=sa.BigInteger())


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        for name in ("version", "held"):
            op.alter_column("edge_papers", name, type_=sa.Integer())
