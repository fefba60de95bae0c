"""The record of codes that were given anew has those of holders too."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("new_codes", sa.Column("holder", sa.String(36)))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM new_codes WHERE holder IS NOT NULL"))
    op.drop_column("new_codes", "holder")
