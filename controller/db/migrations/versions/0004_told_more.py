"""Whether people know that it is closed then, and whether they were reminded."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TO_REMIND = sa.text("status = 'confirmed' AND NOT reminded")


def upgrade() -> None:
    op.add_column("told", sa.Column("closed_tag", sa.LargeBinary(16)))
    op.add_column("told", sa.Column("reminded", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_told_to_remind", "told", ["starts"], sqlite_where=_TO_REMIND, postgresql_where=_TO_REMIND)
