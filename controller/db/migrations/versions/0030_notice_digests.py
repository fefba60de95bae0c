"""The digests that users chose."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_digests",
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("weekdays", sa.String(7), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("next_at", Instant()),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_notice_digests_user_id"),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name="fk_notice_digests_site"),
        sa.PrimaryKeyConstraint("user_id", "site", name="pk_notice_digests"),
    )
    op.create_index("ix_notice_digests_next_at", "notice_digests", ["next_at"])
