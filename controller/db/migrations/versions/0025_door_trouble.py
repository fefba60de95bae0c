"""Doors that do not work, about which people were told; codes that are not on their doors yet."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_TROUBLE = sa.text("door_trouble <> ''")
_MISSING = sa.text("ended_at IS NULL AND on_at IS NULL")


def upgrade() -> None:
    op.add_column("told", sa.Column("door_trouble", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.create_index("ix_told_door_trouble", "told", ["ends"], sqlite_where=_TROUBLE, postgresql_where=_TROUBLE)
    op.create_index("ix_grants_missing", "grants", ["starts"], sqlite_where=_MISSING, postgresql_where=_MISSING)
