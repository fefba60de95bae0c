"""Holders are found by their name, whatever its case."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("holders", sa.Column("name_key", sa.String(600), nullable=False, server_default=sa.text("''")))
    op.create_index("ix_holders_name_key", "holders", ["name_key"])
    there = sa.table("holders", sa.column("id"), sa.column("name"), sa.column("name_key"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(there.c.id, there.c.name)).all():
        key = row.name.strip().casefold()
        connection.execute(sa.update(there).where(there.c.id == row.id).values(name_key=key))


def downgrade() -> None:
    op.drop_index("ix_holders_name_key", "holders")
    op.drop_column("holders", "name_key")
