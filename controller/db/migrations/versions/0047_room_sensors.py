"""Sensors in rooms that are no devices of an edge."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant, Serial

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "room_sensors",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("edge", sa.String(40), primary_key=True),
        sa.Column("device", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(450), nullable=False),
        sa.Column("family", sa.String(40), nullable=False),
        sa.Column("space", sa.String(40)),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("heard_at", Instant(), nullable=False),
        sa.Column("last_values", sa.Text(), nullable=False),
        sa.Column("battery", sa.Double()),
        sa.Column("battery_low", sa.Boolean()),
        sa.Column("link", sa.Double()),
        sa.Column("available", sa.Boolean()),
        sa.Column("set_aside", sa.Text(), nullable=False),
        sa.Column("replaced", Serial, nullable=False),
    )
