"""The ways to sites and doors, with a photograph of each."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ways",
        sa.Column("site", sa.String(40), sa.ForeignKey("sites.id"), primary_key=True),
        sa.Column("door", sa.String(40), primary_key=True),
        sa.Column("text", sa.String(2000), nullable=False),
        sa.Column("step_free", sa.String(2000), nullable=False),
        sa.Column("media_type", sa.String(40)),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("photo", sa.Integer(), nullable=False),
    )
    op.create_table(
        "way_photos",
        sa.Column("site", sa.String(40), sa.ForeignKey("sites.id"), primary_key=True),
        sa.Column("door", sa.String(40), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
