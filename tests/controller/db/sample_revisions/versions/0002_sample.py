"""A column in a table that others refer to, which SQLite has to make anew, and a table filled from rows."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sites") as sites:
        sites.add_column(sa.Column("sample", sa.String(20)))
    op.execute("UPDATE sites SET sample = 'new'")
    with op.batch_alter_table("sites") as sites:
        sites.alter_column("sample", existing_type=sa.String(20), nullable=False, server_default="new")
    op.create_table("sample_sites", sa.Column("site", sa.String(40), sa.ForeignKey("sites.id"), primary_key=True))
    op.execute("INSERT INTO sample_sites (site) SELECT id FROM sites")
