"""Since when a digest told, so that one that comes back is told again."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notices", sa.Column("told_since", Instant()))
