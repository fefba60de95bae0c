"""The latest state of a device keeps since when it holds; until it changes, that is when it was last told."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device_states", sa.Column("since", Instant()))
    op.execute(sa.text("UPDATE device_states SET since = at"))
    with op.batch_alter_table("device_states") as table:
        table.alter_column("since", existing_type=Instant(), nullable=False)


def downgrade() -> None:
    op.drop_column("device_states", "since")
