"""Mails about signing in."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "account_mails",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("user_id", sa.String(36)),
        sa.Column("request_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("address_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("network_digest", sa.LargeBinary(32)),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("tried_at", Instant()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32)),
        sa.Column("digits_digest", sa.LargeBinary(32)),
        sa.Column("expires_at", Instant()),
        sa.Column("digit_tries", sa.Integer(), nullable=False),
        sa.Column("used_at", Instant()),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_account_mails_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_account_mails"),
        sa.UniqueConstraint("request_hash", name="uq_account_mails_request_hash"),
        sa.UniqueConstraint("token_hash", name="uq_account_mails_token_hash"),
    )
    op.create_index("ix_account_mails_user_id", "account_mails", ["user_id"])
    op.create_index("ix_account_mails_made_at", "account_mails", ["made_at"])
    op.create_index("ix_account_mails_address", "account_mails", ["address_digest", "made_at"])
    op.create_index("ix_account_mails_network", "account_mails", ["network_digest", "made_at"])
    op.create_index(
        "ix_account_mails_due", "account_mails", ["due_at"], sqlite_where=_WAITING, postgresql_where=_WAITING
    )
