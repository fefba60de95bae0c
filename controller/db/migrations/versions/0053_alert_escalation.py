"""When notices about an alert were written, so that they are written once."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alerts", sa.Column("escalated_at", Instant()))
    op.add_column("alerts", sa.Column("escalation", sa.String(36), nullable=False, server_default=sa.text("''")))
    op.create_index("ix_alerts_escalation", "alerts", ["escalation"])
