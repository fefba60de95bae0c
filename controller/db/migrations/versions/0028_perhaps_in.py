"""Who came in at a door that others use as well is counted apart: they may have been a booking's people, or not."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Serial

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bookings", sa.Column("maybe_in", Serial, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("bookings", "maybe_in")
