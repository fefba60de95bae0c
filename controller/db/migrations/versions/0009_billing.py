"""Tariffs and quotes."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tariffs",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"]),
    )
    op.create_table(
        "quotes",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("booking_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("party", sa.String(40)),
        sa.Column("tariff_version", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(12), nullable=False),
        sa.Column("total_pence", sa.BigInteger()),
        sa.Column("vat_pence", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("superseded_at", Instant()),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"]),
        sa.UniqueConstraint("booking_id", "number"),
    )
    live = sa.text("superseded_at IS NULL")
    op.create_index("uq_quotes_live", "quotes", ["booking_id"], unique=True, sqlite_where=live, postgresql_where=live)
    op.create_table(
        "allowance_uses",
        sa.Column("quote_id", sa.String(36), primary_key=True),
        sa.Column("allowance", sa.String(40), primary_key=True),
        sa.Column("period", sa.String(7), primary_key=True),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("party", sa.String(40), nullable=False),
        sa.Column("us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["quote_id"], ["quotes.id"]),
    )
    op.create_index("ix_allowance_uses_site_party", "allowance_uses", ["site", "party"])


def downgrade() -> None:
    op.drop_table("allowance_uses")
    op.drop_table("quotes")
    op.drop_table("tariffs")
