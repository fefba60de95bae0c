"""Users who answer for a party, and invitations."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("parties", sa.Column("responsible_user", sa.String(36)))
    op.create_index("ix_parties_responsible_user", "parties", ["responsible_user"])
    op.add_column("account_mails", sa.Column("invitation_id", sa.String(36)))
    op.create_index("ix_account_mails_invitation_id", "account_mails", ["invitation_id"])
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("party", sa.String(40), nullable=False),
        sa.Column("site", sa.String(40)),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("inviter_id", sa.String(36), nullable=False),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=False),
        sa.Column("address_digest", sa.LargeBinary(32)),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("digits_digest", sa.LargeBinary(32)),
        sa.Column("digit_tries", sa.Integer(), nullable=False),
        sa.Column("most_uses", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("through", sa.String(36)),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("accepted_at", Instant()),
        sa.Column("withdrawn_at", Instant()),
        sa.Column("withdrawn_by", sa.String(200), nullable=False, server_default=sa.text("''")),
        sa.ForeignKeyConstraint(["inviter_id"], ["users.id"], name="fk_invitations_inviter_id"),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("token_hash", name="uq_invitations_token_hash"),
    )
    op.create_index("ix_invitations_party", "invitations", ["party"])
    op.create_index("ix_invitations_inviter_id", "invitations", ["inviter_id"])
    op.create_index("ix_invitations_expires_at", "invitations", ["expires_at"])
    op.create_index("ix_invitations_address", "invitations", ["address_digest"])
