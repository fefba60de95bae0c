"""What a door knew and a database that was put back from a backup did not."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "restored",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("decision", sa.String(10)),
        sa.Column("decision_id", sa.String(36)),
        sa.Column("decided_at", Instant()),
        sa.Column("decided_by", sa.String(200)),
        sa.Column("decided_why", sa.Text()),
        sa.ForeignKeyConstraint(["site"], ["sites.id"]),
    )
    op.create_index("ix_restored_site_ends", "restored", ["site", "ends"])
    op.create_table(
        "restored_pieces",
        sa.Column("entry", sa.String(36), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("edge", sa.String(40), nullable=False),
        sa.Column("door", sa.String(40), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("part", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["restored.id"]),
    )
    op.create_index("ix_restored_pieces_site_edge_ends", "restored_pieces", ["site", "edge", "ends"])


def downgrade() -> None:
    op.drop_table("restored_pieces")
    op.drop_table("restored")
