"""What everybody may read of a closure."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("closures", sa.Column("public_words", sa.String(200), nullable=False, server_default=sa.text("''")))
