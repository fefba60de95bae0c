"""Who has rung about what no mail and no text message could tell."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_calls",
        sa.Column("notice", sa.String(36), sa.ForeignKey("notices.id"), primary_key=True),
        sa.Column("called_at", Instant(), nullable=False),
        sa.Column("called_by", sa.String(200), nullable=False),
    )
