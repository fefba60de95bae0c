"""Notices go by mail or by text message."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.execute("ALTER TABLE notices RENAME COLUMN contact_email TO contact_address")
    op.add_column("notices", sa.Column("channel", sa.String(4), nullable=False, server_default="mail"))
    op.drop_index("ix_notices_due", "notices")
    columns = ["channel", "due_at"]
    op.create_index("ix_notices_due", "notices", columns, sqlite_where=_WAITING, postgresql_where=_WAITING)
