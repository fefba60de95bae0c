"""The database knows the key files that it was written with."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "key_files",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary(32), primary_key=True),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant()),
    )


def downgrade() -> None:
    op.drop_table("key_files")
