"""What a public booking is called in what's on, its kind, a description, a web address; an index of public ones."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_PUBLIC = sa.text("public")


def upgrade() -> None:
    op.add_column("bookings", sa.Column("event_kind", sa.String(12)))
    for name, length in (("listed_as", 200), ("about", 500), ("web_link", 200)):
        op.add_column("bookings", sa.Column(name, sa.String(length), nullable=False, server_default=sa.text("''")))
    op.create_index("ix_bookings_public", "bookings", ["starts"], sqlite_where=_PUBLIC, postgresql_where=_PUBLIC)
