"""Inductions of sites, and who took them."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "site_inductions",
        sa.Column("site", sa.String(40), sa.ForeignKey("sites.id"), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("counts_from", sa.Integer, nullable=False),
        sa.Column("draft", sa.Text, nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
    )
    op.create_table(
        "induction_results",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("site", sa.String(40), sa.ForeignKey("sites.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("user_id", sa.String(36), sa.ForeignKey("users.id")),
        sa.Column("party", sa.String(40), sa.ForeignKey("parties.id")),
        sa.Column("member", sa.String(36)),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.Column("taken_on", sa.Date, nullable=False),
        sa.Column("passed", sa.Boolean, nullable=False),
        sa.Column("score", sa.Integer, nullable=False),
        sa.Column("questions", sa.Integer, nullable=False),
        sa.Column("valid_until", sa.Date, nullable=False),
    )
    for name in ("user_id", "party", "member", "valid_until"):
        op.create_index(f"ix_induction_results_{name}", "induction_results", [name])
    op.create_index("ix_induction_results_site", "induction_results", ["site", "id"])
