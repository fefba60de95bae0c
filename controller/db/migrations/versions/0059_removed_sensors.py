"""Sensors in rooms that somebody removed from the list, whose history stays."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0059"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("room_sensors", sa.Column("removed_at", Instant()))
