"""A series may have one door code for all of its dates, whatever the site's policy says."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("series", sa.Column("code_owner", sa.String(36)))


def downgrade() -> None:
    op.drop_column("series", "code_owner")
