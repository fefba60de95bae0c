"""Displays: tablets and screens that are paired with a site."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "displays",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("space", sa.String(40)),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("code_digest", sa.LargeBinary(32)),
        sa.Column("code_until", Instant()),
        sa.Column("token_hash", sa.LargeBinary(32)),
        sa.Column("paired_at", Instant()),
        sa.Column("last_seen_at", Instant()),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("address", sa.String(45), nullable=False, server_default=sa.text("''")),
        sa.Column("browser", sa.String(80), nullable=False, server_default=sa.text("''")),
        sa.PrimaryKeyConstraint("id", name="pk_displays"),
        sa.UniqueConstraint("code_digest", name="uq_displays_code_digest"),
        sa.UniqueConstraint("token_hash", name="uq_displays_token_hash"),
    )
    op.create_index("ix_displays_site", "displays", ["site"])
    op.create_index("ix_displays_expires_at", "displays", ["expires_at"])
