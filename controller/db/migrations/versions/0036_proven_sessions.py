"""When a session's user last showed who they are, and when the digits of an invitation were last tried."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("proven_at", Instant()))
    op.execute("UPDATE sessions SET proven_at = created_at WHERE method IN ('mail', 'passkey')")
    op.add_column("invitations", sa.Column("digits_tried_at", Instant()))
