"""Addresses whose mail comes back."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bounced_addresses",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("address_key", sa.String(320), nullable=False),
        sa.Column("contact_address", sa.String(320), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("reply", sa.String(500), nullable=False),
        sa.Column("party", sa.String(40), index=True),
        sa.Column("cleared_at", Instant),
        sa.UniqueConstraint("site", "address_key", name="uq_bounced_addresses"),
    )
