"""API tokens: sessions with a name, limits and a fixed end."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("name", sa.String(200)))
    op.add_column("sessions", sa.Column("scopes", sa.Text()))
    op.add_column("sessions", sa.Column("read_only", sa.Boolean(), nullable=False, server_default=sa.text("false")))
