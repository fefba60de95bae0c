"""Which notice told what. Digests and DBS checks have ids, since notices are about them. The next notice is found in an
index alone."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.add_column("told", sa.Column("notice", sa.String(36)))
    op.add_column("safeguarding", sa.Column("reminded_days", sa.Integer()))
    for name, key in (("notice_digests", ("user_id", "site")), ("safeguarding", ("party",))):
        op.add_column(name, sa.Column("id", sa.String(36)))
        rows = sa.table(name, *map(sa.column, ("id", *key)))
        for row in op.get_bind().execute(sa.select(*(rows.c[each] for each in key))).mappings().all():
            here = [rows.c[each] == row[each] for each in key]
            op.get_bind().execute(sa.update(rows).where(*here).values(id=str(uuid4())))
        with op.batch_alter_table(name) as batch:
            batch.alter_column("id", existing_type=sa.String(36), nullable=False)
            batch.create_unique_constraint(f"uq_{name}_id", ["id"])
    op.drop_index("ix_notices_due", "notices")
    columns = ["channel", "due_at", "id", "site"]
    op.create_index("ix_notices_due", "notices", columns, sqlite_where=_WAITING, postgresql_where=_WAITING)
