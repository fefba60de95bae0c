"""Links that can be ended one by one: a count for each kind, in place of the hash of the only link."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_NUMBERS = ("manage_link_number", "show_link_number")


def upgrade() -> None:
    for table in ("bookings", "series"):
        with op.batch_alter_table(table) as batch:
            for name in _NUMBERS:
                batch.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
            if table == "bookings":
                batch.drop_constraint("uq_bookings_link_hash", type_="unique")
                batch.drop_column("link_hash")
