"""Floors, layouts, equipment, divisions, pools."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sites", sa.Column("organisation", sa.String(40)))
    op.add_column("sites", sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    for column in (
        sa.Column("kind", sa.String(10), nullable=False, server_default="room"),
        sa.Column("pool_size", sa.Integer()),
        sa.Column("floor", sa.String(40)),
        sa.Column("description", sa.String(2000), nullable=False, server_default=sa.text("''")),
        sa.Column("step_free", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("noise", sa.String(10), nullable=False, server_default="any"),
        sa.Column("setup_min", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("cleardown_min", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("changeover_min", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("share_buffers", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("default_layout", sa.String(40)),
        sa.Column("bookable", sa.Boolean(), nullable=False, server_default=sa.true()),
    ):
        op.add_column("spaces", column)
    op.create_table(
        "floors",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"]),
    )
    op.create_table(
        "layouts",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("space", sa.String(40), primary_key=True),
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("capacity", sa.Integer()),
        sa.Column("setup_min", sa.Integer(), nullable=False),
        sa.Column("cleardown_min", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"]),
        sa.CheckConstraint("capacity >= 0", name="capacity"),
    )
    op.create_table(
        "changeovers",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("space", sa.String(40), primary_key=True),
        sa.Column("from_layout", sa.String(40), primary_key=True),
        sa.Column("to_layout", sa.String(40), primary_key=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"]),
    )
    op.create_table(
        "space_parts",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("whole", sa.String(40), primary_key=True),
        sa.Column("part", sa.String(40), primary_key=True),
        sa.ForeignKeyConstraint(["site", "whole"], ["spaces.site", "spaces.id"]),
        sa.ForeignKeyConstraint(["site", "part"], ["spaces.site", "spaces.id"]),
        sa.CheckConstraint("whole <> part", name="apart"),
    )
    op.create_table(
        "space_amenities",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("space", sa.String(40), primary_key=True),
        sa.Column("amenity", sa.String(40), primary_key=True),
        sa.ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"]),
    )
    op.create_table(
        "equipment",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("space", sa.String(40)),
        sa.ForeignKeyConstraint(["site"], ["sites.id"]),
        sa.CheckConstraint("count >= 0", name="count"),
    )


def downgrade() -> None:
    for table in ("equipment", "space_amenities", "space_parts", "changeovers", "layouts", "floors"):
        op.drop_table(table)
    for column in (
        "kind",
        "pool_size",
        "floor",
        "description",
        "step_free",
        "noise",
        "setup_min",
        "cleardown_min",
        "changeover_min",
        "share_buffers",
        "default_layout",
        "bookable",
    ):
        op.drop_column("spaces", column)
    op.drop_column("sites", "organisation")
    op.drop_column("sites", "revision")
