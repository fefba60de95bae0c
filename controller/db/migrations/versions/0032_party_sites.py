"""A party belongs to a site, or to the estate."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("parties", sa.Column("site", sa.String(40)))
    op.create_index("ix_parties_site", "parties", ["site"])


def downgrade() -> None:
    op.drop_index("ix_parties_site", "parties")
    op.drop_column("parties", "site")
