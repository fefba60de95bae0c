"""Accounts at OpenID providers, and the assignments that follow their groups."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "user_accounts",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("issuer", sa.String(500), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("linked_at", Instant(), nullable=False),
        sa.Column("last_used_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_user_accounts_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_user_accounts"),
        sa.UniqueConstraint("issuer", "subject", name="uq_user_accounts_subject"),
    )
    op.create_index("ix_user_accounts_user_id", "user_accounts", ["user_id"])
    op.create_table(
        "finished_flows",
        sa.Column("state_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name="pk_finished_flows"),
    )
    op.create_index("ix_finished_flows_expires_at", "finished_flows", ["expires_at"])
    op.add_column("assignments", sa.Column("account_id", sa.String(36)))
    op.add_column("sessions", sa.Column("second_factor", sa.Boolean, nullable=False, server_default=sa.text("false")))
