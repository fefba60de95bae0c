"""An answer stored under an idempotency key knows under which rights it was given."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.text("DELETE FROM idempotency"))  # nobody knows under which rights these were given
    with op.batch_alter_table("idempotency") as table:
        table.add_column(sa.Column("rights", sa.LargeBinary(32), nullable=False))


def downgrade() -> None:
    op.drop_column("idempotency", "rights")
