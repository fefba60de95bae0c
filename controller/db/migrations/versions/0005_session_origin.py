"""By what and from where a session was opened, and when it was last used."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sessions") as sessions:
        sessions.add_column(sa.Column("method", sa.String(10), nullable=False, server_default="password"))
        sessions.add_column(sa.Column("last_used_at", Instant()))
        sessions.add_column(sa.Column("address", sa.String(45), nullable=False, server_default=sa.text("''")))
        sessions.add_column(sa.Column("browser", sa.String(80), nullable=False, server_default=sa.text("''")))
    op.execute("UPDATE sessions SET last_used_at = created_at")
    with op.batch_alter_table("sessions") as sessions:
        sessions.alter_column("last_used_at", existing_type=Instant(), nullable=False)
