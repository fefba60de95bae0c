"""What an alert is of, so that more is new trouble; and when a report was learned, which may be days after it."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alerts", sa.Column("members", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("edge_alerts", sa.Column("learned_at", Instant()))
