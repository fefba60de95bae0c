"""Parties and the roles of users."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("role", sa.String(10), nullable=False, server_default="admin"),
        sa.Column("sites", sa.Text()),
        sa.Column("party", sa.String(40)),
        sa.Column("ended_at", Instant()),
    ):
        op.add_column("users", column)
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_table(
        "parties",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_key", sa.String(600), nullable=False),
        sa.Column("tier", sa.String(10)),
        sa.Column("organisation", sa.String(40)),
        sa.Column("responsible", sa.String(40)),
        sa.Column("contact_name", sa.String(200), nullable=False),
        sa.Column("contact_phone", sa.String(200), nullable=False),
        sa.Column("contact_email", sa.String(200), nullable=False),
        sa.Column("notes", sa.String(2000), nullable=False),
        sa.Column("ended_at", Instant()),
        sa.Column("forgotten_at", Instant()),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["parties.id"]),
        sa.ForeignKeyConstraint(["responsible"], ["parties.id"]),
    )
    op.create_index("ix_parties_organisation", "parties", ["organisation"])
    op.create_index("ix_parties_responsible", "parties", ["responsible"])
    op.create_table(
        "memberships",
        sa.Column("party", sa.String(40), primary_key=True),
        sa.Column("member", sa.String(40), primary_key=True),
        sa.Column("role", sa.String(200), nullable=False),
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.ForeignKeyConstraint(["party"], ["parties.id"]),
        sa.ForeignKeyConstraint(["member"], ["parties.id"]),
    )
    op.create_index("ix_memberships_member", "memberships", ["member"])


def downgrade() -> None:
    op.drop_table("memberships")
    op.drop_table("parties")
    op.drop_index("ix_sessions_user_id", "sessions")
    for column in ("role", "sites", "party", "ended_at"):
        op.drop_column("users", column)
