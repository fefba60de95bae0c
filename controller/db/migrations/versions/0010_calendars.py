"""Subscriptions, feeds, and which bookings are shown in what's on."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bookings", sa.Column("public", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("imported", sa.Column("source", sa.String(100), nullable=False, server_default=sa.text("''")))
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("shows", sa.String(10), nullable=False),
        sa.Column("site", sa.String(40)),
        sa.Column("space", sa.String(40)),
        sa.Column("party", sa.String(40)),
        sa.Column("owner_party", sa.String(40)),
        sa.Column("only_sites", sa.Text()),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("revoked_at", Instant()),
        sa.ForeignKeyConstraint(["site"], ["sites.id"]),
    )
    op.create_index("ix_subscriptions_created_by", "subscriptions", ["created_by"])
    op.create_table(
        "feeds",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("space", sa.String(40), nullable=False),
        sa.Column("party", sa.String(40)),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("every_min", sa.Integer(), nullable=False),
        sa.Column("etag", sa.String(200), nullable=False, server_default=sa.text("''")),
        sa.Column("modified", sa.String(100), nullable=False, server_default=sa.text("''")),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("asked_at", Instant()),
        sa.Column("taken_at", Instant()),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("came_empty", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("status", sa.String(10), nullable=False, server_default="new"),
        sa.Column("report", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"]),
        sa.CheckConstraint("every_min >= 5", name="every_min"),
    )
    op.create_index("ix_feeds_next_at", "feeds", ["next_at"])


def downgrade() -> None:
    op.drop_table("feeds")
    op.drop_table("subscriptions")
    op.drop_column("imported", "source")
    op.drop_column("bookings", "public")
